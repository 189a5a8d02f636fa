/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which entries are asked for. The kernel is asked to send only these where it can (attributes CTA_FILTER,
 * CTA_MARK, CTA_STATUS, CTA_ZONE), which costs a third to a tenth of a full dump; but an older kernel ignores
 * what it does not know and sends everything, so that each entry is looked at again here.
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

/* Each reads one option's text into the filter; false: not understood, the filter is as before. */
must_check bool filter_proto(struct ct_filter *filter, const char *text);
must_check bool filter_state(struct ct_filter *filter, const char *text);
must_check bool filter_net(struct filter_net *net, const char *text);
must_check bool filter_port(bool *by, uint16_t *port, const char *text);
must_check bool filter_zone(struct ct_filter *filter, const char *text);
must_check bool filter_mark(struct ct_filter *filter, const char *text); /* VALUE[/MASK] */

/* These bits of IPS_* must be set, those not; adds to what was asked before. */
void filter_status(struct ct_filter *filter, uint32_t set, uint32_t unset);

/*
 * Takes the family from the addresses or the protocol where only they tell it. False: they contradict each
 * other, and no entry can match.
 */
must_check bool filter_settle(struct ct_filter *filter);

bool filter_match(const struct ct_filter *filter, const struct ct_flow *flow);

bool filter_is_empty(const struct ct_filter *filter);

/* True where the kernel's tuple filter would help: it works for one family at a time. */
bool filter_wants_tuple(const struct ct_filter *filter);

/* Adds what the kernel can check to a dump request; the tuple only where `tuple` says so. */
void filter_request(const struct ct_filter *filter, uint8_t family, bool tuple, struct nlmsghdr *nlh);

#endif
