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

struct filter_net {
	uint8_t family; /* 0: any address */
	uint8_t prefix;
	uint8_t addr[FLOW_ADDR];
};

struct ct_filter {
	uint8_t family; /* 0: both */
	bool by_proto, by_sport, by_dport, by_zone;
	uint8_t proto;
	uint16_t sport, dport, zone;
	uint32_t mark, mark_mask;     /* mask 0: any mark */
	uint32_t status, status_mask; /* IPS_*; mask 0: any */
	struct filter_net src, dst;   /* of the original direction */
	char state[20];		      /* "": any */
};

/* Each reads the text of one option into the filter. False: not valid; the filter is unchanged. */
must_check bool filter_proto(struct ct_filter *filter, const char *text);
must_check bool filter_state(struct ct_filter *filter, const char *text);
must_check bool filter_net(struct filter_net *net, const char *text);
must_check bool filter_port(bool *by, uint16_t *port, const char *text);
must_check bool filter_zone(struct ct_filter *filter, const char *text);
must_check bool filter_mark(struct ct_filter *filter, const char *text); /* VALUE[/MASK] */

/* Words as of `conntrack -u`, in either case, between commas: entries must have the status of each. */
must_check bool filter_words(struct ct_filter *filter, const char *text);

/* Adds a condition: some bits of IPS_* must be set, others must not. */
void filter_status(struct ct_filter *filter, uint32_t set, uint32_t unset);

/*
 * Sets the family if the addresses or the protocol imply it. Call it after all options. False: they
 * contradict each other, so no entry can match.
 */
must_check bool filter_settle(struct ct_filter *filter);

bool filter_match(const struct ct_filter *filter, const struct ct_flow *flow);

/* Whether the kernel's tuple filter would help. It works for one family at a time. */
bool filter_wants_tuple(const struct ct_filter *filter);

/*
 * Adds the conditions that the kernel can check to a dump request; those on the tuple only if `tuple` is
 * true.
 */
void filter_request(const struct ct_filter *filter, uint8_t family, bool tuple, struct nlmsghdr *nlh);

#endif
