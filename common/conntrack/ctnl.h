/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions to the kernel's conntrack table over netlink, in the network namespace that the socket was opened
 * in. They need CAP_NET_ADMIN there. Nothing here may be called before source.h has found conntrack running:
 * on kernels with modules the question itself would load it.
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

/* 0 or -errno; after a failure ctnl_close is allowed, not needed. */
must_check int ctnl_open(struct ctnl *nl);
void ctnl_close(struct ctnl *nl);
int ctnl_fd(const struct ctnl *nl);

struct ctnl_totals {
	uint32_t count, max; /* max 0: no limit */
	bool has_max;	     /* kernels before 5.14 do not send it */
};

must_check int ctnl_totals(struct ctnl *nl, struct ctnl_totals *totals);

/* Adds a line for each processor, those of expectations included. */
must_check int ctnl_counters(struct ctnl *nl, struct ct_counters *counters);

/* What a dump hands each entry to. False ends the dump early, which is not a failure. */
typedef bool ctnl_each(void *ctx, const struct ct_flow *flow);

struct ctnl_dump {
	const struct ct_filter *filter; /* NULL: everything */
	bool in_order; /* one pass, in the order of the kernel's buckets, at the price of less filtering there
			*/
	uint64_t limit; /* stop after so many entries, those that the filter holds back included; 0: never */
	ctnl_each *each;
	void *ctx;
	bool limited;	  /* out: the limit ended the dump */
	uint64_t sent;	  /* out: entries that the kernel sent */
	uint64_t damaged; /* out: of these, what could not be read; not handed on */
};

/*
 * Calls each for every entry that passes the filter. 0 or -errno; after an error what was handed on is a
 * part. A dump that was ended early (by its limit or by each) leaves the socket unusable for anything but
 * ctnl_close.
 */
must_check int ctnl_dump(struct ctnl *nl, struct ctnl_dump *dump);

#endif
