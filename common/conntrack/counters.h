/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's conntrack statistics: 32-bit counters for each processor that wrap. Never summed before they
 * are compared: differences are taken processor by processor.
 */
#ifndef FW_CONNTRACK_COUNTERS_H
#define FW_CONNTRACK_COUNTERS_H

#include "base/base.h"
#include "base/vec.h"

/*
 * Those that still move (kernel 6.18): new, ignore and delete stay 0, insert counts only what came over
 * netlink, entries is a total and no counter.
 */
enum counter_id {
	COUNTER_FOUND,
	COUNTER_INVALID,
	COUNTER_INSERT,
	COUNTER_INSERT_FAILED,
	COUNTER_DROP,
	COUNTER_EARLY_DROP,
	COUNTER_ERROR,
	COUNTER_SEARCH_RESTART,
	COUNTER_CLASH_RESOLVE,
	COUNTER_CHAIN_TOOLONG,
	COUNTER_EXPECT_NEW,
	COUNTER_EXPECT_CREATE,
	COUNTER_EXPECT_DELETE,
	COUNTER_COUNT
};

struct counter_kind {
	const char *name;   /* ours, in every format */
	const char *column; /* in the header of /proc/net/stat/nf_conntrack */
	int attr;	    /* CTA_STATS_*, or 0 */
	int expect_attr;    /* CTA_STATS_EXP_*, or 0 */
	const char *meaning;
};

extern const struct counter_kind counter_kinds[COUNTER_COUNT];

struct counter_line {
	uint32_t cpu;
	uint32_t known; /* bit n: value[n] was there */
	uint32_t value[COUNTER_COUNT];
};

struct ct_counters {
	VEC(struct counter_line) lines; /* owned; empty: nothing known */
};

void counters_free(struct ct_counters *counters);

/* The line of a processor, made when it is new; NULL when memory ran out. Valid until the next call. */
must_check struct counter_line *counters_line(struct ct_counters *counters, uint32_t cpu);

bool counters_know(const struct ct_counters *counters, enum counter_id id);
uint64_t counters_sum(const struct ct_counters *counters, enum counter_id id);

/*
 * How much a counter grew from `old` to `now`, summed over the processors; a wrapped counter counts on. A
 * processor that is not in `old` counts from 0, one that left is ignored. *reset is set, and that processor
 * counted from 0, where a counter ran backwards by more than a wrap explains.
 */
uint64_t counters_growth(const struct ct_counters *old, const struct ct_counters *now, enum counter_id id,
			 bool *reset);

/*
 * Reads the text of /proc/net/stat/nf_conntrack. Columns are found by their name in the header: kernels add,
 * drop and reuse them. 0, -EBADMSG when it is cut short or no such file, -ENOMEM.
 */
must_check int counters_parse(struct ct_counters *counters, const char *text, uint64_t *entries);

#endif
