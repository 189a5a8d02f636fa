/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "meaning/flow.h"

bool flow_begin(struct flow *flow, struct program *program, size_t limit)
{
	*flow = (struct flow){ .program = program };
	flow->diagrams = diagrams_new(&program->space, limit);
	return flow->diagrams != NULL;
}

void flow_end(struct flow *flow)
{
	diagrams_free(flow->diagrams);
	free(flow->back);
	flow->diagrams = NULL;
	flow->back = NULL;
}

diagram flow_rule(struct flow *flow, const struct program_rule *rule)
{
	diagram set = DIAGRAM_EMPTY;

	for (unsigned b = 0; b < rule->box_count; b++)
		set = diagram_or(flow->diagrams, set,
				 diagram_box(flow->diagrams, &flow->program->boxes.item[rule->first_box + b]));
	return set;
}

/* What a chain gives back of everything, its callees being known already. */
static diagram chain_returns(struct flow *flow, const struct program_chain *chain)
{
	const struct program_chain *chains = chain->table->chains;
	struct diagrams *all = flow->diagrams;
	diagram rest = DIAGRAM_FULL, back = DIAGRAM_EMPTY;

	for (unsigned i = 0; i < chain->count && !diagrams_lost(all); i++) {
		const struct program_rule *rule = &chain->rules[i];
		diagram set, hit;

		if (rule->effect == EFFECT_NONE || rule->effect == EFFECT_MAYBE)
			continue;
		set = flow_rule(flow, rule);
		hit = diagram_and(all, rest, set);
		if (rule->effect == EFFECT_RETURN)
			back = diagram_or(all, back, hit);
		else if (rule->effect == EFFECT_GOTO)
			back = diagram_or(all, back, diagram_and(all, hit, flow->back[rule->to - chains]));
		if (!rule->fresh)
			rest = diagram_minus(all, rest, set);
		if (rule->effect == EFFECT_JUMP)
			rest = diagram_or(all, rest, diagram_and(all, hit, flow->back[rule->to - chains]));
	}
	return diagram_or(all, back, rest);
}

bool flow_returns(struct flow *flow, const struct program_table *table)
{
	free(flow->back);
	flow->table = table;
	flow->back = calloc(table->count + 1, sizeof(*flow->back));
	if (flow->back == NULL)
		return false;
	for (unsigned c = table->count; c-- > 0;) { /* those that are called first */
		const struct program_chain *chain = table->sorted[c];

		flow->back[chain - table->chains] = chain->looped || chain->chain->hook != 0 ? DIAGRAM_FULL
											      : chain_returns(flow, chain);
	}
	return true;
}

static void join(struct diagrams *all, struct flow_verdict *to, const struct flow_verdict *from)
{
	to->accept = diagram_or(all, to->accept, from->accept);
	to->drop = diagram_or(all, to->drop, from->drop);
}

/* One rule: what it does with the part that may match, and what goes on. */
static diagram pass_rule(struct flow *flow, const struct program_rule *rule, diagram rest, struct flow_verdict *verdict)
{
	struct diagrams *all = flow->diagrams;
	diagram set, hit, on;
	struct flow_verdict inner;

	if (rule->effect == EFFECT_NONE)
		return rest;
	set = flow_rule(flow, rule);
	hit = diagram_and(all, rest, set);
	if (hit == DIAGRAM_EMPTY)
		return rest;
	on = rule->fresh || rule->effect == EFFECT_MAYBE ? rest : diagram_minus(all, rest, set);
	switch (rule->effect) {
	case EFFECT_ACCEPT: case EFFECT_NAT:
		verdict->accept = diagram_or(all, verdict->accept, hit);
		return on;
	case EFFECT_DROP:
		verdict->drop = diagram_or(all, verdict->drop, hit);
		return on;
	case EFFECT_RETURN:
		verdict->back = diagram_or(all, verdict->back, hit);
		return on;
	case EFFECT_QUEUE: case EFFECT_MAYBE: /* someone else decides: either */
		verdict->accept = diagram_or(all, verdict->accept, hit);
		verdict->drop = diagram_or(all, verdict->drop, hit);
		return on;
	default:
		inner = flow_chain(flow, rule->to, hit);
		join(all, verdict, &inner);
		if (rule->effect == EFFECT_GOTO)
			verdict->back = diagram_or(all, verdict->back, inner.back);
		return rule->effect == EFFECT_GOTO ? on : diagram_or(all, on, inner.back);
	}
}

struct flow_verdict flow_chain(struct flow *flow, const struct program_chain *chain, diagram enters)
{
	struct flow_verdict verdict = { DIAGRAM_EMPTY, DIAGRAM_EMPTY, DIAGRAM_EMPTY };
	diagram rest = enters;

	for (unsigned i = 0; i < chain->count && rest != DIAGRAM_EMPTY && !chain->looped; i++)
		rest = pass_rule(flow, &chain->rules[i], rest, &verdict);
	verdict.back = diagram_or(flow->diagrams, verdict.back, rest);
	if (chain->chain->hook != 0) {
		diagram *to = chain_policy_drops(chain) ? &verdict.drop : &verdict.accept;

		*to = diagram_or(flow->diagrams, *to, verdict.back);
		verdict.back = DIAGRAM_EMPTY;
	}
	return verdict;
}
