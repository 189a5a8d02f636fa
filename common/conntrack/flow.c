/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conntrack/flow.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nfnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static const char *const tcp_states[] = { "NONE",       "SYN_SENT", "SYN_RECV",  "ESTABLISHED", "FIN_WAIT",
					  "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE",       "SYN_SENT2" };
static const char *const sctp_states[] = { "NONE",          "CLOSED",        "COOKIE_WAIT",
					   "COOKIE_ECHOED", "ESTABLISHED",   "SHUTDOWN_SENT",
					   "SHUTDOWN_RECD", "SHUTDOWN_ACK_SENT", "HEARTBEAT_SENT",
					   "HEARTBEAT_ACKED" };
static const char *const dccp_states[] = { "NONE",     "REQUEST", "RESPOND",  "PARTOPEN", "OPEN",
					   "CLOSEREQ", "CLOSING", "TIMEWAIT", "IGNORE",   "INVALID" };

static const struct proto {
	unsigned number;
	const char *name;
	bool ports;
	const char *const *states;
	size_t state_count;
	int info, state_attr; /* where ctnetlink puts the state */
} protos[] = {
	{ IPPROTO_TCP, "tcp", true, tcp_states, ARRAY_LEN(tcp_states), CTA_PROTOINFO_TCP, CTA_PROTOINFO_TCP_STATE },
	{ IPPROTO_UDP, "udp", true, NULL, 0, 0, 0 },
	{ IPPROTO_ICMP, "icmp", false, NULL, 0, 0, 0 },
	{ IPPROTO_ICMPV6, "icmpv6", false, NULL, 0, 0, 0 },
	{ IPPROTO_UDPLITE, "udplite", true, NULL, 0, 0, 0 },
	{ IPPROTO_SCTP, "sctp", true, sctp_states, ARRAY_LEN(sctp_states), CTA_PROTOINFO_SCTP,
	  CTA_PROTOINFO_SCTP_STATE },
	{ IPPROTO_DCCP, "dccp", true, dccp_states, ARRAY_LEN(dccp_states), CTA_PROTOINFO_DCCP,
	  CTA_PROTOINFO_DCCP_STATE },
	{ IPPROTO_GRE, "gre", false, NULL, 0, 0, 0 },
};

static const struct proto *proto_find(unsigned number)
{
	for (size_t i = 0; i < ARRAY_LEN(protos); i++)
		if (protos[i].number == number)
			return &protos[i];
	return NULL;
}

const char *proto_name(unsigned number)
{
	const struct proto *proto = proto_find(number);

	return proto != NULL ? proto->name : NULL;
}

int proto_number(const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	for (size_t i = 0; i < ARRAY_LEN(protos); i++)
		if (strcasecmp(protos[i].name, text) == 0)
			return (int)protos[i].number;
	if (strcasecmp(text, "ipv6-icmp") == 0)
		return IPPROTO_ICMPV6;
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && number <= 255 ? (int)number : -1;
}

const char *proto_state(unsigned number, unsigned n)
{
	const struct proto *proto = proto_find(number);

	return proto != NULL && n < proto->state_count ? proto->states[n] : NULL;
}

/* Attributes of an area, by type up to max. False when a length does not fit. */
static bool parse_attrs(const void *area, size_t len, const struct nlattr **table, unsigned max)
{
	const char *at = area;

	memset(table, 0, (max + 1) * sizeof(*table));
	while (len >= sizeof(struct nlattr)) {
		const struct nlattr *attr = (const void *)at;
		unsigned type = attr->nla_type & NLA_TYPE_MASK;
		size_t step = NLA_ALIGN((size_t)attr->nla_len);

		if (attr->nla_len < sizeof(*attr) || attr->nla_len > len)
			return false;
		if (type <= max)
			table[type] = attr;
		at += step;
		len -= step < len ? step : len;
	}
	return len == 0;
}

static size_t attr_len(const struct nlattr *attr)
{
	return attr->nla_len - sizeof(*attr);
}

static const void *attr_data(const struct nlattr *attr)
{
	return attr + 1;
}

static bool parse_nested(const struct nlattr *attr, const struct nlattr **table, unsigned max)
{
	return attr != NULL && parse_attrs(attr_data(attr), attr_len(attr), table, max);
}

/* The bytes of a fixed-size attribute; zero where it is absent or too short. */
static void attr_copy(const struct nlattr *attr, void *to, size_t size)
{
	if (attr != NULL && attr_len(attr) >= size)
		memcpy(to, attr_data(attr), size);
	else
		memset(to, 0, size);
}

static uint8_t attr_u8(const struct nlattr *attr)
{
	uint8_t value;

	attr_copy(attr, &value, sizeof(value));
	return value;
}

static uint16_t attr_be16(const struct nlattr *attr)
{
	uint16_t value;

	attr_copy(attr, &value, sizeof(value));
	return ntohs(value);
}

static uint64_t attr_be64(const struct nlattr *attr)
{
	uint64_t value;

	attr_copy(attr, &value, sizeof(value));
	return be64toh(value);
}

bool flow_parse(struct flow *flow, const struct nlmsghdr *nlh)
{
	size_t head = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct nfgenmsg));
	const struct nfgenmsg *nfg = (const void *)((const char *)nlh + NLMSG_HDRLEN);

	if (nlh->nlmsg_len < head)
		return false;
	flow->family = nfg->nfgen_family;
	return parse_attrs((const char *)nlh + head, nlh->nlmsg_len - head, flow->attr, CTA_MAX);
}

static bool tuple_addresses(const struct nlattr *nest, struct flow_tuple *tuple)
{
	const struct nlattr *ip[CTA_IP_MAX + 1];

	if (!parse_nested(nest, ip, CTA_IP_MAX))
		return false;
	if (tuple->family == AF_INET) {
		attr_copy(ip[CTA_IP_V4_SRC], tuple->src, 4);
		attr_copy(ip[CTA_IP_V4_DST], tuple->dst, 4);
		return ip[CTA_IP_V4_SRC] != NULL && ip[CTA_IP_V4_DST] != NULL;
	}
	attr_copy(ip[CTA_IP_V6_SRC], tuple->src, FLOW_ADDR);
	attr_copy(ip[CTA_IP_V6_DST], tuple->dst, FLOW_ADDR);
	return tuple->family == AF_INET6 && ip[CTA_IP_V6_SRC] != NULL && ip[CTA_IP_V6_DST] != NULL;
}

static bool tuple_proto(const struct nlattr *nest, struct flow_tuple *tuple)
{
	const struct nlattr *l4[CTA_PROTO_MAX + 1];
	const struct proto *proto;

	if (!parse_nested(nest, l4, CTA_PROTO_MAX) || l4[CTA_PROTO_NUM] == NULL)
		return false;
	tuple->proto = attr_u8(l4[CTA_PROTO_NUM]);
	if (tuple->proto == IPPROTO_ICMP) {
		tuple->icmp_type = attr_u8(l4[CTA_PROTO_ICMP_TYPE]);
		tuple->icmp_code = attr_u8(l4[CTA_PROTO_ICMP_CODE]);
		tuple->icmp_id = attr_be16(l4[CTA_PROTO_ICMP_ID]);
	} else if (tuple->proto == IPPROTO_ICMPV6) {
		tuple->icmp_type = attr_u8(l4[CTA_PROTO_ICMPV6_TYPE]);
		tuple->icmp_code = attr_u8(l4[CTA_PROTO_ICMPV6_CODE]);
		tuple->icmp_id = attr_be16(l4[CTA_PROTO_ICMPV6_ID]);
	} else {
		proto = proto_find(tuple->proto);
		tuple->ports = proto != NULL && proto->ports;
		tuple->sport = attr_be16(l4[CTA_PROTO_SRC_PORT]);
		tuple->dport = attr_be16(l4[CTA_PROTO_DST_PORT]);
	}
	return true;
}

bool flow_tuple(const struct flow *flow, enum flow_dir dir, struct flow_tuple *tuple)
{
	const struct nlattr *nest = flow->attr[dir == FLOW_ORIG ? CTA_TUPLE_ORIG : CTA_TUPLE_REPLY];
	const struct nlattr *part[CTA_TUPLE_MAX + 1];

	memset(tuple, 0, sizeof(*tuple));
	tuple->family = flow->family;
	if (!parse_nested(nest, part, CTA_TUPLE_MAX))
		return false;
	tuple->zoned = part[CTA_TUPLE_ZONE] != NULL;
	tuple->zone = attr_be16(part[CTA_TUPLE_ZONE]);
	return tuple_addresses(part[CTA_TUPLE_IP], tuple) && tuple_proto(part[CTA_TUPLE_PROTO], tuple);
}

uint32_t flow_number(const struct flow *flow, int attr, uint32_t absent)
{
	uint32_t value;

	if (flow->attr[attr] == NULL)
		return absent;
	attr_copy(flow->attr[attr], &value, sizeof(value));
	return ntohl(value);
}

uint16_t flow_zone(const struct flow *flow)
{
	return attr_be16(flow->attr[CTA_ZONE]);
}

const char *flow_state(const struct flow *flow)
{
	const struct nlattr *info[CTA_PROTOINFO_MAX + 1], *field[CTA_PROTOINFO_TCP_MAX + 1];
	unsigned state;

	if (!parse_nested(flow->attr[CTA_PROTOINFO], info, CTA_PROTOINFO_MAX))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(protos); i++) {
		const struct proto *proto = &protos[i];

		if (proto->states == NULL || info[proto->info] == NULL)
			continue;
		if (!parse_nested(info[proto->info], field, CTA_PROTOINFO_TCP_MAX) || field[proto->state_attr] == NULL)
			return NULL;
		state = attr_u8(field[proto->state_attr]);
		return proto->states[state < proto->state_count ? state : 0];
	}
	return NULL;
}

bool flow_counters(const struct flow *flow, enum flow_dir dir, struct flow_counters *counters)
{
	const struct nlattr *field[CTA_COUNTERS_MAX + 1];

	if (!parse_nested(flow->attr[dir == FLOW_ORIG ? CTA_COUNTERS_ORIG : CTA_COUNTERS_REPLY], field,
			  CTA_COUNTERS_MAX))
		return false;
	counters->packets = attr_be64(field[CTA_COUNTERS_PACKETS]);
	counters->bytes = attr_be64(field[CTA_COUNTERS_BYTES]);
	return true;
}

static uint64_t flow_time(const struct flow *flow, int which)
{
	const struct nlattr *field[CTA_TIMESTAMP_MAX + 1];

	return parse_nested(flow->attr[CTA_TIMESTAMP], field, CTA_TIMESTAMP_MAX) ? attr_be64(field[which]) : 0;
}

uint64_t flow_start(const struct flow *flow)
{
	return flow_time(flow, CTA_TIMESTAMP_START);
}

uint64_t flow_stop(const struct flow *flow)
{
	return flow_time(flow, CTA_TIMESTAMP_STOP);
}

static const char *nested_text(const struct nlattr *nest, unsigned type, size_t *len)
{
	const struct nlattr *field[CTA_HELP_MAX + 1];

	*len = 0;
	if (!parse_nested(nest, field, CTA_HELP_MAX) || field[type] == NULL)
		return "";
	*len = strnlen(attr_data(field[type]), attr_len(field[type]));
	return attr_data(field[type]);
}

const char *flow_helper(const struct flow *flow, size_t *len)
{
	return nested_text(flow->attr[CTA_HELP], CTA_HELP_NAME, len);
}

const char *flow_secctx(const struct flow *flow, size_t *len)
{
	return nested_text(flow->attr[CTA_SECCTX], CTA_SECCTX_NAME, len);
}
