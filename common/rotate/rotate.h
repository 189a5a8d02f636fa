/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rotation of logs, so that no line is ever lost: what a crash leaves at any point is found and put right by the
 * next run. The order for one log:
 *
 *	lock; repair what an earlier run left; decide; make the archive's name as an empty file with the new log's
 *	owner and mode; exchange it with the log in one system call; sync; tell the writers; wait until no one
 *	has the old file open for writing; compress into a temporary, check it, sync, rename, unlink the plain one; prune.
 *
 * At any moment a line is in the log, in the plain archive or in the whole .gz, and the log's name is never missing.
 */
#ifndef FW_ROTATE_ROTATE_H
#define FW_ROTATE_ROTATE_H

#include "base/vec.h"
#include "rotate/run.h"
#include "rotate/setting.h"

/* Some logs with the same settings. `line` and `file` say where they come from, file NULL: from the command line. */
struct rotate_block {
	struct rotate_settings settings;
	VEC(const char *) patterns; /* borrowed texts: paths, or patterns as in glob(7) */
	const char *title;          /* borrowed; the patterns as written: $1 of shared scripts */
	bool literal;               /* no patterns: an operand of the command line */
};

/*
 * Rotates what is due. Everything that went wrong is in the log: DIAG_ROTATE a log that failed, DIAG_ROTATE_UNSAFE one
 * that was refused, run->busy the ones that another instance is at. The caller ignores SIGXFSZ, SIGIO and SIGPIPE.
 */
void rotate_block(struct rotate_run *run, const struct rotate_block *block);

#endif
