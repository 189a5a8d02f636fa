/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/filter.h"
#include "addr/addr.h"
#include "conntrack/text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* Bits of CTA_FILTER_ORIG_FLAGS, from the kernel's nf_internals.h; the exported headers lack them. */
enum {
	KERNEL_IP_SRC = 1 << 0,
	KERNEL_IP_DST = 1 << 1,
	KERNEL_PROTO_NUM = 1 << 3,
	KERNEL_SRC_PORT = 1 << 4,
	KERNEL_DST_PORT = 1 << 5,
};

bool filter_proto(struct ct_filter *filter, const char *text)
{
	int proto = proto_number(text);

	if (proto < 0)
		return false;
	filter->proto = (uint8_t)proto;
	filter->by_proto = true;
	return true;
}

bool filter_state(struct ct_filter *filter, const char *text)
{
	static const unsigned protos[] = { IPPROTO_TCP, IPPROTO_SCTP, IPPROTO_DCCP };

	if (strcasecmp(text, "LISTEN") == 0) /* conntrack(8) accepts this name, and prints SYN_SENT2 */
		text = "SYN_SENT2";
	for (size_t p = 0; p < ARRAY_LEN(protos); p++) {
		const char *name;

		for (unsigned n = 0; (name = proto_state(protos[p], n)) != NULL; n++) {
			if (strcasecmp(name, text) != 0)
				continue;
			memcpy(filter->state, name, strlen(name) + 1);
			return true;
		}
	}
	return false;
}

/* Clears the host bits, so that 10.1.2.3/8 means 10.0.0.0/8. */
static void mask_address(uint8_t *addr, unsigned prefix)
{
	for (unsigned i = 0; i < FLOW_ADDR; i++) {
		unsigned keep = prefix > i * 8 ? prefix - i * 8 : 0;

		if (keep < 8)
			addr[i] = (uint8_t)(addr[i] & (0xff00 >> keep));
	}
}

bool filter_net(struct filter_net *net, const char *text)
{
	struct filter_net read = { 0 };
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	uint64_t prefix;

	if (addr_read(text, len, FAMILY_IPV4, read.addr))
		read.family = AF_INET;
	else if (addr_read(text, len, FAMILY_IPV6, read.addr))
		read.family = AF_INET6;
	else
		return false;
	prefix = read.family == AF_INET ? 32 : 128;
	if (slash != NULL && !text_to_number(slash + 1, prefix, &prefix))
		return false;
	read.prefix = (uint8_t)prefix;
	mask_address(read.addr, read.prefix);
	*net = read;
	return true;
}

bool filter_port(bool *by, uint16_t *port, const char *text)
{
	uint64_t number;

	if (!text_to_number(text, UINT16_MAX, &number))
		return false;
	*port = (uint16_t)number;
	*by = true;
	return true;
}

bool filter_zone(struct ct_filter *filter, const char *text)
{
	return filter_port(&filter->by_zone, &filter->zone, text);
}

/* Reads a number, decimal or with 0x; *end is set to the text after it. */
static bool read_mask(const char *text, uint32_t *number, char **end)
{
	unsigned long long value;

	errno = 0;
	value = strtoull(text, end, 0);
	*number = (uint32_t)value;
	return isdigit((unsigned char)text[0]) && errno == 0 && value <= UINT32_MAX;
}

bool filter_mark(struct ct_filter *filter, const char *text)
{
	uint32_t mark, mask = UINT32_MAX;
	char *end;

	if (!read_mask(text, &mark, &end) || (*end == '/' && !read_mask(end + 1, &mask, &end)) ||
	    *end != '\0' || mask == 0)
		return false;
	filter->mark = mark;
	filter->mark_mask = mask;
	return true;
}

void filter_status(struct ct_filter *filter, uint32_t set, uint32_t unset)
{
	filter->status |= set;
	filter->status_mask |= set | unset;
}

bool filter_words(struct ct_filter *filter, const char *text)
{
	static const struct {
		const char *name;
		uint32_t bits;
	} words[] = {
		{ "EXPECTED", IPS_EXPECTED },	{ "ASSURED", IPS_ASSURED },
		{ "SEEN_REPLY", IPS_SEEN_REPLY }, { "CONFIRMED", IPS_CONFIRMED },
		{ "FIXED_TIMEOUT", IPS_FIXED_TIMEOUT }, { "SRC_NAT", IPS_SRC_NAT },
		{ "DST_NAT", IPS_DST_NAT },	{ "OFFLOAD", IPS_OFFLOAD },
		{ "HW_OFFLOAD", IPS_HW_OFFLOAD },
	};
	uint32_t set = 0;

	for (;; text++) {
		size_t len = strcspn(text, ","), i = 0;

		while (i < ARRAY_LEN(words) &&
		       (strlen(words[i].name) != len || strncasecmp(words[i].name, text, len) != 0))
			i++;
		if (i == ARRAY_LEN(words))
			return false;
		set |= words[i].bits;
		text += len;
		if (*text == '\0')
			break;
	}
	filter_status(filter, set, 0);
	return true;
}

bool filter_settle(struct ct_filter *filter)
{
	const struct filter_net *nets[] = { &filter->src, &filter->dst };
	uint8_t icmp = !filter->by_proto		 ? 0
		       : filter->proto == IPPROTO_ICMP	 ? AF_INET
		       : filter->proto == IPPROTO_ICMPV6 ? AF_INET6
							 : 0;

	if (icmp != 0 && filter->family != 0 && filter->family != icmp)
		return false;
	if (icmp != 0)
		filter->family = icmp;
	for (size_t i = 0; i < ARRAY_LEN(nets); i++) {
		if (nets[i]->family == 0)
			continue;
		if (filter->family != 0 && filter->family != nets[i]->family)
			return false;
		filter->family = nets[i]->family;
	}
	return true;
}

static bool net_match(const struct filter_net *net, unsigned family, const uint8_t *addr)
{
	uint8_t masked[FLOW_ADDR];

	if (net->family == 0)
		return true;
	memcpy(masked, addr, sizeof(masked));
	mask_address(masked, net->prefix);
	return net->family == family && memcmp(masked, net->addr, sizeof(masked)) == 0;
}

bool filter_wants_tuple(const struct ct_filter *filter)
{
	return filter->by_proto || filter->by_sport || filter->by_dport || filter->src.family != 0 ||
	       filter->dst.family != 0;
}

static bool tuple_match(const struct ct_filter *filter, const struct ct_flow *flow)
{
	struct flow_tuple t;

	if (!flow_tuple(flow, FLOW_ORIG, &t))
		return false;
	return (!filter->by_proto || t.proto == filter->proto) &&
	       (!filter->by_sport || (t.ports && t.sport == filter->sport)) &&
	       (!filter->by_dport || (t.ports && t.dport == filter->dport)) &&
	       net_match(&filter->src, t.family, t.src) && net_match(&filter->dst, t.family, t.dst);
}

/* An entry has one zone for both directions, or, as VRFs make it, one for the original direction alone. */
static uint16_t orig_zone(const struct ct_flow *flow)
{
	struct flow_tuple orig;

	if (flow->attr[CTA_ZONE] != NULL)
		return flow_zone(flow);
	return flow_tuple(flow, FLOW_ORIG, &orig) && orig.zoned ? orig.zone : 0;
}

bool filter_match(const struct ct_filter *filter, const struct ct_flow *flow)
{
	const char *state;

	if (filter->family != 0 && filter->family != flow->family)
		return false;
	if (filter->mark_mask != 0 && (flow_number(flow, CTA_MARK, 0) & filter->mark_mask) != filter->mark)
		return false;
	if (filter->status_mask != 0 &&
	    (flow_number(flow, CTA_STATUS, 0) & filter->status_mask) != filter->status)
		return false;
	if (filter->by_zone && orig_zone(flow) != filter->zone)
		return false;
	if (filter->state[0] != '\0') {
		state = flow_state(flow);
		if (state == NULL || strcmp(state, filter->state) != 0)
			return false;
	}
	return !filter_wants_tuple(filter) || tuple_match(filter, flow);
}

/*
 * Whether the kernel can check this address: only a whole one, because its filter has no prefixes, and only
 * IPv4. For IPv6 it sends the entries that do not match, and omits those that do (its comparison is inverted,
 * seen on 6.18), and filter_match cannot bring back an entry that was not sent.
 */
static bool kernel_address(const struct filter_net *net)
{
	return net->family == AF_INET && net->prefix == 32;
}

static void put_address(struct nlmsghdr *nlh, const struct filter_net *net, uint16_t attr)
{
	if (kernel_address(net))
		mnl_attr_put(nlh, attr, 4, net->addr);
}

static void request_tuple(const struct ct_filter *filter, struct nlmsghdr *nlh)
{
	struct nlattr *tuple, *nest;
	/* The kernel rejects ports without a protocol. */
	bool sport = filter->by_proto && filter->by_sport, dport = filter->by_proto && filter->by_dport;
	uint32_t flags = (kernel_address(&filter->src) ? KERNEL_IP_SRC : 0u) |
			 (kernel_address(&filter->dst) ? KERNEL_IP_DST : 0u) |
			 (filter->by_proto ? KERNEL_PROTO_NUM : 0u) | (sport ? KERNEL_SRC_PORT : 0u) |
			 (dport ? KERNEL_DST_PORT : 0u);

	if (flags == 0)
		return;
	tuple = mnl_attr_nest_start(nlh, CTA_TUPLE_ORIG);
	nest = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);
	put_address(nlh, &filter->src, CTA_IP_V4_SRC);
	put_address(nlh, &filter->dst, CTA_IP_V4_DST);
	mnl_attr_nest_end(nlh, nest);
	nest = mnl_attr_nest_start(nlh, CTA_TUPLE_PROTO);
	if (filter->by_proto)
		mnl_attr_put_u8(nlh, CTA_PROTO_NUM, filter->proto);
	if (sport)
		mnl_attr_put_u16(nlh, CTA_PROTO_SRC_PORT, htons(filter->sport));
	if (dport)
		mnl_attr_put_u16(nlh, CTA_PROTO_DST_PORT, htons(filter->dport));
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_nest_end(nlh, tuple);
	nest = mnl_attr_nest_start(nlh, CTA_FILTER);
	mnl_attr_put_u32(nlh, CTA_FILTER_ORIG_FLAGS, flags);
	mnl_attr_put_u32(nlh, CTA_FILTER_REPLY_FLAGS, 0);
	mnl_attr_nest_end(nlh, nest);
}

/*
 * Not the zone: asked for CTA_ZONE, the kernel leaves out the entries that have this zone in one direction only.
 */
void filter_request(const struct ct_filter *filter, uint8_t family, bool tuple, struct nlmsghdr *nlh)
{
	if (filter->mark_mask != 0) {
		mnl_attr_put_u32(nlh, CTA_MARK, htonl(filter->mark));
		mnl_attr_put_u32(nlh, CTA_MARK_MASK, htonl(filter->mark_mask));
	}
	if (filter->status_mask != 0) {
		mnl_attr_put_u32(nlh, CTA_STATUS, htonl(filter->status));
		mnl_attr_put_u32(nlh, CTA_STATUS_MASK, htonl(filter->status_mask));
	}
	if (tuple && family != 0)
		request_tuple(filter, nlh);
}
