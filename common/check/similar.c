/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/similar.h"

#include <string.h>

bool similar_target(const struct rule *a, const struct rule *b)
{
	if (a->jump != b->jump || a->is_goto != b->is_goto)
		return false;
	if (a->verdict != NULL || b->verdict != NULL)
		return a->verdict != NULL && b->verdict != NULL && strcmp(a->verdict, b->verdict) == 0;
	return extension_equal(a->target, b->target);
}

static bool same_cond(const struct cond *a, const struct cond *b)
{
	if (a->kind != b->kind || a->field != b->field || a->other != b->other || a->negative != b->negative)
		return false;
	if (a->kind == COND_UNKNOWN)
		return a->var != 0 && a->var == b->var;
	if (a->kind == COND_MASKED)
		return a->mask == b->mask && a->value == b->value;
	return a->range_count == b->range_count &&
	       memcmp(a->ranges, b->ranges, a->range_count * sizeof(*a->ranges)) == 0;
}

static bool is_one_field(const struct cond *cond)
{
	return cond->kind == COND_RANGES && cond->other == FIELD_COUNT && cond->range_count > 0;
}

int similar_but_one(const struct program_rule *a, const struct program_rule *b)
{
	int differs = -1;

	if (a->cond_count != b->cond_count)
		return -1;
	for (unsigned i = 0; i < a->cond_count; i++) {
		if (same_cond(&a->conds[i], &b->conds[i]))
			continue;
		if (differs >= 0 || !is_one_field(&a->conds[i]) || !is_one_field(&b->conds[i]) ||
		    a->conds[i].field != b->conds[i].field)
			return -1;
		differs = (int)i;
	}
	return differs;
}
