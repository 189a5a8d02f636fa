/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of many machines, as `ct-stat --json` printed them there, side by side and the worst first. A line
 * that cannot be read is never passed over in silence, and an old one is no good news.
 */
#ifndef FW_CONNTRACK_FLEET_H
#define FW_CONNTRACK_FLEET_H

#include "base/base.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "conntrack/alarm.h"

#define FLEET_STALE 3600 /* seconds: an older report, or one from so far ahead, says nothing about now */

struct fleet_line {
	char *host;	  /* owned; the file's name where the line has none */
	char *netns;	  /* owned; "" where it has none */
	char *reasons;	  /* owned */
	const char *file; /* borrowed */
	uint64_t time;	  /* seconds since 1970 */
	bool has_count, has_max, has_percent;
	uint64_t count, max, hundredths; /* of a percent */
	enum alarm_level level;		 /* as it was reported; ALARM_UNKNOWN at best for one that is too old */
};

struct fleet {
	VEC(struct fleet_line) lines; /* owned */
};

void fleet_free(struct fleet *fleet);

/*
 * Adds one line's report; a byte behind `len` must be readable and no part of a number. 0, -ENOMEM, or -EBADMSG for what is no report. `file` tells machines of the same
 * name apart and must live as long as the fleet.
 */
must_check int fleet_add(struct fleet *fleet, const char *file, const char *line, size_t len);

/* Keeps the newest of each machine and namespace in a file, judges ages by `now`, and sorts. */
void fleet_settle(struct fleet *fleet, uint64_t now);

/* names: a line with the names of the columns first. */
void fleet_text(struct strbuf *out, const struct fleet_line *line, bool names, uint64_t now);
void fleet_tsv(struct strbuf *out, const struct fleet_line *line, bool names, uint64_t now);

#endif
