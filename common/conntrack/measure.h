/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * One measurement for the report: read the numbers of the network namespace that this process is in, compare
 * them with earlier ones, judge the difference, and remember the numbers for the next run.
 */
#ifndef FW_CONNTRACK_MEASURE_H
#define FW_CONNTRACK_MEASURE_H

#include "base/base.h"
#include "conntrack/alarm.h"
#include "conntrack/history.h"
#include "conntrack/report.h"
#include "conntrack/source.h"

/* What to measure, and how. The texts are borrowed. */
struct measure_request {
	struct limits limits;
	const char *proc;    /* where proc is mounted: see snapshot_take */
	const char *history; /* a file; NULL: HISTORY_PATH, but none if proc is not "/proc" */
	uint64_t interval;   /* seconds between two snapshots; 0: compare with the file */
	bool assured;	     /* count the entries that the kernel may not evict */
	bool absent_ok;	     /* no alarm where connection tracking does not run */
	bool remembers;	     /* write the file even without a limit and without a file that the user named */
};

/* The report points into the measurement, so a measurement stays where it was made. */
struct measurement {
	struct snapshot now;
	struct history before;
	struct ct_report report;
	char *name;	    /* owned; of the namespace; NULL: this process's own, unnamed */
	char *history_path; /* owned; NULL: none is read or written */
	bool foreign;	    /* what is there is no history, and stays as it is */
};

/* Prepares a measurement; name may be NULL. NULL: out of memory. Free with measurement_free. */
must_check struct measurement *measurement_new(const struct measure_request *request, const char *name);
void measurement_free(struct measurement *measurement); /* NULL is allowed */

/* Measures, compares and judges. A failure becomes a reason in the report, with ALARM_UNKNOWN. */
void measurement_take(struct measurement *measurement, const struct measure_request *request);

/*
 * Whether a log should get this report: the alarm level changed since the last run, or an alarm lasts and was
 * logged at least `repeat` seconds ago (0: a lasting alarm is not repeated).
 */
bool measurement_is_news(const struct measurement *measurement, uint64_t repeat);

/* Notes that it was logged now, for measurement_remember. */
void measurement_logged(struct measurement *measurement);

/*
 * Writes the history file where the request asks for one. A failure becomes a reason in the report, unless
 * the user named no file and the failure only means that this user or system keeps no history.
 */
void measurement_remember(struct measurement *measurement, const struct measure_request *request);

#endif
