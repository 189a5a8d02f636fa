/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines from a pipe into DIR/current, which is archived by size and age: no signal, no reopening writer, no race.
 *
 * Bytes go from the pipe to the file inside the kernel (splice), so that SIGKILL at any moment leaves a byte either in
 * the pipe or in the file. The end of a line is found by looking at the pipe's content first (tee). An archive ends
 * at the end of a line. Compressing is done by a child, so that the pipe is emptied all the time.
 * When the disk is full the oldest archive goes, if a limit on number, age or bytes allows to remove archives at all; else lines are
 * read and dropped, and the first line after that says how many: the writer is never stopped.
 */
#ifndef FW_ROTATE_PIPE_H
#define FW_ROTATE_PIPE_H

#include "diag/diag.h"
#include "rotate/rotate.h"

#include <signal.h>

enum pipe_sync { SYNC_ROTATE, SYNC_SECOND, SYNC_LINE };

struct pipe_options {
	const char *dir;  /* borrowed */
	uint64_t every_ms; /* age at which `current` is archived; 0: never */
	enum pipe_sync sync;
	const volatile sig_atomic_t *stop; /* set by the caller's SIGTERM handler: take what is in the pipe, and end */
};

/*
 * Until the input ends or *stop. run->log tells what went wrong; 0 or -errno when it could not begin (busy: run->busy).
 */
must_check int pipe_run(struct rotate_run *run, const struct rotate_settings *set, const struct pipe_options *options,
			int input);

#endif
