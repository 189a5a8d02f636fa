/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The boxes of packets that can match a rule that changed, as the packets came: the boxes of these rules, within
 * those of the jumps to their chains, and wider where something was rewritten in between. Larger is slower, smaller
 * would be wrong.
 */
#include "meaning/diff.h"
#include "meaning/effect.h"
#include "meaning/rewrite.h"

#include <string.h>

#define CALLERS_MAX 16
#define DEPTH_MAX   8
/* More boxes than this become one: everything. */
#define BOXES_MAX   2000

struct cutting {
	struct diff *diff;
	const struct alignment_side *side;
	unsigned written; /* fields that a target may write before a rule sees them, NAT left out */
};

static void open_field(struct box *box, const struct space *space, enum field field)
{
	box->dim[field] = (struct span){ 0, space->field[field].count - 1 };
}

static void add_box(struct cutting *cutting, const struct box *box)
{
	struct diff *diff = cutting->diff;

	for (size_t i = 0; i < diff->cut.len; i++)
		if (box_covers(&diff->cut.item[i], box))
			return;
	if (diff->cut.len >= BOXES_MAX) {
		diff->cut.item[0] = box_all(&diff->world.space);
		diff->cut.len = 1;
		return;
	}
	diff->no_memory |= !vec_push(&diff->cut, *box);
}

/* Opens the fields of which a rule of this chain may see something else than the packet had as it came, NAT left out. */
static void open_written(const struct cutting *cutting, const struct program_chain *chain, struct box *box)
{
	unsigned fields = cutting->written | 1U << FIELD_TTL;

	if (strcmp(chain->table->table->name, "raw") == 0) /* packets have no state there */
		fields |= 1U << FIELD_CT;
	if ((chain->hooks & HOOK_PREROUTING) != 0 || chain->looped)
		fields |= 1U << FIELD_OUT;
	box->literal_count = 0;
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if ((fields & 1U << f) != 0)
			open_field(box, &cutting->diff->world.space, (enum field)f);
}

/* The packets that this NAT rule turns into some of the box. */
static void add_before_nat(struct cutting *cutting, const struct program *program, const struct program_rule *nat, const struct box *box)
{
	const struct space *space = &cutting->diff->world.space;
	struct box wide = *box;
	static const enum field rewritten[] = { FIELD_DST, FIELD_DPORT, FIELD_OUT, FIELD_CT };

	for (size_t i = 0; i < ARRAY_LEN(rewritten); i++)
		open_field(&wide, space, rewritten[i]);
	for (unsigned b = 0; b < nat->box_count; b++) {
		struct box own = program->boxes.item[nat->first_box + b], meet;

		open_written(cutting, nat->chain, &own);
		if (box_meet(&own, &wide, &meet))
			add_box(cutting, &meet);
	}
}

static void add_before_all_nat(struct cutting *cutting, const struct box *box)
{
	for (unsigned s = 0; s < ALIGN_SIDES; s++) {
		const struct program *program = cutting->diff->program[s];

		for (unsigned r = 0; r < program->rule_count; r++) {
			const struct program_rule *rule = program->rules[r];
			struct nat_range range;

			if (rule->effect == EFFECT_NAT && nat_range_of(rule->rule, program->ruleset->family, HOOK_PREROUTING, &range) &&
			    range.destination)
				add_before_nat(cutting, program, rule, box);
		}
	}
}

/* A box at a hook, as packets came. */
static void add_at_hook(struct cutting *cutting, enum hook hook, const struct box *box)
{
	struct box entry = box_all(&cutting->diff->world.space), meet;

	if (hook == HOOK_OUTPUT)
		entry.dim[FIELD_IN].hi = 0;
	else if (hook != HOOK_POSTROUTING)
		entry.dim[FIELD_IN].lo = 1;
	if (hook != HOOK_PREROUTING)
		add_before_all_nat(cutting, box);
	if (hook == HOOK_INPUT)
		entry.dim[FIELD_OUT].hi = 0;
	else if (hook != HOOK_PREROUTING)
		entry.dim[FIELD_OUT].lo = 1;
	if (box_meet(box, &entry, &meet))
		add_box(cutting, &meet);
}

static void climb(struct cutting *cutting, const struct program_chain *chain, const struct box *box, unsigned depth)
{
	if (chain->chain->hook != 0) {
		add_at_hook(cutting, (enum hook)chain->chain->hook, box);
		return;
	}
	if (chain->callers.len > CALLERS_MAX || depth > DEPTH_MAX || chain->looped) {
		for (unsigned h = 0; h < HOOK_COUNT; h++)
			if ((chain->hooks & 1U << h) != 0 || chain->looped)
				add_at_hook(cutting, (enum hook)(1U << h), box);
		return;
	}
	for (size_t i = 0; i < chain->callers.len; i++) {
		const struct program_rule *call = chain->callers.item[i];

		for (unsigned b = 0; b < call->box_count; b++) {
			struct box meet, own = cutting->side->program->boxes.item[call->first_box + b];

			open_written(cutting, call->chain, &own);
			if (box_meet(box, &own, &meet))
				climb(cutting, call->chain, &meet, depth + 1);
		}
	}
}

static unsigned written_by(const struct program *program)
{
	static const struct {
		unsigned change, fields;
	} rows[] = {
		{ CHANGES_MARK, 1U << FIELD_MARK },
		{ CHANGES_CTMARK, 1U << FIELD_CTMARK },
		{ CHANGES_HEADER, 1U << FIELD_LENGTH | 1U << FIELD_TTL | 1U << FIELD_TOS | 1U << FIELD_FLAGS },
		{ CHANGES_TRACKING, 1U << FIELD_CT },
		{ CHANGES_ADDRESS, 1U << FIELD_SRC | 1U << FIELD_DST },
	};
	unsigned fields = 1U << FIELD_MARK;

	for (unsigned t = 0; t < program->table_count; t++)
		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			if ((program->tables[t].changes & rows[i].change) != 0)
				fields |= rows[i].fields;
	return fields;
}

static void cut_rules(struct cutting *cutting)
{
	const struct program *program = cutting->side->program;

	for (unsigned r = 0; r < program->rule_count && !cutting->diff->no_memory; r++) {
		const struct program_rule *rule = program->rules[r];
		bool idle = rule->effect == EFFECT_NONE && effect_changes(rule->rule) == 0;

		if (idle || !alignment_counts(cutting->side, rule) || cutting->side->rules[r].change == CHANGE_COUNTED)
			continue;
		for (unsigned b = 0; b < rule->box_count; b++) {
			struct box box = program->boxes.item[rule->first_box + b];

			open_written(cutting, rule->chain, &box);
			climb(cutting, rule->chain, &box, 0);
		}
	}
}

bool diff_policy(const struct program_chain *old, const struct program_chain *new)
{
	return (old != NULL && chain_policy_drops(old)) != (new != NULL && chain_policy_drops(new));
}

static void cut_policies(struct cutting *cutting)
{
	struct box all = box_all(&cutting->diff->world.space);

	for (unsigned c = 0; c < cutting->side->chain_count; c++) {
		const struct alignment_chain *at = &cutting->side->chains[c];

		if (at->chain->chain->hook != 0 && diff_policy(at->chain, at->partner))
			add_at_hook(cutting, (enum hook)at->chain->chain->hook, &all);
	}
}

bool diff_cut(struct diff *diff)
{
	unsigned written = written_by(diff->program[0]) | written_by(diff->program[1]);

	for (unsigned s = 0; s < ALIGN_SIDES; s++) {
		struct cutting cutting = { .diff = diff, .side = &diff->align.side[s], .written = written };

		cut_rules(&cutting);
		cut_policies(&cutting);
	}
	return !diff->no_memory;
}
