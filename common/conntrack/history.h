/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The file in which ct-stat remembers one run for the next: the counters, so that the next run sees how they
 * grew, and the alarm level, so that only changes are logged. The file is replaced as a whole or not at all.
 */
#ifndef FW_CONNTRACK_HISTORY_H
#define FW_CONNTRACK_HISTORY_H

#include "base/base.h"
#include "conntrack/source.h"

/* The file unless the user names one. */
#define HISTORY_PATH "/var/lib/fw-tools/ct-stat.state"

struct history {
	struct snapshot then; /* owned; only count, max, counters, times, place.boot_id and place.cookie are set */
	int level;	      /* enum alarm_level of that run */
	uint64_t logged;      /* boottime of the last message to syslog; 0: none */
};

void history_free(struct history *history);

/*
 * Reads a history file. 0 or -errno; -EBADMSG: the file is empty, truncated or damaged; -EILSEQ: it is a file of
 * another kind; -EISDIR, -ENOTSUP: it is no regular file. After a failure *history is empty. Free with
 * history_free.
 */
must_check int history_read(struct history *history, const char *path);

/* Whether that error of history_read means that something else is there, which must not be replaced. */
bool history_is_foreign(int err);

/* The message for an error of history_read. */
const char *history_error(int err);

/* Replaces a history file. 0 or -errno; after a failure the old file is unchanged. */
must_check int history_write(const struct history *history, const char *path);

/*
 * Why the history cannot be compared with a snapshot: "is of another boot". NULL: it can. It compares times
 * of the boot clock, so setting the wall clock makes no difference.
 */
const char *history_mismatch(const struct history *history, const struct snapshot *now);

#endif
