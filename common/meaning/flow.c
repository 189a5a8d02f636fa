/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/flow.h"

bool flow_begin(struct flow *flow, struct program *program, size_t limit)
{
	*flow = (struct flow){ .program = program };
	flow->diagrams = diagrams_new(&program->world->space, limit);
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

/* --- what becomes of some packets ---------------------------------------------------------------------- */

/* Rules looked at for one question, calls of chains counted each time: beyond, it stays open. */
#define STEPS_MAX 1000000UL

/* What came back from a chain when these entered it last. */
struct passage {
	diagram enters, back;
};

struct flow_walk {
	struct flow *flow;
	const struct box *box; /* that all packets are in */
	enum flow_end end;
	bool all; /* that end so are wanted, not the first that are found */
	diagram found;
	unsigned long steps;
	struct passage *passages; /* by chain of the table */
};

static diagram walk_chain(struct flow_walk *walk, const struct program_chain *chain, diagram enters);

/* Most rules have nothing to do with the packets that are asked about: seen without a diagram. */
static bool concerns(const struct flow_walk *walk, const struct program_rule *rule)
{
	const struct box *boxes = walk->flow->program->boxes.item;

	for (unsigned b = 0; b < rule->box_count; b++)
		if (box_overlap(&boxes[rule->first_box + b], walk->box))
			return true;
	return false;
}

/* Does the rule's effect end packets the way that is asked about? Someone else decides: either way. */
static bool ends_so(const struct flow_walk *walk, enum rule_effect effect)
{
	if (effect == EFFECT_QUEUE || effect == EFFECT_MAYBE)
		return true;
	return walk->end == FLOW_DROPPED ? effect == EFFECT_DROP : effect == EFFECT_ACCEPT || effect == EFFECT_NAT;
}

/* One rule: *back gets what returns by it. Returns what goes on behind it. */
static diagram walk_rule(struct flow_walk *walk, const struct program_rule *rule, diagram rest, diagram *back)
{
	struct diagrams *all = walk->flow->diagrams;
	diagram set = flow_rule(walk->flow, rule), hit = diagram_and(all, rest, set), inner;

	if (hit == DIAGRAM_EMPTY)
		return rest;
	if (ends_so(walk, rule->effect)) {
		walk->found = walk->all ? diagram_or(all, walk->found, hit) : hit;
		if (!walk->all)
			return rest;
	}
	if (!rule->fresh)
		rest = diagram_minus(all, rest, set);
	if (rule->effect == EFFECT_RETURN)
		*back = diagram_or(all, *back, hit);
	if (rule->effect != EFFECT_JUMP && rule->effect != EFFECT_GOTO)
		return rest;
	inner = walk_chain(walk, rule->to, hit);
	if (rule->effect == EFFECT_GOTO)
		*back = diagram_or(all, *back, inner);
	return rule->effect == EFFECT_GOTO ? rest : diagram_or(all, rest, inner);
}

static diagram walk_rules(struct flow_walk *walk, const struct program_chain *chain, diagram enters)
{
	diagram rest = enters, back = DIAGRAM_EMPTY;

	for (unsigned i = 0; i < chain->count && !chain->looped && rest != DIAGRAM_EMPTY; i++) {
		if ((walk->found != DIAGRAM_EMPTY && !walk->all) || ++walk->steps > STEPS_MAX)
			return DIAGRAM_EMPTY;
		if (chain->rules[i].effect != EFFECT_NONE && concerns(walk, &chain->rules[i]))
			rest = walk_rule(walk, &chain->rules[i], rest, &back);
	}
	return diagram_or(walk->flow->diagrams, back, rest);
}

/*
 * Returns what comes back of what enters; nothing to be relied on once something was found. The same packets are
 * often sent through a chain again, and what chains call each other twice would double the work at each depth.
 */
static diagram walk_chain(struct flow_walk *walk, const struct program_chain *chain, diagram enters)
{
	struct passage *last = &walk->passages[chain - chain->table->chains];
	diagram back;

	if (last->enters == enters && enters != DIAGRAM_EMPTY)
		return last->back;
	back = walk_rules(walk, chain, enters);
	*last = (struct passage){ enters, back };
	return back;
}

static bool walk_from(struct flow_walk *walk, const struct program_chain *chain, diagram *result)
{
	struct diagrams *all = walk->flow->diagrams;
	diagram enters = diagram_and(all, diagram_valid(all), diagram_box(all, walk->box)), back;

	walk->found = DIAGRAM_EMPTY;
	walk->passages = calloc(chain->table->count, sizeof(*walk->passages));
	if (walk->passages == NULL)
		return false;
	back = walk_chain(walk, chain, enters);
	free(walk->passages);
	if ((walk->all || walk->found == DIAGRAM_EMPTY) && (walk->end == FLOW_DROPPED) == chain_policy_drops(chain))
		walk->found = diagram_or(all, walk->found, back);
	*result = walk->found;
	return walk->steps <= STEPS_MAX && !diagrams_lost(all);
}

bool flow_some(struct flow *flow, const struct program_chain *chain, const struct box *box, enum flow_end end,
	       diagram *some)
{
	return walk_from(&(struct flow_walk){ .flow = flow, .box = box, .end = end }, chain, some);
}

bool flow_all(struct flow *flow, const struct program_chain *chain, const struct box *box, enum flow_end end,
	      diagram *part)
{
	return walk_from(&(struct flow_walk){ .flow = flow, .box = box, .end = end, .all = true }, chain, part);
}
