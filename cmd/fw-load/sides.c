/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The families share nothing but the log: what takes time is done for both at once. */
#include "load.h"
#include "base/task.h"

struct side_work {
	struct side *side;
	bool (*work)(struct side *side, struct diag_log *log);
};

static bool work_on(void *ctx, struct diag_log *log)
{
	struct side_work *work = ctx;

	return work->work(work->side, log);
}

bool load_each(struct load *load, enum family families, bool (*work)(struct side *side, struct diag_log *log),
	       struct diag_log *log)
{
	struct side_work other = { &load->side[1], work };
	struct task task;
	bool both = family_has(families, 0) && family_has(families, 1), good = true;

	if (both)
		task_start(&task, work_on, &other);
	for (int i = 0; i < (both ? 1 : FAMILIES); i++)
		if (family_has(families, i))
			good = work(&load->side[i], log);
	return (!both || task_finish(&task, log)) && good;
}
