/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Rotates logs without losing a line. Whatever a crash leaves behind, the next run repairs. The steps for one log:
 *
 *	take the lock; repair what an earlier run left; decide whether a rotation is due; create an empty file under
 *	the name of the archive, with the owner and mode of the new log; exchange it with the log in one system call;
 *	sync; tell the writers; wait until no program has the archive open for writing; compress it to a temporary,
 *	check, sync and rename that, and remove the plain archive; prune.
 *
 * At every moment, each line is in the log, the plain archive or the complete .gz, and the name of the log exists.
 */
#ifndef FW_ROTATE_ROTATE_H
#define FW_ROTATE_ROTATE_H

#include "base/vec.h"
#include "rotate/expand.h"
#include "rotate/run.h"

/*
 * Rotates the logs that are due, each once, even if several patterns match it. Errors are reported to run->log:
 * DIAG_ROTATE for a log that failed, DIAG_ROTATE_UNSAFE for one that was refused. The caller must ignore SIGXFSZ, SIGIO
 * and SIGPIPE. 0, also if logs failed; -EINVAL: the archives of two logs would have the same names, and nothing was
 * done; or another -errno.
 */
must_check int rotate_blocks(struct rotate_run *run, const struct rotate_block *blocks, size_t count);

#endif
