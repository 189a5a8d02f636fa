/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Rewriting that leads nowhere, or too far. */
#include "check/checks.h"
#include "check/questions.h"
#include "meaning/rewrite.h"

#include <string.h>

static void check_dnat(const struct meaning *m, const struct program_rule *rule)
{
	struct packet dropped = { .family = FAMILY_NONE };
	struct strbuf text = STRBUF_INIT;
	struct nat_range range;

	if (rule->chain->hooks != HOOK_PREROUTING || m->reach->rules[rule->serial].fate != FATE_ALIVE ||
	    !nat_range_of(rule->rule, m->ruleset->family, HOOK_PREROUTING, &range) || !range.destination || range.local ||
	    !range.has_addr || range.netmap || range.shifted || rule->box_count == 0)
		return;
	for (unsigned b = 0; b < rule->box_count; b++)
		if (may_forward(m, &m->program->boxes.item[rule->first_box + b], &range, NULL, &dropped) != MAY_NEVER)
			return;
	packet_text(&text, &dropped);
	meaning_rule(m, DIAG_DNAT_NO_FORWARD, rule->rule,
		     "FORWARD drops what this rule forwards (unless the new address is this host's own): for example "
		     "%s",
		     strbuf_text(&text));
	strbuf_free(&text);
}

static void check_masquerade(const struct meaning *m, const struct program_rule *rule)
{
	if (rule->effect != EFFECT_NAT || rule->chain->chain->hook != HOOK_POSTROUTING ||
	    strcmp(rule->rule->target->kind->real_name, "MASQUERADE") != 0)
		return;
	for (unsigned i = 0; i < rule->cond_count; i++)
		if (rule->conds[i].field == FIELD_OUT || rule->conds[i].field == FIELD_DST || rule->conds[i].kind == COND_UNKNOWN ||
		    rule->conds[i].field == FIELD_MARK)
			return;
	meaning_rule(m, DIAG_MASQUERADE_UNBOUNDED, rule->rule,
		     "rewrites the source towards every network, including inner ones and lo: add -o");
}

/* Every value that the condition allows is of a connection whose destination was rewritten. */
static bool asks_for_dnat(const struct program_rule *rule)
{
	for (unsigned i = 0; i < rule->cond_count; i++) {
		const struct cond *cond = &rule->conds[i];
		bool all = cond->kind == COND_RANGES && cond->field == FIELD_CT && cond->range_count > 0;

		for (unsigned r = 0; r < cond->range_count && all; r++)
			for (unsigned value = (unsigned)cond->ranges[r].lo; value <= (unsigned)cond->ranges[r].hi; value++)
				all &= !ct_possible(value) || ct_has_dnat(value);
		if (all)
			return true;
	}
	return false;
}

static bool rewrites_destinations(const struct meaning *m)
{
	static const unsigned hooks[] = { HOOK_PREROUTING, HOOK_OUTPUT };
	struct nat_range range;

	for (unsigned i = 0; i < m->program->rule_count; i++)
		for (size_t h = 0; h < ARRAY_LEN(hooks); h++)
			if ((m->program->rules[i]->chain->hooks & hooks[h]) != 0 &&
			    nat_range_of(m->program->rules[i]->rule, m->ruleset->family, hooks[h], &range) && range.destination)
				return true;
	return false;
}

/* Only where the text has table nat: else it may be loaded already, and stay. */
static void check_leftovers(const struct meaning *m)
{
	if (program_find_table(m->program, "nat") == NULL || rewrites_destinations(m))
		return;
	for (unsigned i = 0; i < m->program->rule_count; i++) {
		const struct program_rule *rule = m->program->rules[i];

		if (rule->chain->hooks == HOOK_FORWARD && asks_for_dnat(rule))
			meaning_rule(m, DIAG_FORWARD_NO_DNAT, rule->rule,
				     "matches DNAT packets, but table nat has no rule that rewrites a destination");
	}
}

void check_nat(const struct meaning *m)
{
	const struct program_table *nat = program_find_table(m->program, "nat");

	check_leftovers(m);
	for (unsigned c = 0; nat != NULL && c < nat->count; c++) {
		for (unsigned i = 0; i < nat->chains[c].count; i++) {
			check_dnat(m, &nat->chains[c].rules[i]);
			check_masquerade(m, &nat->chains[c].rules[i]);
		}
	}
}
