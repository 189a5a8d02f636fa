/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/flow.h"
#include "base/number.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nfnetlink.h>
#include <netinet/in.h>
#include <string.h>

static const char *const tcp_states[] = { "NONE",	"SYN_SENT", "SYN_RECV",	 "ESTABLISHED", "FIN_WAIT",
					  "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE",	"SYN_SENT2" };
static const char *const sctp_states[] = {
	"NONE",		 "CLOSED",	  "COOKIE_WAIT",       "COOKIE_ECHOED",	 "ESTABLISHED",
	"SHUTDOWN_SENT", "SHUTDOWN_RECD", "SHUTDOWN_ACK_SENT", "HEARTBEAT_SENT", "HEARTBEAT_ACKED"
};
static const char *const dccp_states[] = { "NONE",     "REQUEST", "RESPOND",  "PARTOPEN", "OPEN",
					   "CLOSEREQ", "CLOSING", "TIMEWAIT", "IGNORE",	  "INVALID" };

static const struct proto {
	unsigned number;
	const char *name;
	bool ports;
	const char *const *states;
	size_t state_count;
	int info, state_attr; /* the nest in CTA_PROTOINFO, and the state in it */
} protos[] = {
	{ IPPROTO_TCP, "tcp", true, tcp_states, ARRAY_LEN(tcp_states), CTA_PROTOINFO_TCP,
	  CTA_PROTOINFO_TCP_STATE },
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
	uint64_t number;

	for (size_t i = 0; i < ARRAY_LEN(protos); i++)
		if (strcasecmp(protos[i].name, text) == 0)
			return (int)protos[i].number;
	if (strcasecmp(text, "ipv6-icmp") == 0)
		return IPPROTO_ICMPV6;
	return number_read(text, 255, &number) ? (int)number : -1;
}

const char *proto_state(unsigned number, unsigned n)
{
	const struct proto *proto = proto_find(number);

	return proto != NULL && n < proto->state_count ? proto->states[n] : NULL;
}

/* A walk over the attributes in an area of memory. */
struct attrs {
	const char *at;
	size_t left;
	bool damaged; /* a length was wrong, and the walk ended there */
};

static struct attrs attrs_of(const void *area, size_t len)
{
	return (struct attrs){ .at = area, .left = len };
}

static struct attrs attrs_in(const struct nlattr *nest)
{
	return nest != NULL ? attrs_of(nest + 1, nest->nla_len - sizeof(*nest))
			    : (struct attrs){ .damaged = true };
}

/* The next attribute; NULL after the last. A dump spends most of its time in user space here. */
static inline const struct nlattr *attrs_next(struct attrs *attrs)
{
	const struct nlattr *attr = (const void *)attrs->at;
	size_t step;

	if (attrs->left < sizeof(*attr)) {
		attrs->damaged = attrs->damaged || attrs->left != 0;
		return NULL;
	}
	if (attr->nla_len < sizeof(*attr) || attr->nla_len > attrs->left) {
		attrs->damaged = true;
		return NULL;
	}
	step = NLA_ALIGN((size_t)attr->nla_len);
	step = step < attrs->left ? step : attrs->left;
	attrs->at += step;
	attrs->left -= step;
	return attr;
}

static inline unsigned attr_type(const struct nlattr *attr)
{
	return attr->nla_type & NLA_TYPE_MASK;
}

/* The attribute of that type in a nest; NULL: the nest lacks it, is missing or is damaged. */
static const struct nlattr *attr_find(const struct nlattr *nest, unsigned type)
{
	struct attrs attrs = attrs_in(nest);
	const struct nlattr *attr;

	while ((attr = attrs_next(&attrs)) != NULL)
		if (attr_type(attr) == type)
			return attr;
	return NULL;
}

static size_t attr_len(const struct nlattr *attr)
{
	return attr->nla_len - sizeof(*attr);
}

static const void *attr_data(const struct nlattr *attr)
{
	return attr + 1;
}

/* Copies the bytes of an attribute; zeros if it is absent or too short. */
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

bool flow_parse(struct ct_flow *flow, const struct nlmsghdr *nlh)
{
	size_t head = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct nfgenmsg));
	const struct nfgenmsg *nfg = (const void *)((const char *)nlh + NLMSG_HDRLEN);
	const struct nlattr *attr;
	struct attrs attrs;

	if (nlh->nlmsg_len < head)
		return false;
	flow->family = nfg->nfgen_family;
	memset(flow->attr, 0, sizeof(flow->attr));
	attrs = attrs_of((const char *)nlh + head, nlh->nlmsg_len - head);
	while ((attr = attrs_next(&attrs)) != NULL)
		if (attr_type(attr) <= CTA_MAX)
			flow->attr[attr_type(attr)] = attr;
	return !attrs.damaged;
}

/* Copies an address. False: its length is wrong. */
static bool take_address(const struct nlattr *attr, uint8_t *addr, size_t size)
{
	if (attr_len(attr) != size)
		return false;
	memcpy(addr, attr_data(attr), size);
	return true;
}

static bool tuple_addresses(const struct nlattr *nest, struct flow_tuple *tuple)
{
	bool v4 = tuple->family == AF_INET, src = false, dst = false;
	struct attrs attrs = attrs_in(nest);
	const struct nlattr *attr;

	while ((attr = attrs_next(&attrs)) != NULL) {
		if (attr_type(attr) == (v4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC))
			src = take_address(attr, tuple->src, v4 ? 4 : FLOW_ADDR);
		else if (attr_type(attr) == (v4 ? CTA_IP_V4_DST : CTA_IP_V6_DST))
			dst = take_address(attr, tuple->dst, v4 ? 4 : FLOW_ADDR);
	}
	return src && dst && !attrs.damaged;
}

static void take_l4(const struct nlattr *attr, struct flow_tuple *tuple)
{
	switch (attr_type(attr)) {
	case CTA_PROTO_NUM:
		tuple->proto = attr_u8(attr);
		break;
	case CTA_PROTO_SRC_PORT:
		tuple->sport = attr_be16(attr);
		break;
	case CTA_PROTO_DST_PORT:
		tuple->dport = attr_be16(attr);
		break;
	case CTA_PROTO_ICMP_ID:
	case CTA_PROTO_ICMPV6_ID:
		tuple->icmp_id = attr_be16(attr);
		break;
	case CTA_PROTO_ICMP_TYPE:
	case CTA_PROTO_ICMPV6_TYPE:
		tuple->icmp_type = attr_u8(attr);
		break;
	case CTA_PROTO_ICMP_CODE:
	case CTA_PROTO_ICMPV6_CODE:
		tuple->icmp_code = attr_u8(attr);
		break;
	default:
		break;
	}
}

static bool tuple_proto(const struct nlattr *nest, struct flow_tuple *tuple)
{
	struct attrs attrs = attrs_in(nest);
	const struct nlattr *attr;
	const struct proto *proto;
	bool numbered = false;

	while ((attr = attrs_next(&attrs)) != NULL) {
		numbered = numbered || attr_type(attr) == CTA_PROTO_NUM;
		take_l4(attr, tuple);
	}
	proto = proto_find(tuple->proto);
	tuple->ports = proto != NULL && proto->ports;
	return numbered && !attrs.damaged;
}

bool flow_tuple_in(const struct ct_flow *flow, int which, struct flow_tuple *tuple)
{
	struct attrs attrs = attrs_in(flow->attr[which]);
	const struct nlattr *attr;
	bool addresses = false, proto = false;

	*tuple = (struct flow_tuple){ .family = flow->family };
	while ((attr = attrs_next(&attrs)) != NULL) {
		if (attr_type(attr) == CTA_TUPLE_IP) {
			addresses = tuple_addresses(attr, tuple);
		} else if (attr_type(attr) == CTA_TUPLE_PROTO) {
			proto = tuple_proto(attr, tuple);
		} else if (attr_type(attr) == CTA_TUPLE_ZONE) {
			tuple->zoned = true;
			tuple->zone = attr_be16(attr);
		}
	}
	return addresses && proto && !attrs.damaged;
}

bool flow_tuple(const struct ct_flow *flow, enum flow_dir dir, struct flow_tuple *tuple)
{
	static const int attrs_of_dir[] = { [FLOW_ORIG] = CTA_TUPLE_ORIG,
					    [FLOW_REPLY] = CTA_TUPLE_REPLY,
					    [FLOW_MASTER] = CTA_TUPLE_MASTER };

	return flow_tuple_in(flow, attrs_of_dir[dir], tuple);
}

uint32_t flow_number(const struct ct_flow *flow, int attr, uint32_t absent)
{
	uint32_t value;

	if (flow->attr[attr] == NULL)
		return absent;
	attr_copy(flow->attr[attr], &value, sizeof(value));
	return ntohl(value);
}

uint16_t flow_number16(const struct ct_flow *flow, int attr)
{
	return attr_be16(flow->attr[attr]);
}

uint16_t flow_zone(const struct ct_flow *flow)
{
	return flow_number16(flow, CTA_ZONE);
}

/* CTA_PROTOINFO holds one attribute, whose type shows the protocol: no need to decode the tuple. */
const char *flow_state(const struct ct_flow *flow)
{
	struct attrs attrs;
	const struct nlattr *info, *attr;
	unsigned state;

	if (flow->attr[CTA_PROTOINFO] == NULL)
		return NULL;
	attrs = attrs_in(flow->attr[CTA_PROTOINFO]);
	info = attrs_next(&attrs);
	for (size_t i = 0; info != NULL && i < ARRAY_LEN(protos); i++) {
		const struct proto *proto = &protos[i];

		if (proto->states == NULL || attr_type(info) != (unsigned)proto->info)
			continue;
		attr = attr_find(info, (unsigned)proto->state_attr);
		if (attr == NULL)
			return NULL;
		state = attr_u8(attr);
		return proto->states[state < proto->state_count ? state : 0];
	}
	return NULL;
}

bool flow_vtag(const struct ct_flow *flow, enum flow_dir dir, uint32_t *tag)
{
	const struct nlattr *info = flow->attr[CTA_PROTOINFO];
	const struct nlattr *sctp = info != NULL ? attr_find(info, CTA_PROTOINFO_SCTP) : NULL, *attr;

	attr = sctp == NULL ? NULL
			    : attr_find(sctp, dir == FLOW_ORIG ? CTA_PROTOINFO_SCTP_VTAG_ORIGINAL
							       : CTA_PROTOINFO_SCTP_VTAG_REPLY);
	if (attr == NULL)
		return false;
	attr_copy(attr, tag, sizeof(*tag));
	return true;
}

/* The kernel sends fewer words if the labels in use need no more. */
struct flow_labels flow_labels(const struct ct_flow *flow)
{
	const struct nlattr *attr = flow->attr[CTA_LABELS];
	struct flow_labels labels = { { 0 } };
	size_t size = attr != NULL ? attr_len(attr) : 0;

	if (size > 0)
		memcpy(labels.words, attr_data(attr), size < sizeof(labels) ? size : sizeof(labels));
	return labels;
}

bool flow_counters(const struct ct_flow *flow, enum flow_dir dir, struct flow_counters *counters)
{
	const struct nlattr *nest = flow->attr[dir == FLOW_ORIG ? CTA_COUNTERS_ORIG : CTA_COUNTERS_REPLY];

	if (nest == NULL)
		return false;
	counters->packets = attr_be64(attr_find(nest, CTA_COUNTERS_PACKETS));
	counters->bytes = attr_be64(attr_find(nest, CTA_COUNTERS_BYTES));
	return true;
}

static uint64_t flow_time(const struct ct_flow *flow, unsigned which)
{
	return attr_be64(attr_find(flow->attr[CTA_TIMESTAMP], which));
}

uint64_t flow_start(const struct ct_flow *flow)
{
	return flow_time(flow, CTA_TIMESTAMP_START);
}

uint64_t flow_stop(const struct ct_flow *flow)
{
	return flow_time(flow, CTA_TIMESTAMP_STOP);
}

static const char *nested_text(const struct nlattr *nest, unsigned type, size_t *len)
{
	const struct nlattr *attr = attr_find(nest, type);

	*len = attr != NULL ? strnlen(attr_data(attr), attr_len(attr)) : 0;
	return attr != NULL ? attr_data(attr) : "";
}

const char *flow_helper(const struct ct_flow *flow, size_t *len)
{
	return nested_text(flow->attr[CTA_HELP], CTA_HELP_NAME, len);
}

const char *flow_secctx(const struct ct_flow *flow, size_t *len)
{
	return nested_text(flow->attr[CTA_SECCTX], CTA_SECCTX_NAME, len);
}
