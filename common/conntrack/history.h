/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ct-stat remembers from one run to the next: the counters, so that the next run sees what happened
 * since, and the last alarm, so that only changes are logged. A text file that appears whole or not at all.
 */
#ifndef FW_CONNTRACK_HISTORY_H
#define FW_CONNTRACK_HISTORY_H

#include "base/base.h"
#include "conntrack/source.h"

/* Where it is kept unless the user names a file. */
#define HISTORY_PATH "/var/lib/fw-tools/ct-stat.state"

struct history {
	struct snapshot then; /* owned; count, max, counters, times, boot_id, cookie */
	int level;	      /* enum alarm_level of that run */
	uint64_t logged;      /* boottime of the last message to syslog; 0: none */
};

void history_free(struct history *history);

/* 0, -ENOENT, another -errno, or -EBADMSG for a file that is cut short or not ours. */
must_check int history_read(struct history *history, const char *path);

/* 0 or -errno; on failure the old file is still there. */
must_check int history_write(const struct history *history, const char *path);

/*
 * Why the remembered counters cannot be compared with those of now; NULL: they can. Times are those of the
 * boot clock, so that setting the wall clock changes nothing.
 */
const char *history_mismatch(const struct history *history, const struct snapshot *now);

#endif
