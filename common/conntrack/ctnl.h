/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Requests to the kernel's conntrack table over netlink, in the network namespace in which the socket was
 * opened. They need CAP_NET_ADMIN there. Call nothing here before source_netlink_ready has returned 0: on
 * kernels with modules, the request itself would load conntrack.
 */
#ifndef FW_CONNTRACK_CTNL_H
#define FW_CONNTRACK_CTNL_H

#include "base/base.h"
#include "conntrack/counters.h"
#include "conntrack/filter.h"
#include "conntrack/flow.h"

struct mnl_socket;

struct ctnl {
	struct mnl_socket *socket; /* owned; NULL: not open */
	uint32_t seq, port;
};

/* 0 or -errno. Close with ctnl_close, which is allowed after a failure too. */
must_check int ctnl_open(struct ctnl *nl);
void ctnl_close(struct ctnl *nl);

struct ctnl_totals {
	uint32_t count, max; /* max 0: no limit */
	bool has_max;	     /* kernels before 5.14 do not send it */
};

/* 0 or -errno. */
must_check int ctnl_totals(struct ctnl *nl, struct ctnl_totals *totals);

/* Adds a line for each processor, with the counters of expectations. 0 or -errno. */
must_check int ctnl_counters(struct ctnl *nl, struct ct_counters *counters);

/* Called for each entry of a dump. False ends the dump early, which is not a failure. */
typedef bool ctnl_each(void *ctx, const struct ct_flow *flow);

struct ctnl_dump {
	const struct ct_filter *filter; /* NULL: every entry matches */
	bool in_order;			/* one pass in bucket order; the kernel filters less */
	uint64_t limit; /* stop after so many entries, whether they match the filter or not; 0: never */
	ctnl_each *each;
	void *ctx;
	bool limited;	  /* out: the limit ended the dump */
	uint64_t sent;	  /* out: entries that the kernel sent */
	uint64_t damaged; /* out: entries of these that could not be parsed, and were skipped */
};

/*
 * Calls `each` for every entry that matches the filter. 0 or -errno; after an error it was called for some of
 * them. After a dump that ended early, by its limit or by `each`, the socket can only be closed.
 */
must_check int ctnl_dump(struct ctnl *nl, struct ctnl_dump *dump);

/*
 * Calls `each` for every expectation of this family (0: both), and adds those that could not be parsed to *damaged.
 * 0 or -errno.
 */
must_check int ctnl_expectations(struct ctnl *nl, uint8_t family, ctnl_each *each, void *ctx, uint64_t *damaged);

#endif
