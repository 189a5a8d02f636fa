/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what is known to what it means: growth since an earlier look, time until the table is full, and the
 * level of alarm. All comparisons in integers of 64 bits: percentages are never rounded before they are
 * judged.
 */
#ifndef FW_CONNTRACK_ALARM_H
#define FW_CONNTRACK_ALARM_H

#include "base/base.h"
#include "base/strbuf.h"
#include "conntrack/source.h"

/* The exit statuses of monitoring plugins. */
enum alarm_level { ALARM_OK, ALARM_WARNING, ALARM_CRITICAL, ALARM_UNKNOWN };

const char *alarm_name(enum alarm_level level); /* "OK" */

/* Critical is worse than warning is worse than unknown is worse than OK: not knowing never hides an alarm. */
enum alarm_level alarm_worse(enum alarm_level a, enum alarm_level b);

struct threshold {
	enum { THRESHOLD_NONE, THRESHOLD_PERCENT, THRESHOLD_ENTRIES } kind;
	uint64_t value; /* thousandths of a percent, or entries */
};

/* "80", "99.5", "80%": percent; "200000", anything above 100 without %: entries. */
must_check bool threshold_read(struct threshold *threshold, const char *text);

struct limits {
	bool active; /* some limit was asked for */
	struct threshold warn, crit;
	uint64_t warn_early_drop, crit_drop, warn_insert_failed; /* in the interval; 0: never */
	uint64_t full_in;					 /* seconds; 0: never */
};

/* What growth is measured from. */
enum since { SINCE_START, SINCE_STATE, SINCE_INTERVAL };

struct ct_report {
	const struct snapshot *now; /* borrowed */
	const char *netns;	    /* borrowed; NULL: the one we are in, unnamed */
	enum since since;	    /* SINCE_START: since boot, or since the namespace was made */
	uint64_t interval;	    /* seconds; 0 for SINCE_START */
	uint64_t growth[COUNTER_COUNT];
	bool reset;	/* some counter began again in between */
	int64_t change; /* of the number of entries in the interval */
	bool has_full_in;
	uint64_t full_in; /* seconds until the table is full at this rate */
	bool has_assured;
	uint64_t assured; /* entries that the kernel may not evict */
	bool judged;
	enum alarm_level level;
	struct strbuf reasons; /* owned: why the level is not OK, "; " between; empty: it is */
};

/* Compares with an earlier snapshot; NULL: with the start. */
void report_compare(struct ct_report *report, const struct snapshot *now, const struct snapshot *then,
		    enum since since);

/* Sets level and reasons. */
void report_judge(struct ct_report *report, const struct limits *limits);

/* One more reason, and the level that it brings. */
void report_reason(struct ct_report *report, enum alarm_level level, const char *format, ...) printf_like(3, 4);

void report_free(struct ct_report *report);

/* The entries at which a threshold is reached under this max: for performance data. */
uint64_t threshold_entries(const struct threshold *threshold, uint64_t max);

#endif
