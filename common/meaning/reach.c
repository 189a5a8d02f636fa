/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "meaning/reach.h"
#include "meaning/context.h"
#include "meaning/index.h"
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

/* The three fields that tell most boxes apart, close together in memory. */
struct slim {
	struct span src, dst, dport;
	const struct box *box;
	const struct program_rule *rule;
};

struct reacher {
	struct reach *reach;
	struct program *program;
	VEC(struct slim) ends;              /* of one chain: boxes of rules that end it, in order */
	VEC(const struct box *) holes;      /* those that meet the rule at hand */
	VEC(const struct program_rule *) takers; /* and their rules, each once */
	struct box entry;                   /* hull of what can enter the chain */
	unsigned long total;
	bool no_memory;
};

static bool slim_overlap(const struct slim *slim, const struct box *box)
{
	return slim->src.lo <= box->dim[FIELD_SRC].hi && slim->src.hi >= box->dim[FIELD_SRC].lo &&
	       slim->dst.lo <= box->dim[FIELD_DST].hi && slim->dst.hi >= box->dim[FIELD_DST].lo &&
	       slim->dport.lo <= box->dim[FIELD_DPORT].hi && slim->dport.hi >= box->dim[FIELD_DPORT].lo &&
	       box_overlap(slim->box, box);
}

static void add_ends(struct reacher *r, const struct program_rule *rule)
{
	for (unsigned b = 0; b < rule->box_count && rule_ends_chain(rule); b++) {
		const struct box *box = &r->program->boxes.item[rule->first_box + b];
		struct slim slim = { box->dim[FIELD_SRC], box->dim[FIELD_DST], box->dim[FIELD_DPORT], box, rule };

		if (!vec_push(&r->ends, slim))
			r->no_memory = true;
	}
}

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

/* The rules that end the chain in front of the rule and meet it. */
static void collect_takers(struct reacher *r, const struct program_rule *rule)
{
	r->takers.len = 0;
	for (size_t i = 0; i < r->ends.len; i++) {
		bool meets = false;

		if (r->takers.len > 0 && r->takers.item[r->takers.len - 1] == r->ends.item[i].rule)
			continue;
		for (unsigned b = 0; b < rule->box_count && !meets; b++)
			meets = slim_overlap(&r->ends.item[i], &r->program->boxes.item[rule->first_box + b]);
		if (meets && !vec_push(&r->takers, r->ends.item[i].rule))
			r->no_memory = true;
	}
}

static bool covers_alone(const struct reacher *r, const struct program_rule *taker, const struct program_rule *rule)
{
	const struct box *boxes = r->program->boxes.item;

	for (unsigned b = 0; b < rule->box_count; b++) {
		bool covered = false;
		struct box whole;

		if (!box_meet(&boxes[rule->first_box + b], &r->entry, &whole))
			continue;
		for (unsigned n = 0; n < taker->box_count && !covered; n++)
			covered = box_covers(&boxes[taker->first_box + n], &whole);
		if (!covered)
			return false;
	}
	return true;
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

/*
 * One rule that covers it alone must have each of its points, so those that have one corner are the
 * only candidates: found by the index, not by going through all rules in front.
 */
static bool one_killer(struct reacher *r, const struct program_rule *rule)
{
	const struct program_chain *chain = rule->chain;
	uint32_t point[FIELD_COUNT];
	struct box whole;
	unsigned b = 0;

	while (b < rule->box_count && !box_meet(&r->program->boxes.item[rule->first_box + b], &r->entry, &whole))
		b++;
	if (b == rule->box_count || chain->index == NULL)
		return false;
	box_corner(&whole, 0, point);
	for (uint32_t at = index_next(chain->index, point, 0); at < rule->index; at = index_next(chain->index, point, at + 1)) {
		if (!rule_ends_chain(&chain->rules[at]) || !covers_alone(r, &chain->rules[at], rule))
			continue;
		r->takers.len = 0;
		if (!vec_push(&r->takers, &chain->rules[at]))
			r->no_memory = true;
		return !r->no_memory;
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
	if (one_killer(r, rule)) {
		name_killers(r, to);
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
	r->ends.len = 0;
	r->entry = chain_entry(r->program, chain);
	for (unsigned i = 0; i < chain->count && !r->no_memory; i++) {
		if (chain->looped)
			r->reach->rules[chain->rules[i].serial].fate = FATE_UNDECIDED;
		else if (chain->hooks == 0)
			r->reach->rules[chain->rules[i].serial].fate = FATE_UNREACHABLE;
		else
			decide(r, &chain->rules[i]);
		add_ends(r, &chain->rules[i]);
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
	vec_free(&r.ends);
	vec_free(&r.holes);
	vec_free(&r.takers);
	if (!r.no_memory && !program->no_memory && context_decide(reach))
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
