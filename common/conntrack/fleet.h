/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Reports that `ct-stat --json` printed on many machines, sorted with the worst first. A line that is not a
 * report is an error, never skipped silently; and a report that is too old never counts as OK.
 */
#ifndef FW_CONNTRACK_FLEET_H
#define FW_CONNTRACK_FLEET_H

#include "base/base.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "conntrack/alarm.h"

#define FLEET_STALE 3600 /* seconds: an older report, or one from further in the future, is stale */

struct fleet_line {
	char *host;	  /* owned; the name of the file if the line has no host */
	char *netns;	  /* owned; "" if the line has none */
	char *reasons;	  /* owned */
	const char *file; /* borrowed */
	uint64_t time;	  /* seconds since 1970 */
	bool has_count, has_max, has_percent;
	uint64_t count, max, hundredths; /* of a percent */
	enum alarm_level level;		 /* as reported; of a stale report ALARM_UNKNOWN at best */
};

struct fleet {
	VEC(struct fleet_line) lines; /* owned */
};

void fleet_free(struct fleet *fleet);

/*
 * Adds the report on one line. text[len] must be readable, and must not continue a number. `file` tells
 * machines of the same name apart; it is borrowed for as long as the fleet lives. 0, -ENOMEM, or -EBADMSG:
 * not a report.
 */
must_check int fleet_add(struct fleet *fleet, const char *file, const char *text, size_t len);

/*
 * Keeps the newest report of each machine and namespace in a file, and drops the others. Marks stale ones, by
 * `now` in seconds since 1970. Sorts the rest: the worst first, then the fullest.
 */
void fleet_settle(struct fleet *fleet, uint64_t now);

/* Each appends one line. names: print the names of the columns first. */
void fleet_text(struct strbuf *out, const struct fleet_line *line, bool names, uint64_t now);
void fleet_tsv(struct strbuf *out, const struct fleet_line *line, bool names, uint64_t now);

#endif
