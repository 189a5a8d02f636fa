/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Lists of -m recent that are asked and never written, or written and never asked. */
#include "check/checks.h"
#include "check/questions.h"

#include <linux/netfilter/xt_recent.h>
#include <string.h>

/* Revision 1 has a mask behind the same beginning (net/netfilter/xt_recent.c). */
static const struct xt_recent_mtinfo *recent_of(const struct rule *rule)
{
	for (const struct extension *match = rule->matches; match != NULL; match = match->next)
		if (strcmp(match->kind->real_name, "recent") == 0 && match->size >= sizeof(struct xt_recent_mtinfo))
			return (const void *)match->data;
	return NULL;
}

static bool is_used(const struct meaning *m, const char *name, unsigned how)
{
	for (unsigned i = 0; i < m->program->rule_count; i++) {
		const struct program_rule *rule = m->program->rules[i];

		/* A rule may have several; that one of them is enough to keep silent is on the safe side. */
		for (const struct extension *match = rule->rule->matches; match != NULL; match = match->next) {
			const struct xt_recent_mtinfo *info = (const void *)match->data;

			if (strcmp(match->kind->real_name, "recent") == 0 && match->size >= sizeof(*info) &&
			    (info->check_set & how) != 0 && strcmp(info->name, name) == 0)
				return true;
		}
	}
	return false;
}

static void check_rule(const struct meaning *m, const struct program_rule *rule)
{
	const struct xt_recent_mtinfo *info = recent_of(rule->rule);
	const unsigned asks = XT_RECENT_CHECK | XT_RECENT_UPDATE | XT_RECENT_REMOVE;

	if (info == NULL || m->reach->rules[rule->serial].fate != FATE_ALIVE)
		return;
	if ((info->check_set & (XT_RECENT_CHECK | XT_RECENT_UPDATE)) != 0 && info->invert == 0 && !is_used(m, info->name, XT_RECENT_SET))
		meaning_rule(m, DIAG_RECENT_UNSET, rule->rule,
			     "never matches: no rule adds addresses to list %s with --set (unless something writes "
			     "to /proc/net/xt_recent/%s)", info->name, info->name);
	if (info->check_set == XT_RECENT_SET && !is_used(m, info->name, asks))
		meaning_rule(m, DIAG_RECENT_UNREAD, rule->rule, "list %s is filled here but no rule checks it", info->name);
}

void check_recent(const struct meaning *m)
{
	for (unsigned i = 0; i < m->program->rule_count; i++)
		check_rule(m, m->program->rules[i]);
}
