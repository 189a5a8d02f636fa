/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/reach.h"
#include "meaning/context.h"
#include "meaning/index.h"
#include "meaning/stopped.h"
#include "meaning/witness.h"

#include <string.h>

/* Boxes looked at for one rule's cover, and for all rules of a program together. */
#define COVER_BUDGET  4000000UL
#define TOTAL_BUDGET  3000000000UL
/* To name the fewest killers, each is left out in turn: not worth it among more than this. */
#define MINIMIZE_MAX  48

bool rule_ends_chain(const struct program_rule *rule)
{
	return !rule->fresh && rule->effect != EFFECT_NONE && rule->effect != EFFECT_MAYBE && rule->effect != EFFECT_JUMP;
}

struct reacher {
	struct reach *reach;
	struct program *program;
	VEC(const struct box *) holes;      /* those that meet the rule at hand */
	VEC(const struct program_rule *) takers; /* and their rules, each once */
	struct rule_list met;               /* earlier rules of the chain that a box meets */
	struct stoppers stoppers;
	struct box entry;                   /* hull of what can enter the chain */
	unsigned long total;
	bool no_memory;
};

/* What can enter the chain at most: the smallest box around the entries of its hooks. */
static struct box chain_entry(const struct program *program, const struct program_chain *chain)
{
	struct box hull = { .literal_count = 0 };
	bool any = false;

	for (unsigned n = 0; n < HOOK_COUNT; n++) {
		struct box entry;

		if ((chain->hooks & 1U << n) == 0)
			continue;
		entry = program_entry(program, chain->table, (enum hook)(1U << n));
		for (unsigned f = 0; f < FIELD_COUNT; f++) {
			if (!any || entry.dim[f].lo < hull.dim[f].lo)
				hull.dim[f].lo = entry.dim[f].lo;
			if (!any || entry.dim[f].hi > hull.dim[f].hi)
				hull.dim[f].hi = entry.dim[f].hi;
		}
		any = true;
	}
	return hull;
}

/* --- covered by earlier rules of the chain ------------------------------------------------------------ */

/* Is the rule covered by the takers, one of them (by index) left out? */
static enum cover covered_without(struct reacher *r, const struct program_rule *rule, size_t without, struct box *left)
{
	enum cover all = COVER_YES;

	for (unsigned b = 0; b < rule->box_count && all == COVER_YES; b++) {
		unsigned long budget = COVER_BUDGET < r->total ? COVER_BUDGET : r->total, before = budget;
		struct box whole;

		if (!box_meet(&r->program->boxes.item[rule->first_box + b], &r->entry, &whole))
			continue;
		r->holes.len = 0;
		for (size_t i = 0; i < r->takers.len; i++)
			for (unsigned n = 0; n < r->takers.item[i]->box_count && i != without; n++) {
				const struct box *hole = &r->program->boxes.item[r->takers.item[i]->first_box + n];

				if (box_overlap(hole, &whole) && !vec_push(&r->holes, hole))
					r->no_memory = true;
			}
		all = boxes_cover(&whole, r->holes.item, r->holes.len, left, &budget);
		r->total -= before - budget;
	}
	return all;
}

static int compare_rules(const void *a, const void *b)
{
	const struct program_rule *const *x = a, *const *y = b;

	return (*x)->index < (*y)->index ? -1 : (*x)->index > (*y)->index;
}

static void sort_takers(struct reacher *r)
{
	size_t kept = 0;

	if (r->takers.len > 1)
		qsort(r->takers.item, r->takers.len, sizeof(*r->takers.item), compare_rules);
	for (size_t i = 0; i < r->takers.len; i++)
		if (kept == 0 || r->takers.item[i] != r->takers.item[kept - 1])
			r->takers.item[kept++] = r->takers.item[i];
	r->takers.len = kept;
}

/* The rules that end the chain in front of the rule and meet it. */
static void collect_takers(struct reacher *r, const struct program_rule *rule)
{
	struct program_chain *chain = rule->chain;

	r->takers.len = 0;
	for (unsigned b = 0; b < rule->box_count && !r->no_memory; b++) {
		r->no_memory = !chain_meets(r->program, chain, &r->program->boxes.item[rule->first_box + b], rule->index, &r->met);
		for (size_t i = 0; i < r->met.len && !r->no_memory; i++)
			if (rule_ends_chain(&chain->rules[r->met.item[i]]))
				r->no_memory = !vec_push(&r->takers, &chain->rules[r->met.item[i]]);
	}
	sort_takers(r);
}

static void drop_taker(struct reacher *r, size_t at)
{
	memmove(&r->takers.item[at], &r->takers.item[at + 1], (r->takers.len - at - 1) * sizeof(*r->takers.item));
	r->takers.len--;
}

/* The fewest that are left when each is tried without, those of the rule's own verdict first. */
static void minimize(struct reacher *r, const struct program_rule *rule)
{
	struct box left;

	if (r->takers.len > MINIMIZE_MAX)
		return;
	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = r->takers.len; i-- > 0;)
			if ((r->takers.item[i]->effect == rule->effect) == (pass == 0) &&
			    covered_without(r, rule, i, &left) == COVER_YES)
				drop_taker(r, i);
}

static void name_killers(struct reacher *r, struct reach_rule *to)
{
	to->fate = FATE_DEAD;
	to->killer_count = (unsigned)r->takers.len;
	for (size_t i = 0; i < r->takers.len && i < REACH_KILLERS; i++)
		to->killers[i] = r->takers.item[i];
}

static void name_stoppers(struct reacher *r, const struct program_rule *rule, struct reach_rule *to)
{
	if (r->stoppers.inside) {
		r->takers.len = 0;
		for (size_t i = 0; i < r->stoppers.list.len; i++)
			r->no_memory |= !vec_push(&r->takers, r->stoppers.list.item[i]);
		sort_takers(r);
		minimize(r, rule);
		name_killers(r, to);
		return;
	}
	to->fate = FATE_OUTSIDE;
	to->killer_count = (unsigned)r->stoppers.list.len;
	for (size_t i = 0; i < r->stoppers.list.len && i < REACH_KILLERS; i++)
		to->killers[i] = r->stoppers.list.item[i];
}

/* --- one rule ------------------------------------------------------------------------------------------ */

/* What of the rule's boxes can come at all. */
static bool has_witness(struct reacher *r, const struct program_rule *rule, unsigned samples, bool *possible)
{
	struct witness witness;

	*possible = false;
	for (unsigned b = 0; b < rule->box_count; b++) {
		struct box box;

		if (!box_meet(&r->program->boxes.item[rule->first_box + b], &r->entry, &box))
			continue;
		*possible = true;
		if (witness_find(r->program, rule, &box, samples, &witness))
			return true;
	}
	return false;
}

static void decide(struct reacher *r, const struct program_rule *rule)
{
	struct reach_rule *to = &r->reach->rules[rule->serial];
	struct witness witness;
	struct box left;
	bool possible;
	enum cover covered;

	/* Most rules live, most dead ones have one killer: both are seen soon, before much is tried. */
	if (has_witness(r, rule, WITNESS_QUICK, &possible))
		return; /* alive */
	if (!possible) {
		to->fate = FATE_NEVER;
		return;
	}
	if (rule_is_stopped(r->program, rule, &r->entry, &r->stoppers)) {
		name_stoppers(r, rule, to);
		return;
	}
	if (has_witness(r, rule, WITNESS_ALL, &possible))
		return;
	collect_takers(r, rule);
	covered = covered_without(r, rule, SIZE_MAX, &left);
	if (covered == COVER_YES) {
		minimize(r, rule);
		name_killers(r, to);
	} else if (covered == COVER_UNDECIDED || !witness_find(r->program, rule, &left, WITNESS_ALL, &witness)) {
		to->fate = FATE_UNDECIDED;
	}
}

static void decide_chain(struct reacher *r, const struct program_chain *chain)
{
	r->entry = chain_entry(r->program, chain);
	for (unsigned i = 0; i < chain->count && !r->no_memory; i++) {
		if (chain->looped)
			r->reach->rules[chain->rules[i].serial].fate = FATE_UNDECIDED;
		else if (chain->hooks == 0)
			r->reach->rules[chain->rules[i].serial].fate = FATE_UNREACHABLE;
		else
			decide(r, &chain->rules[i]);
	}
}

struct reach *reach_new(struct program *program)
{
	struct reach *reach = calloc(1, sizeof(*reach));
	struct reacher r = { .reach = reach, .program = program, .total = TOTAL_BUDGET };

	if (reach == NULL)
		return NULL;
	reach->program = program;
	reach->rules = calloc(program->rule_count + 1, sizeof(*reach->rules));
	r.no_memory = reach->rules == NULL;
	for (unsigned t = 0; t < program->table_count && !r.no_memory; t++)
		for (unsigned c = 0; c < program->tables[t].count; c++)
			decide_chain(&r, &program->tables[t].chains[c]);
	vec_free(&r.met);
	vec_free(&r.stoppers.list);
	vec_free(&r.holes);
	vec_free(&r.takers);
	if (!r.no_memory && !r.stoppers.no_memory && !program->no_memory && context_decide(reach))
		return reach;
	reach_free(reach);
	return NULL;
}

void reach_free(struct reach *reach)
{
	if (reach == NULL)
		return;
	free(reach->rules);
	free(reach);
}
