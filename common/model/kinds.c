/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/kinds.h"
#include "base/suggest.h"
#include "model/builtin.h"

#include <stdlib.h>
#include <string.h>

static int order_match(const void *name, const void *kind)
{
	return strcmp(name, ((const struct match_kind *)kind)->name);
}

static int order_target(const void *name, const void *kind)
{
	return strcmp(name, ((const struct target_kind *)kind)->name);
}

const struct match_kind *match_kind_find(const char *name)
{
	return bsearch(name, match_kinds, match_kind_count, sizeof(match_kinds[0]), order_match);
}

const struct target_kind *target_kind_find(const char *name)
{
	return bsearch(name, target_kinds, target_kind_count, sizeof(target_kinds[0]), order_target);
}

const struct kernel_demands *kernel_demands_of(const char *name, bool target)
{
	const struct match_kind *match = target ? NULL : match_kind_find(name);
	const struct target_kind *jump = target ? target_kind_find(name) : NULL;
	const struct kernel_demands *demands = match != NULL ? &match->kernel : jump != NULL ? &jump->kernel : NULL;

	return demands != NULL && demands->families != FAMILY_NONE ? demands : NULL;
}

const char *kinds_near_match(const char *word)
{
	struct suggestion near = suggest_begin(word);

	for (size_t i = 0; i < match_kind_count; i++) {
		suggest_consider(&near, match_kinds[i].name);
		suggest_consider(&near, match_kinds[i].alias);
	}
	return near.best;
}

void kinds_consider_targets(struct suggestion *near)
{
	for (size_t i = 0; i < verdict_count; i++)
		suggest_consider(near, verdict_names[i]);
	for (size_t i = 0; i < target_kind_count; i++)
		suggest_consider(near, target_kinds[i].name);
}
