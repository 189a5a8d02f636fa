/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/filter.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <netinet/in.h>
#include <string.h>

/* Bits of CTA_FILTER_ORIG_FLAGS, from the kernel's nf_internals.h; the exported headers lack them. */
enum {
	KERNEL_IP_SRC = 1 << 0,
	KERNEL_IP_DST = 1 << 1,
	KERNEL_PROTO_NUM = 1 << 3,
	KERNEL_SRC_PORT = 1 << 4,
	KERNEL_DST_PORT = 1 << 5,
};

void filter_status(struct ct_filter *filter, uint32_t set, uint32_t unset)
{
	filter->status_set |= set;
	filter->status_unset |= unset;
}

/* A mask from an option of its own replaces that of the address. False: there is no address of its family. */
static bool apply_mask(struct filter_net *net, const struct filter_net *mask)
{
	if (mask->family == 0)
		return true;
	memcpy(net->mask, mask->addr, sizeof(net->mask));
	return net->family == mask->family;
}

/* False: the filter already demands the other family. */
static bool demand_family(struct ct_filter *filter, uint8_t family)
{
	if (family == 0)
		return true;
	if (filter->family != 0 && filter->family != family)
		return false;
	filter->family = family;
	return true;
}

static bool settle_family(struct ct_filter *filter)
{
	const struct filter_net *nets[] = { &filter->orig.src,	&filter->orig.dst,     &filter->reply.src,
					    &filter->reply.dst, &filter->nat[0].addr, &filter->nat[1].addr };
	uint8_t icmp = !filter->proto.by		       ? 0
		       : filter->proto.value == IPPROTO_ICMP   ? AF_INET
		       : filter->proto.value == IPPROTO_ICMPV6 ? AF_INET6
							       : 0;
	bool good = demand_family(filter, icmp);

	for (size_t i = 0; i < ARRAY_LEN(nets); i++)
		good = good && demand_family(filter, nets[i]->family);
	return good;
}

const char *filter_settle(struct ct_filter *filter)
{
	if (!apply_mask(&filter->orig.src, &filter->mask_src))
		return "--mask-src needs -s with an address of the same family";
	if (!apply_mask(&filter->orig.dst, &filter->mask_dst))
		return "--mask-dst needs -d with an address of the same family";
	for (size_t i = 0; i < FILTER_NATS; i++)
		if (filter->nat[i].kinds == IPS_SRC_NAT || filter->nat[i].kinds == IPS_DST_NAT)
			filter_status(filter, filter->nat[i].kinds, 0);
	if ((filter->status_set & filter->status_unset) != 0)
		return "no entry has a flag of --status and lacks it";
	return settle_family(filter) ? NULL : "no entry is both IPv4 and IPv6";
}

static bool net_match(const struct filter_net *net, unsigned family, const uint8_t *addr)
{
	if (net->family == 0)
		return true;
	if (net->family != family)
		return false;
	for (size_t i = 0; i < FLOW_ADDR; i++)
		if (((addr[i] ^ net->addr[i]) & net->mask[i]) != 0)
			return false;
	return true;
}

static bool number_match(const struct filter_number *number, bool has, unsigned value)
{
	return !number->by || (has && number->value == value);
}

/* Whether the filter has a condition on this direction. */
static bool wants_direction(const struct filter_tuple *filter)
{
	return filter->src.family != 0 || filter->dst.family != 0 || filter->sport.by || filter->dport.by ||
	       filter->srckey.by || filter->dstkey.by || filter->zone.by;
}

static bool wants_icmp(const struct filter_icmp *icmp)
{
	return icmp->type.by || icmp->code.by || icmp->id.by;
}

bool filter_wants_tuple(const struct ct_filter *filter)
{
	return filter->proto.by || filter->orig.sport.by || filter->orig.dport.by ||
	       filter->orig.src.family != 0 || filter->orig.dst.family != 0;
}

static bool tuple_match(const struct filter_tuple *filter, const struct flow_tuple *t)
{
	bool gre = t->proto == IPPROTO_GRE;

	return number_match(&filter->sport, t->ports, t->sport) && number_match(&filter->dport, t->ports, t->dport) &&
	       number_match(&filter->srckey, gre, t->sport) && number_match(&filter->dstkey, gre, t->dport) &&
	       number_match(&filter->zone, true, t->zoned ? t->zone : 0) &&
	       net_match(&filter->src, t->family, t->src) && net_match(&filter->dst, t->family, t->dst);
}

static bool icmp_match(const struct filter_icmp *filter, const struct flow_tuple *t)
{
	bool icmp = t->proto == IPPROTO_ICMP || t->proto == IPPROTO_ICMPV6;

	return number_match(&filter->type, icmp, t->icmp_type) && number_match(&filter->code, icmp, t->icmp_code) &&
	       number_match(&filter->id, icmp, t->icmp_id);
}

/* One end of an entry as it was, and as the other side sees it. */
static bool end_match(const struct filter_nat *nat, const uint8_t *addr, unsigned port, const uint8_t *new_addr,
		      unsigned new_port, unsigned family)
{
	return memcmp(addr, new_addr, FLOW_ADDR) != 0 && net_match(&nat->addr, family, new_addr) &&
	       (!nat->port.by || (port != new_port && nat->port.value == new_port));
}

/* Replies go to the address that NAT made of the source, and come from the one that it made of the destination. */
static bool nat_match(const struct filter_nat *nat, uint32_t status, const struct ct_flow *flow)
{
	uint32_t kinds = nat->kinds & status;
	struct flow_tuple orig, reply;

	if (nat->kinds == 0 || nat->addr.family == 0)
		return nat->kinds == 0 || kinds != 0;
	if (kinds == 0 || !flow_tuple(flow, FLOW_ORIG, &orig) || !flow_tuple(flow, FLOW_REPLY, &reply) ||
	    (nat->port.by && !orig.ports))
		return false;
	return ((kinds & IPS_SRC_NAT) != 0 &&
		end_match(nat, orig.src, orig.sport, reply.dst, reply.dport, orig.family)) ||
	       ((kinds & IPS_DST_NAT) != 0 &&
		end_match(nat, orig.dst, orig.dport, reply.src, reply.sport, orig.family));
}

/* An entry has one zone for both directions, or, as VRFs make it, one for the original direction alone. */
static uint16_t orig_zone(const struct ct_flow *flow)
{
	struct flow_tuple orig;

	if (flow->attr[CTA_ZONE] != NULL)
		return flow_zone(flow);
	return flow_tuple(flow, FLOW_ORIG, &orig) && orig.zoned ? orig.zone : 0;
}

static bool directions_match(const struct ct_filter *filter, const struct ct_flow *flow)
{
	struct flow_tuple t;

	if (filter->proto.by || wants_icmp(&filter->icmp) || wants_direction(&filter->orig)) {
		if (!flow_tuple(flow, FLOW_ORIG, &t) || !number_match(&filter->proto, true, t.proto) ||
		    !tuple_match(&filter->orig, &t) || !icmp_match(&filter->icmp, &t))
			return false;
	}
	return !wants_direction(&filter->reply) ||
	       (flow_tuple(flow, FLOW_REPLY, &t) && tuple_match(&filter->reply, &t));
}

static bool labels_match(const struct flow_labels *wanted, const struct ct_flow *flow)
{
	struct flow_labels labels;
	uint32_t missing = 0, any = 0;

	for (size_t i = 0; i < ARRAY_LEN(wanted->words); i++)
		any |= wanted->words[i];
	if (any == 0)
		return true;
	labels = flow_labels(flow);
	for (size_t i = 0; i < ARRAY_LEN(labels.words); i++)
		missing |= wanted->words[i] & ~labels.words[i];
	return missing == 0;
}

static bool state_match(const char *wanted, const struct ct_flow *flow)
{
	const char *state = wanted[0] != '\0' ? flow_state(flow) : wanted;

	return state != NULL && strcmp(state, wanted) == 0;
}

bool filter_match(const struct ct_filter *filter, const struct ct_flow *flow)
{
	uint32_t status = flow_number(flow, CTA_STATUS, 0);

	if (filter->family != 0 && filter->family != flow->family)
		return false;
	if (filter->mark_mask != 0 && (flow_number(flow, CTA_MARK, 0) & filter->mark_mask) != filter->mark)
		return false;
	if ((status & (filter->status_set | filter->status_unset)) != filter->status_set)
		return false;
	if (filter->zone.by && orig_zone(flow) != filter->zone.value)
		return false;
	return state_match(filter->state, flow) && labels_match(&filter->labels, flow) &&
	       directions_match(filter, flow) && nat_match(&filter->nat[FILTER_SRC_NAT], status, flow) &&
	       nat_match(&filter->nat[FILTER_DST_NAT], status, flow);
}

/*
 * Whether the kernel can check this address: only a whole one, because its filter has no masks, and only
 * IPv4. For IPv6 it sends the entries that do not match, and omits those that do (its comparison is inverted,
 * seen on 6.18), and filter_match cannot bring back an entry that was not sent.
 */
static bool kernel_address(const struct filter_net *net)
{
	static const uint8_t whole[4] = { 0xff, 0xff, 0xff, 0xff };

	return net->family == AF_INET && memcmp(net->mask, whole, sizeof(whole)) == 0;
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
	const struct filter_tuple *orig = &filter->orig;
	bool sport = filter->proto.by && orig->sport.by, dport = filter->proto.by && orig->dport.by;
	uint32_t flags = (kernel_address(&orig->src) ? KERNEL_IP_SRC : 0u) |
			 (kernel_address(&orig->dst) ? KERNEL_IP_DST : 0u) |
			 (filter->proto.by ? KERNEL_PROTO_NUM : 0u) | (sport ? KERNEL_SRC_PORT : 0u) |
			 (dport ? KERNEL_DST_PORT : 0u);

	if (flags == 0)
		return;
	tuple = mnl_attr_nest_start(nlh, CTA_TUPLE_ORIG);
	nest = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);
	put_address(nlh, &orig->src, CTA_IP_V4_SRC);
	put_address(nlh, &orig->dst, CTA_IP_V4_DST);
	mnl_attr_nest_end(nlh, nest);
	nest = mnl_attr_nest_start(nlh, CTA_TUPLE_PROTO);
	if (filter->proto.by)
		mnl_attr_put_u8(nlh, CTA_PROTO_NUM, (uint8_t)filter->proto.value);
	if (sport)
		mnl_attr_put_u16(nlh, CTA_PROTO_SRC_PORT, htons(orig->sport.value));
	if (dport)
		mnl_attr_put_u16(nlh, CTA_PROTO_DST_PORT, htons(orig->dport.value));
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
	uint32_t status_mask = filter->status_set | filter->status_unset;

	if (filter->mark_mask != 0) {
		mnl_attr_put_u32(nlh, CTA_MARK, htonl(filter->mark));
		mnl_attr_put_u32(nlh, CTA_MARK_MASK, htonl(filter->mark_mask));
	}
	if (status_mask != 0) {
		mnl_attr_put_u32(nlh, CTA_STATUS, htonl(filter->status_set));
		mnl_attr_put_u32(nlh, CTA_STATUS_MASK, htonl(status_mask));
	}
	if (tuple && family != 0)
		request_tuple(filter, nlh);
}
