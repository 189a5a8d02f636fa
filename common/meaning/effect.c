/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/effect.h"
#include "model/kinds.h"

#include <string.h>

/* The row of the rule's target; NULL: it has none, or nobody has described what the target does. */
static const struct target_kind *kind_of(const struct rule *rule)
{
	const struct target_kind *kind = target_kind_find(rule->target->kind->real_name);

	return kind != NULL && kind->effect != EFFECT_MAYBE ? kind : NULL;
}

enum rule_effect effect_of(const struct rule *rule)
{
	if (rule->jump != NULL)
		return rule->is_goto ? EFFECT_GOTO : EFFECT_JUMP;
	if (rule->target != NULL)
		return kind_of(rule) != NULL ? kind_of(rule)->effect : EFFECT_MAYBE;
	if (rule->verdict == NULL)
		return rule->unread ? EFFECT_MAYBE : EFFECT_NONE;
	if (strcmp(rule->verdict, "ACCEPT") == 0)
		return EFFECT_ACCEPT;
	if (strcmp(rule->verdict, "DROP") == 0)
		return EFFECT_DROP;
	return strcmp(rule->verdict, "RETURN") == 0 ? EFFECT_RETURN : EFFECT_QUEUE;
}

unsigned effect_changes(const struct rule *rule)
{
	unsigned changes = rule->unread && rule->verdict == NULL && rule->jump == NULL ? CHANGES_ALL : 0;

	if (rule->target != NULL)
		changes = kind_of(rule) != NULL ? kind_of(rule)->changes : CHANGES_ALL;
	for (const struct extension *match = rule->matches; match != NULL; match = match->next) {
		const struct match_kind *kind = match_kind_find(match->kind->real_name);

		changes |= kind != NULL ? kind->changes : 0;
	}
	return changes;
}

bool effect_writes(const struct rule *rule)
{
	for (const struct extension *match = rule->matches; match != NULL; match = match->next) {
		const struct match_kind *kind = match_kind_find(match->kind->real_name);

		if (kind == NULL || kind->writes)
			return true;
	}
	return false;
}

bool effect_tracks(const struct rule *rule)
{
	for (const struct extension *match = rule->matches; match != NULL; match = match->next) {
		const struct match_kind *kind = match_kind_find(match->kind->real_name);

		if (kind != NULL && kind->tracks)
			return true;
	}
	return rule->target != NULL && (kind_of(rule) == NULL || kind_of(rule)->tracks);
}
