/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Runs a function in a thread of its own. Its findings are kept until task_finish reports them in the thread of the
 * caller, because a log must not be used by two threads.
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

/* A finding that is kept. The texts that its places point to must outlive the task. */
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

/* Starts the work; without a thread, does it at once. task_finish must follow; do not move the task before that. */
void task_start(struct task *task, bool (*work)(void *ctx, struct diag_log *log), void *ctx);

/* True if task_finish would not wait. */
bool task_done(const struct task *task);

/* Waits for the end and reports the findings to the log. Returns what the work returned. */
must_check bool task_finish(struct task *task, struct diag_log *log);

#endif
