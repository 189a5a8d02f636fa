/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/roots.h"

/* A chain of reasons that is longer than this is cut. */
#define DEPTH_MAX 32
#define VISITS_MAX 500

struct climb {
	const struct reach *reach;
	struct roots *roots;
	unsigned visits;
};

static bool is_dead(const struct reach_rule *found)
{
	return (found->fate == FATE_DEAD || found->fate == FATE_OUTSIDE) && found->killer_count > 0;
}

static void add(struct roots *roots, const struct program_rule *rule)
{
	for (unsigned i = 0; i < roots->count; i++)
		if (roots->rule[i] == rule)
			return;
	if (roots->count < REACH_KILLERS)
		roots->rule[roots->count++] = rule;
	else
		roots->more++;
}

/* A rule that is unreachable itself is not the reason; what makes it so is. */
static void climb(struct climb *to, const struct program_rule *rule, unsigned depth)
{
	const struct reach_rule *found = &to->reach->rules[rule->serial];
	unsigned shown = found->killer_count < REACH_KILLERS ? found->killer_count : REACH_KILLERS;

	if (!is_dead(found) || depth == DEPTH_MAX || to->visits >= VISITS_MAX) {
		if (depth > 0)
			add(to->roots, rule);
		return;
	}
	to->visits++;
	for (unsigned i = 0; i < shown; i++)
		climb(to, found->killers[i], depth + 1);
	to->roots->more += found->killer_count - shown;
}

struct roots roots_of(const struct reach *reach, const struct program_rule *rule)
{
	struct roots roots = { .count = 0 };
	struct climb to = { .reach = reach, .roots = &roots };

	climb(&to, rule, 0);
	return roots;
}
