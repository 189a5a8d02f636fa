/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Alarm levels and the limits at which they are raised. Everything is compared in 64-bit integers: a
 * percentage is never rounded before it is compared.
 */
#ifndef FW_CONNTRACK_ALARM_H
#define FW_CONNTRACK_ALARM_H

#include "base/base.h"
#include "conntrack/source.h"

/* The values are the exit statuses of monitoring plugins. */
enum alarm_level { ALARM_OK, ALARM_WARNING, ALARM_CRITICAL, ALARM_UNKNOWN };

const char *alarm_name(enum alarm_level level); /* "OK" */

/*
 * The worse of two levels, from worst to best: critical, warning, unknown, OK. So unknown never hides an
 * alarm.
 */
enum alarm_level alarm_worse(enum alarm_level a, enum alarm_level b);

struct threshold {
	enum { THRESHOLD_NONE, THRESHOLD_PERCENT, THRESHOLD_ENTRIES } kind;
	uint64_t value; /* thousandths of a percent, or entries */
};

/*
 * Reads a percentage ("80", "99.5", "80%") or, for a whole number above 100 without "%", a number of entries
 * ("200000"). False: the text is neither.
 */
must_check bool threshold_read(struct threshold *threshold, const char *text);

/* Whether so many entries reach the threshold. A percentage needs a known max that is not 0. */
bool threshold_reached(const struct threshold *threshold, const struct snapshot *now, uint64_t count);

/* The number of entries at which a threshold is reached under this max: for performance data. */
uint64_t threshold_entries(const struct threshold *threshold, uint64_t max);

/*
 * Whether a warning comes later than the critical alarm. max: what percentages are of; 0: unknown, so that only two
 * percentages, or two numbers of entries, can be compared.
 */
bool threshold_is_above(const struct threshold *warn, const struct threshold *crit, uint64_t max);

struct limits {
	bool active; /* the user set at least one limit */
	struct threshold warn, crit;		     /* all entries */
	struct threshold warn_assured, crit_assured; /* entries that may not be evicted */
	uint64_t warn_early_drop, crit_drop; /* evicted, refused in the interval; 0: never */
	uint64_t warn_insert_failed;	     /* growth of the counter; 0: never */
	uint64_t warn_nat;		     /* packets for which NAT found no free port; 0: never */
	uint64_t full_in;					 /* seconds; 0: never */
};

#endif
