/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function run in a thread of its own while the caller goes on. Its findings are kept, and reported by
 * the caller when it waits for the end: the log of a program is not shared between threads.
 *
 *	struct task task;
 *	task_start(&task, read_rules, &side);
 *	good = read_other_rules(...);
 *	good = task_finish(&task, log) && good;
 */
#ifndef FW_DIAG_TASK_H
#define FW_DIAG_TASK_H

#include "base/vec.h"
#include "diag/diag.h"

#include <pthread.h>
#include <stdatomic.h>

/* A finding that waits: the texts that its places point to must outlive the task. */
struct task_finding {
	struct diag diag;
	char *text; /* owned */
};

struct task {
	bool (*work)(void *ctx, struct diag_log *log);
	void *ctx; /* borrowed */
	struct diag_log log;
	VEC(struct task_finding) findings;
	bool threaded, good;
	atomic_bool done;
	pthread_t thread;
};

/* Where no thread can be had, the work is done at once. task_finish must follow; the task must not move until then. */
void task_start(struct task *task, bool (*work)(void *ctx, struct diag_log *log), void *ctx);

/* Whether task_finish would not have to wait. */
bool task_done(const struct task *task);

/* What the work returned, after its findings have gone to log. */
must_check bool task_finish(struct task *task, struct diag_log *log);

#endif
