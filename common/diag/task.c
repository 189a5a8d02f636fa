/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "diag/task.h"

#include <stdlib.h>
#include <string.h>

/* Keeps a finding. Without memory it is lost, but still counted, so that task_finish can report that. */
static void keep(void *ctx, const struct diag *diag)
{
	struct task *task = ctx;
	struct task_finding finding = { .diag = *diag, .text = strdup(diag->text) };

	if (finding.text == NULL || !vec_push(&task->findings, finding))
		free(finding.text);
}

static void *run(void *arg)
{
	struct task *task = arg;

	task->good = task->work(task->ctx, &task->log);
	atomic_store(&task->done, true);
	return NULL;
}

bool task_done(const struct task *task)
{
	return atomic_load(&task->done);
}

void task_start(struct task *task, bool (*work)(void *ctx, struct diag_log *log), void *ctx)
{
	*task = (struct task){ .work = work, .ctx = ctx };
	task->log = (struct diag_log){ .report = keep, .ctx = task };
	task->threaded = pthread_create(&task->thread, NULL, run, task) == 0;
	if (!task->threaded)
		run(task);
}

bool task_finish(struct task *task, struct diag_log *log)
{
	unsigned long lost;

	if (task->threaded)
		pthread_join(task->thread, NULL);
	lost = diag_errors(&task->log);
	for (size_t i = 0; i < task->findings.len; i++) {
		struct task_finding *finding = &task->findings.item[i];

		finding->diag.text = finding->text;
		lost -= finding->diag.level >= LEVEL_ERROR;
		diag_emit(log, &finding->diag);
		free(finding->text);
	}
	vec_free(&task->findings);
	if (lost > 0)
		diag_memory(log);
	return task->good;
}
