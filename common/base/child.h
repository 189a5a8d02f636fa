/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function run in a child process, which hands back bytes. Whatever becomes of the child (a crash, an exit
 * deep in foreign code, an endless loop), the caller gets an answer, and learns how far the child came.
 */
#ifndef FW_BASE_CHILD_H
#define FW_BASE_CHILD_H

#include "base/base.h"
#include "base/strbuf.h"

#include <sys/types.h>

struct child_progress;

struct child {
	pid_t pid;
	int output;                      /* owned: a memfd that the child writes to */
	struct child_progress *progress; /* owned: memory that both processes see */
};

/* What became of a child that did not end well. */
struct child_end {
	int signal;     /* that ended it; 0: none */
	int status;     /* with which it ended by itself */
	bool hung;      /* it made no progress for too long and was killed */
	unsigned place; /* where it was, by its last child_at; 0: it never said */
};

/*
 * Starts work in a child. What it returns ends the child: 0, or -errno for a failure. It may write to
 * child->output; what it prints on standard output is lost. 0 or -errno.
 */
must_check int child_start(struct child *child, int (*work)(void *ctx, const struct child *child), void *ctx);

/* In the child: it begins with something new, and lives. */
void child_at(const struct child *child, unsigned place);

/*
 * Waits for the child and appends what it wrote to out. A child that does not say child_at for `patience`
 * seconds (0: no limit) is killed, at the latest after half as many again. 0; -ECHILD when the child did not
 * end well (see *end; out is left alone); another -errno. The child is gone in any case.
 */
must_check int child_finish(struct child *child, unsigned patience, struct strbuf *out, struct child_end *end);

#endif
