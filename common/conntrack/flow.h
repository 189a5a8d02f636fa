/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * One entry of the conntrack table as ctnetlink sends it (linux/netfilter/nfnetlink_conntrack.h). flow_parse
 * checks the lengths of the attributes, and only notes where they are. Each value is decoded when a caller
 * asks for it, because a dump has hundreds of thousands of entries, and most callers need few values.
 */
#ifndef FW_CONNTRACK_FLOW_H
#define FW_CONNTRACK_FLOW_H

#include "base/base.h"

#include <linux/netlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

/* FLOW_MASTER: the original direction of the connection that expected this one (FTP control for FTP data). */
enum flow_dir { FLOW_ORIG, FLOW_REPLY, FLOW_MASTER };

struct ct_flow {
	uint8_t family;				/* AF_INET, AF_INET6 */
	const struct nlattr *attr[CTA_MAX + 1]; /* borrowed from the message; NULL: absent */
};

#define FLOW_ADDR 16 /* bytes of an address; an IPv4 one uses the first four */

struct flow_tuple {
	uint8_t family, proto;
	bool ports; /* the protocol has ports: TCP, UDP, UDP-Lite, SCTP, DCCP */
	bool zoned; /* this direction has a zone of its own, in `zone` */
	uint8_t src[FLOW_ADDR], dst[FLOW_ADDR]; /* network byte order, padded with zeros */
	uint16_t sport, dport;			/* for GRE the keys */
	uint8_t icmp_type, icmp_code;
	uint16_t icmp_id, zone;
};

struct flow_counters {
	uint64_t packets, bytes;
};

/*
 * Parses a message of the ctnetlink subsystem, and skips attributes that it does not know. False: a length is
 * wrong; *flow must not be used. The message must outlive *flow.
 */
must_check bool flow_parse(struct ct_flow *flow, const struct nlmsghdr *nlh);

/* Decodes the tuple of a direction. False: it is missing or damaged. */
must_check bool flow_tuple(const struct ct_flow *flow, enum flow_dir dir, struct flow_tuple *tuple);

/* The same for any attribute that holds a tuple, also in messages about expectations. */
must_check bool flow_tuple_in(const struct ct_flow *flow, int attr, struct flow_tuple *tuple);

/*
 * The number in attribute CTA_MARK, CTA_STATUS, CTA_TIMEOUT, CTA_USE or CTA_ID; `absent` without the
 * attribute.
 */
uint32_t flow_number(const struct ct_flow *flow, int attr, uint32_t absent);
uint16_t flow_number16(const struct ct_flow *flow, int attr); /* of CTA_ZONE or CTA_EXPECT_ZONE; 0: absent */
uint16_t flow_zone(const struct ct_flow *flow); /* 0: the default zone, which the kernel does not send */

/* The TCP, SCTP or DCCP state, as conntrack(8) names it; NULL: other protocols have none. */
const char *flow_state(const struct ct_flow *flow);

#define FLOW_LABELS 128 /* bits */

struct flow_labels {
	uint32_t words[FLOW_LABELS / 32]; /* label n is bit n % 32 of word n / 32 */
};

/* The labels that are set. */
struct flow_labels flow_labels(const struct ct_flow *flow);

/* The verification tag of SCTP, in network order. False: another protocol. */
bool flow_vtag(const struct ct_flow *flow, enum flow_dir dir, uint32_t *tag);

/* False: the entry has no counters, because net.netfilter.nf_conntrack_acct was 0 when it was created. */
bool flow_counters(const struct ct_flow *flow, enum flow_dir dir, struct flow_counters *counters);

/* Nanoseconds since 1970; 0 without net.netfilter.nf_conntrack_timestamp. */
uint64_t flow_start(const struct ct_flow *flow);
uint64_t flow_stop(const struct ct_flow *flow);

/* The name of the helper or security context, without a NUL at its end; *len is 0 if there is none. */
const char *flow_helper(const struct ct_flow *flow, size_t *len);
const char *flow_secctx(const struct ct_flow *flow, size_t *len);

/* "tcp"; NULL: a protocol without a name here. */
const char *proto_name(unsigned proto);
/* The protocol that the text names or gives in digits; -1: neither. */
int proto_number(const char *text);

/* The n-th state of a protocol; NULL after the last. */
const char *proto_state(unsigned proto, unsigned n);

#endif
