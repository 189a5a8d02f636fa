/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One entry of the conntrack table as ctnetlink sends it (linux/netfilter/nfnetlink_conntrack.h). flow_parse
 * checks the attributes' lengths and only notes where they are; what is asked for is decoded then, because a
 * dump has hundreds of thousands of entries and most questions need few fields.
 */
#ifndef FW_CONNTRACK_FLOW_H
#define FW_CONNTRACK_FLOW_H

#include "base/base.h"

#include <linux/netlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

/* FLOW_MASTER: the original direction of the connection that this one was expected by (FTP's data, ...). */
enum flow_dir { FLOW_ORIG, FLOW_REPLY, FLOW_MASTER };

struct ct_flow {
	uint8_t family;				/* AF_INET, AF_INET6 */
	const struct nlattr *attr[CTA_MAX + 1]; /* borrowed from the message; NULL: absent */
};

#define FLOW_ADDR 16 /* bytes of an address; an IPv4 one uses the first four */

struct flow_tuple {
	uint8_t family, proto;
	bool ports; /* sport and dport are meant: TCP, UDP, UDP-Lite, SCTP, DCCP */
	bool zoned; /* zone holds this direction's own zone */
	uint8_t src[FLOW_ADDR], dst[FLOW_ADDR]; /* network order, the rest zero */
	uint16_t sport, dport;			/* GRE: the keys */
	uint8_t icmp_type, icmp_code;
	uint16_t icmp_id, zone;
};

struct flow_counters {
	uint64_t packets, bytes;
};

/*
 * Reads a message of the ctnetlink subsystem. False: lengths that do not fit, and nothing may be asked of
 * *flow. Attributes that this version does not know are skipped.
 */
must_check bool flow_parse(struct ct_flow *flow, const struct nlmsghdr *nlh);

/* False when the tuple is missing or damaged. */
must_check bool flow_tuple(const struct ct_flow *flow, enum flow_dir dir, struct flow_tuple *tuple);

/* The number in attribute CTA_MARK, CTA_STATUS, CTA_TIMEOUT, CTA_USE, CTA_ID; `absent` where there is none.
 */
uint32_t flow_number(const struct ct_flow *flow, int attr, uint32_t absent);
uint16_t flow_zone(const struct ct_flow *flow); /* 0: the default zone, which the kernel does not send */

/* TCP, SCTP or DCCP state as conntrack(8) names it; NULL for what has no state. */
const char *flow_state(const struct ct_flow *flow);

/* False where the entry has no counters (net.netfilter.nf_conntrack_acct was 0 when it was made). */
bool flow_counters(const struct ct_flow *flow, enum flow_dir dir, struct flow_counters *counters);

/* Nanoseconds since 1970; 0 without net.netfilter.nf_conntrack_timestamp. */
uint64_t flow_start(const struct ct_flow *flow);
uint64_t flow_stop(const struct ct_flow *flow);

/* Name of the helper or security context, not NUL-terminated, *len 0 where there is none. */
const char *flow_helper(const struct ct_flow *flow, size_t *len);
const char *flow_secctx(const struct ct_flow *flow, size_t *len);

/* "tcp"; NULL for protocols without a name here. */
const char *proto_name(unsigned proto);
/* The number of a name, or of a number in digits; -1: neither. */
int proto_number(const char *text);

/* The n-th state of a protocol, NULL behind the last. */
const char *proto_state(unsigned proto, unsigned n);

#endif
