/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The kernel's conntrack statistics: 32-bit counters for each processor, which wrap around. So growth is
 * computed processor by processor, and only then summed.
 */
#ifndef FW_CONNTRACK_COUNTERS_H
#define FW_CONNTRACK_COUNTERS_H

#include "base/base.h"
#include "base/vec.h"

/*
 * The counters that the kernel still counts (6.18). Not here: new, ignore and delete, which stay 0, and
 * entries, which is a total. insert counts only entries that were added over netlink.
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

/* A counter is one row of counter_kinds: every format reads its name from there. */
struct counter_kind {
	const char *name;   /* in every format of ours */
	const char *column; /* in the header of /proc/net/stat/nf_conntrack */
	int attr;	    /* CTA_STATS_*, or 0 */
	int expect_attr;    /* CTA_STATS_EXP_*, or 0 */
	unsigned rank;	    /* how much it matters, 1 the most; 0: the text report leaves it out */
	const char *meaning; /* a sentence */
};

#define COUNTER_ALARMING 3 /* ranks up to this one mean lost entries or packets */

extern const struct counter_kind counter_kinds[COUNTER_COUNT];

/* The counter of that rank; COUNTER_COUNT: there is none. */
enum counter_id counter_ranked(unsigned rank);

struct counter_line {
	uint32_t cpu;
	uint32_t known; /* bit n: value[n] could be read */
	uint32_t value[COUNTER_COUNT];
};

struct ct_counters {
	VEC(struct counter_line) lines; /* owned; empty: no counter is known */
};

void counters_free(struct ct_counters *counters);

/* The line of a processor; a new one is added. NULL: out of memory. Valid until the next call. */
must_check struct counter_line *counters_line(struct ct_counters *counters, uint32_t cpu);

bool counters_know(const struct ct_counters *counters, enum counter_id id);
uint64_t counters_sum(const struct ct_counters *counters, enum counter_id id);

/*
 * How much a counter grew from `old` to `now`, summed over the processors. A counter that wrapped around is
 * continued. A processor that is not in `old` counts from 0, and one that is not in `now` is ignored. A
 * counter that fell by more than a wrap explains restarted: it counts from 0 too, and *reset is set.
 */
uint64_t counters_growth(const struct ct_counters *old, const struct ct_counters *now, enum counter_id id,
			 bool *reset);

/*
 * How much the first counter grew beyond the second, processor by processor: where the first grew less, that
 * processor counts as 0.
 */
uint64_t counters_surplus(const struct ct_counters *old, const struct ct_counters *now, enum counter_id id,
			  enum counter_id less);

/*
 * Reads the text of /proc/net/stat/nf_conntrack. Finds the columns by their names in the header, because
 * kernels add, remove and reuse columns. 0; -EBADMSG: truncated, or not such a file; -ENOMEM.
 */
must_check int counters_parse(struct ct_counters *counters, const char *text, uint64_t *entries);

#endif
