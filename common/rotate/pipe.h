/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Writes the lines of a pipe to DIR/current, and archives this file by size and age. No writer has to reopen a log.
 *
 * The kernel moves the bytes from the pipe to the file (splice(2)), so that after a SIGKILL each byte is either in the
 * pipe or in the file. To find the ends of lines, the content of the pipe is first copied with tee(2). An archive ends
 * at the end of a line. A child compresses and removes archives, so that the pipe is read all the time.
 *
 * While the disk is full, the oldest archives are removed, if an option limits the archives. Otherwise lines are
 * dropped, and the next line that is written says how many. The writer is never blocked.
 */
#ifndef FW_ROTATE_PIPE_H
#define FW_ROTATE_PIPE_H

#include "diag/diag.h"
#include "rotate/rotate.h"

#include <signal.h>

enum pipe_sync { SYNC_ROTATE, SYNC_SECOND, SYNC_LINE };

struct pipe_options {
	const char *dir;  /* borrowed */
	uint64_t every_ms; /* the age at which `current` is archived; 0: never */
	enum pipe_sync sync;
	const volatile sig_atomic_t *stop; /* set by a signal handler: write what is in the pipe, and return */
};

/*
 * Runs until the input ends or *stop is set. 0 or -errno; errors are reported to run->log. If another instance has
 * locked the directory, run->busy is incremented.
 */
must_check int pipe_run(struct rotate_run *run, const struct rotate_settings *set, const struct pipe_options *options,
			int input);

#endif
