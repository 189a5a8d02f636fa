/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * One report on one network namespace: a snapshot, how it differs from an earlier one, and the alarm level
 * that follows from both. Each value that is printed is a row of the table in field.h.
 */
#ifndef FW_CONNTRACK_REPORT_H
#define FW_CONNTRACK_REPORT_H

#include "base/base.h"
#include "base/strbuf.h"
#include "conntrack/alarm.h"
#include "conntrack/losses.h"
#include "conntrack/source.h"

/* What growth is measured from. */
enum since { SINCE_START, SINCE_STATE, SINCE_INTERVAL };

struct ct_report {
	const struct snapshot *now; /* borrowed */
	const char *netns;	    /* borrowed; NULL: this process's own namespace, without a name */
	enum since since;	    /* SINCE_START: since the boot, or since the namespace was created */
	uint64_t interval;	    /* seconds; 0 for SINCE_START */
	uint64_t growth[COUNTER_COUNT];
	struct ct_losses losses; /* what that growth means */
	bool reset;	/* a counter restarted during the interval */
	int64_t change; /* of the number of entries during the interval */
	bool has_full_in;
	uint64_t full_in; /* seconds until the table is full at this rate */
	bool has_assured;
	uint64_t assured; /* entries that the kernel may not evict */
	bool judged;	  /* a limit was set, so that the level says more than "could be read" */
	enum alarm_level level;
	struct strbuf reasons; /* owned: why the level is not OK, and what was lost all the same; between "; " */
};

/* Sets what follows from the difference to an earlier snapshot. then NULL: the difference to the start. */
void report_compare(struct ct_report *report, const struct snapshot *now, const struct snapshot *then,
		    enum since since);

/* Sets the level and the reasons. */
void report_judge(struct ct_report *report, const struct limits *limits);

/* Adds a reason, and raises the level to this one where this one is worse. */
void report_reason(struct ct_report *report, enum alarm_level level, const char *format, ...) printf_like(3, 4);

void report_free(struct ct_report *report);

#endif
