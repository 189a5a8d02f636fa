/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function run in a child process, its findings carried back: libxtables' state is global and per
 * family, so each family is read by a process of its own, and both at once.
 */
#ifndef FW_BASE_WORKER_H
#define FW_BASE_WORKER_H

#include "base/child.h"
#include "base/diag.h"

struct worker {
	struct child child;
	void (*work)(void *ctx, struct diag_log *log);
	void *ctx;
};

/*
 * Starts work(ctx, log) in a child. It must not print; the places in its findings must point to
 * memory from before this call, which is at the same address here. 0 or -errno. The worker must stay
 * where it is until worker_finish.
 */
must_check int worker_start(struct worker *worker, void (*work)(void *ctx, struct diag_log *log), void *ctx);

/*
 * Waits for the child and hands each of its findings to report, in order (text valid during the
 * call). 0; -errno when the findings could not be had; -ECHILD when the child ended early, by a
 * signal whose number is then in *signal.
 */
must_check int worker_finish(struct worker *worker, void (*report)(void *ctx, const struct diag *diag), void *ctx,
			     int *signal);

#endif
