/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transaction/plan.h"

#include <stdarg.h>
#include <stdlib.h>

bool plan_add(struct plan *plan, bool (*run)(void *), bool (*undo)(void *), void *arg, const char *format, ...)
{
	struct step step = { .run = run, .undo = undo, .arg = arg };
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&step.text, format, args);
	va_end(args);
	if (len >= 0 && vec_push(&plan->steps, step))
		return true;
	if (len >= 0)
		free(step.text);
	return false;
}

void plan_print(const struct plan *plan, FILE *out)
{
	for (size_t i = 0; i < plan->steps.len; i++)
		fprintf(out, "%s\n", plan->steps.item[i].text);
}

enum plan_result plan_run(const struct plan *plan)
{
	enum plan_result result = PLAN_UNDONE;
	size_t at = 0;

	while (at < plan->steps.len && plan->steps.item[at].run(plan->steps.item[at].arg))
		at++;
	if (at == plan->steps.len)
		return PLAN_DONE;
	for (size_t i = at + 1; i-- > 0;)
		if (plan->steps.item[i].undo != NULL && !plan->steps.item[i].undo(plan->steps.item[i].arg))
			result = PLAN_BROKEN;
	return result;
}

void plan_free(struct plan *plan)
{
	for (size_t i = 0; i < plan->steps.len; i++)
		free(plan->steps.item[i].text);
	vec_free(&plan->steps);
}
