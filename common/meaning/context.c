/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/context.h"
#include "meaning/flow.h"

/* About 100 MB with tables and cache. */
#define NODES_MAX ((size_t)3000000)

struct context {
	struct reach *reach;
	struct flow flow;
	diagram *enter; /* by chain of the table */
};

static bool has_undecided(const struct reach *reach, const struct program_table *table)
{
	for (unsigned c = 0; c < table->count; c++)
		for (unsigned i = 0; i < table->chains[c].count && !table->chains[c].looped; i++)
			if (reach->rules[table->chains[c].rules[i].serial].fate == FATE_UNDECIDED)
				return true;
	return false;
}

static void add_killer(struct reach_rule *to, const struct program_rule *rule)
{
	if (to->killer_count < REACH_KILLERS)
		to->killers[to->killer_count] = rule;
	to->killer_count++;
}

/*
 * Who takes its packets: rules in front of it, with what they jump to; and where those leave some, the
 * calls of its chain, which let none of them in.
 */
static void name_killers(struct context *context, const struct program_rule *rule, diagram set)
{
	struct reach_rule *to = &context->reach->rules[rule->serial];
	struct diagrams *all = context->flow.diagrams;
	const struct program_chain *chain = rule->chain;

	for (unsigned i = 0; i < rule->index && set != DIAGRAM_EMPTY; i++) {
		const struct program_rule *at = &chain->rules[i];
		diagram taken;

		if (!rule_ends_chain(at) && (at->effect != EFFECT_JUMP || at->fresh))
			continue;
		taken = diagram_and(all, set, flow_rule(&context->flow, at));
		if (at->effect == EFFECT_JUMP)
			taken = diagram_minus(all, taken, context->flow.back[at->to - chain->table->chains]);
		if (taken != DIAGRAM_EMPTY)
			add_killer(to, at);
		set = diagram_minus(all, set, taken);
	}
	for (size_t i = 0; i < chain->callers.len && set != DIAGRAM_EMPTY; i++)
		add_killer(to, chain->callers.item[i]);
}

static void decide_rule(struct context *context, const struct program_rule *rule, diagram set, diagram hit)
{
	struct reach_rule *to = &context->reach->rules[rule->serial];

	if (to->fate != FATE_UNDECIDED || diagrams_lost(context->flow.diagrams))
		return;
	to->fate = hit == DIAGRAM_EMPTY ? FATE_OUTSIDE : FATE_ALIVE;
	if (to->fate != FATE_OUTSIDE)
		return;
	name_killers(context, rule, set);
	if (diagrams_lost(context->flow.diagrams))
		to->killer_count = 0;
}

/* One chain, what enters it being known: decides its rules and adds to what enters those that it calls. */
static void pass_chain(struct context *context, const struct program_chain *chain)
{
	struct diagrams *all = context->flow.diagrams;
	const struct program_chain *chains = chain->table->chains;
	diagram rest = context->enter[chain - chains];

	for (unsigned i = 0; i < chain->count && !diagrams_lost(all); i++) {
		const struct program_rule *rule = &chain->rules[i];
		bool moves = rule->effect == EFFECT_JUMP || rule->effect == EFFECT_GOTO;
		diagram set, hit;

		if (!moves && !rule_ends_chain(rule) && context->reach->rules[rule->serial].fate != FATE_UNDECIDED)
			continue;
		set = flow_rule(&context->flow, rule);
		hit = diagram_and(all, rest, set);
		decide_rule(context, rule, set, hit);
		if (moves)
			context->enter[rule->to - chains] = diagram_or(all, context->enter[rule->to - chains], hit);
		if (rule_ends_chain(rule) || (rule->effect == EFFECT_JUMP && !rule->fresh))
			rest = diagram_minus(all, rest, set);
		if (rule->effect == EFFECT_JUMP)
			rest = diagram_or(all, rest, diagram_and(all, hit, context->flow.back[rule->to - chains]));
	}
}

static bool decide_table(struct reach *reach, const struct program_table *table)
{
	struct context context = { .reach = reach };
	bool good = flow_begin(&context.flow, reach->program, NODES_MAX) && flow_returns(&context.flow, table);

	context.enter = calloc(table->count + 1, sizeof(*context.enter));
	good = good && context.enter != NULL;
	for (unsigned c = 0; c < table->count && good; c++) {
		const struct program_chain *chain = table->sorted[c];
		struct box entry;

		if (chain->looped || chain->hooks == 0)
			continue;
		if (chain->chain->hook != 0) {
			entry = program_entry(reach->program, table, (enum hook)chain->chain->hook);
			context.enter[chain - table->chains] = diagram_and(context.flow.diagrams, diagram_valid(context.flow.diagrams),
									  diagram_box(context.flow.diagrams, &entry));
		}
		pass_chain(&context, chain);
	}
	free(context.enter);
	flow_end(&context.flow);
	return good;
}

bool context_decide(struct reach *reach)
{
	for (unsigned t = 0; t < reach->program->table_count; t++)
		if (has_undecided(reach, &reach->program->tables[t]) && !decide_table(reach, &reach->program->tables[t]))
			return false;
	return true;
}
