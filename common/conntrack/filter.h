/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Which entries the user wants. The kernel sends only these where it can (attributes CTA_FILTER, CTA_MARK,
 * CTA_STATUS): that costs a third to a tenth of a full dump. But an older kernel ignores attributes
 * that it does not know, and sends everything. So filter_match checks each entry again.
 */
#ifndef FW_CONNTRACK_FILTER_H
#define FW_CONNTRACK_FILTER_H

#include "base/base.h"
#include "conntrack/flow.h"
#include "conntrack/labels.h"

struct filter_net {
	uint8_t family; /* 0: any address */
	uint8_t addr[FLOW_ADDR], mask[FLOW_ADDR]; /* only the bits of the mask count */
};

struct filter_number {
	bool by; /* false: any number */
	uint16_t value;
};

/* Conditions on one direction of an entry. */
struct filter_tuple {
	struct filter_net src, dst;
	struct filter_number sport, dport;   /* an entry without ports never matches */
	struct filter_number srckey, dstkey; /* of GRE; other entries never match */
	struct filter_number zone;	     /* that only this direction has; 0: it has none */
};

/* Conditions on the original direction; an entry that is neither ICMP nor ICMPv6 never matches. */
struct filter_icmp {
	struct filter_number type, code, id;
};

/* An entry must have one of these kinds of NAT. */
struct filter_nat {
	uint32_t kinds;		   /* IPS_SRC_NAT, IPS_DST_NAT; 0: no condition */
	struct filter_net addr;	   /* what NAT made of the source or destination */
	struct filter_number port; /* with an address only */
};

enum { FILTER_SRC_NAT, FILTER_DST_NAT, FILTER_NATS };

struct ct_filter {
	uint8_t family; /* 0: both */
	struct filter_number proto;
	struct filter_number zone; /* of the entry, or of its original direction */
	struct filter_tuple orig, reply;
	struct filter_net mask_src, mask_dst; /* masks in addr, for the addresses of orig; family 0: none */
	struct filter_icmp icmp;
	struct filter_nat nat[FILTER_NATS];   /* an entry must meet each; any kind of NAT is in the first */
	uint32_t mark, mark_mask;	      /* mask 0: any mark */
	uint32_t status_set, status_unset;    /* bits of IPS_* that must be set, and that must not */
	struct flow_labels labels;	      /* that an entry must have */
	char state[20];			      /* "": any */
};

/* Each reads the text of one option into the filter. False: not valid; the filter is unchanged. */
must_check bool filter_proto(struct ct_filter *filter, const char *text);
must_check bool filter_state(struct ct_filter *filter, const char *text);
must_check bool filter_mark(struct ct_filter *filter, const char *text); /* VALUE[/MASK] */

must_check bool filter_net(struct filter_net *net, const char *text); /* ADDRESS[/LENGTH] or ADDRESS/MASK */
must_check bool filter_number(struct filter_number *number, const char *text, uint16_t max);
must_check bool filter_key(struct filter_number *number, const char *text); /* decimal, or with 0x */

/* Of --src-nat and the like: ADDRESS[/LENGTH], IPV4:PORT or [IPV6]:PORT. NULL: only the kinds count. */
must_check bool filter_nat(struct filter_nat *nat, uint32_t kinds, const char *text);

/*
 * Words as of `conntrack -u`, in either case, between commas: entries must have the status of each, and must not
 * have it where "!" stands before the word.
 */
must_check bool filter_words(struct ct_filter *filter, const char *text);

/* Names of labels, or their numbers, between commas: entries must have each of them. */
must_check bool filter_labels(struct ct_filter *filter, const struct label_names *names, const char *text);

/* Adds a condition: some bits of IPS_* must be set, others must not. */
void filter_status(struct ct_filter *filter, uint32_t set, uint32_t unset);

/*
 * Applies the masks, and sets the family if an address or the protocol implies it. Call it after all options. NULL, or
 * why no entry can match.
 */
must_check const char *filter_settle(struct ct_filter *filter);

bool filter_match(const struct ct_filter *filter, const struct ct_flow *flow);

/* Whether the kernel's tuple filter would help. It works for one family at a time. */
bool filter_wants_tuple(const struct ct_filter *filter);

/*
 * Adds the conditions that the kernel can check to a dump request; those on the tuple only if `tuple` is
 * true.
 */
void filter_request(const struct ct_filter *filter, uint8_t family, bool tuple, struct nlmsghdr *nlh);

#endif
