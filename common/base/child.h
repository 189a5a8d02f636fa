/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Runs a function in a child process, which returns bytes. If the child crashes, exits in foreign code or loops for
 * ever, the caller learns that, and how far the child came.
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
	struct child_progress *progress; /* owned: memory shared by both processes */
};

/* How a child ended that did not succeed. */
struct child_end {
	int signal;     /* the signal that killed it; 0: none */
	int status;     /* its exit status, if no signal killed it */
	bool hung;      /* it made no progress for too long and was killed */
	unsigned place; /* the argument of its last child_at; 0: there was none */
};

/*
 * Starts work(ctx, child) in a child process, which ends when it returns 0, or -errno for a failure. The function may
 * write to child->output; what it prints on standard output is discarded. 0 or -errno.
 */
must_check int child_start(struct child *child, int (*work)(void *ctx, const struct child *child), void *ctx);

/*
 * Forks this process. In the child, which goes on as the program, *in_child is true; its output stays what it was. The
 * parent calls child_finish. 0 or -errno; after an error there is no child.
 */
must_check int child_split(struct child *child, bool *in_child);

/*
 * Called in the child: records that it made progress, and what it works on now. 0: on nothing that could hang; the
 * child then takes as long as it needs, until the next call.
 */
void child_at(const struct child *child, unsigned place);

/*
 * Waits for the child and appends what it wrote to out; NULL for one of child_split. A child that does not call
 * child_at for `patience` seconds (0: no limit) is killed, at the latest after 1.5 times that. 0; -ECHILD: the child
 * failed (see *end; out is unchanged); another -errno. The child has ended in any case.
 */
must_check int child_finish(struct child *child, unsigned patience, struct strbuf *out, struct child_end *end);

#endif
