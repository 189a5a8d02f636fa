/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * How many rules a packet is compared with, by the counters of `iptables-save -c', and which single rule would
 * spare most of it further up. It is moved only past rules that have no packet in common with it, or that do
 * plainly the same with it: so nothing else changes.
 */
#include "check/checks.h"
#include "check/questions.h"

#include <string.h>

#define RULES_MAX    400
#define PACKETS_MIN  10000 /* fewer say little of what is usual */
#define GAIN_PERCENT 30    /* less is not worth the change */

struct cost {
	const struct meaning *m;
	const struct program_chain *chain;
	double packets, tests; /* that entered the chain; comparisons with a rule, of all of them */
	double gain;
	unsigned from, to; /* the move that gains most: rule `from` in front of rule `to` */
};

static double taken_by(const struct program_rule *rule)
{
	return rule->effect == EFFECT_ACCEPT || rule->effect == EFFECT_DROP ? (double)rule->rule->counters.packets : 0;
}

static bool plain(const struct program_rule *rule)
{
	return rule->rule->verdict != NULL && !rule->fresh && !rule->writes &&
	       (rule->effect == EFFECT_ACCEPT || rule->effect == EFFECT_DROP);
}

static bool overlap(const struct meaning *m, const struct program_rule *a, const struct program_rule *b)
{
	const struct box *boxes = m->program->boxes.item;

	for (unsigned i = 0; i < a->box_count; i++)
		for (unsigned n = 0; n < b->box_count; n++)
			if (box_overlap(&boxes[a->first_box + i], &boxes[b->first_box + n]))
				return true;
	return false;
}

/* Counting alone is no effect on the packet, but what it counts would change. */
static bool may_swap(const struct meaning *m, const struct program_rule *above, const struct program_rule *rule)
{
	return (plain(above) && above->effect == rule->effect) || !overlap(m, above, rule);
}

static bool count_packets(struct cost *cost)
{
	double rest;

	if (!cost->chain->chain->has_counters)
		return false;
	cost->packets = (double)cost->chain->chain->counters.packets;
	cost->tests = 0;
	for (unsigned i = 0; i < cost->chain->count; i++) {
		if (!cost->chain->rules[i].rule->has_counters)
			return false;
		cost->packets += taken_by(&cost->chain->rules[i]);
	}
	rest = cost->packets;
	for (unsigned i = 0; i < cost->chain->count; i++) {
		cost->tests += rest;
		rest -= taken_by(&cost->chain->rules[i]);
	}
	return cost->packets >= PACKETS_MIN;
}

/* Upwards as far as it may go; each place on the way is a choice. */
static void try_rule(struct cost *cost, unsigned from)
{
	const struct program_rule *rule = &cost->chain->rules[from];
	double gain = 0;

	for (unsigned to = from; to-- > 0 && may_swap(cost->m, &cost->chain->rules[to], rule);) {
		gain += taken_by(rule) - taken_by(&cost->chain->rules[to]);
		if (gain <= cost->gain)
			continue;
		cost->gain = gain;
		cost->from = from;
		cost->to = to;
	}
}

static void check_chain(const struct meaning *m, const struct program_chain *chain)
{
	struct cost cost = { .m = m, .chain = chain };

	if (chain->looped || chain->count > RULES_MAX || !count_packets(&cost))
		return;
	for (unsigned i = 1; i < chain->count; i++)
		if (plain(&chain->rules[i]))
			try_rule(&cost, i);
	if (cost.gain <= 0 || cost.gain * 100 < cost.tests * GAIN_PERCENT)
		return;
	meaning_rule(m, DIAG_ORDER_COST, chain->rules[cost.from].rule,
		     "packets pass %.1f rules of %s on average; %.1f if this rule came before line %u; no verdict "
		     "would change", cost.tests / cost.packets, chain->chain->name,
		     (cost.tests - cost.gain) / cost.packets, rule_line(m->program, chain->rules[cost.to].rule));
}

void check_cost(const struct meaning *m)
{
	static const enum hook hooks[] = { HOOK_INPUT, HOOK_FORWARD, HOOK_OUTPUT };

	for (size_t i = 0; i < ARRAY_LEN(hooks); i++) {
		const struct program_chain *chain = program_hook(m->program, "filter", hooks[i]);

		if (chain != NULL)
			check_chain(m, chain);
	}
}
