/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Questions about a program's parts: the rest of program.h. */
#include "meaning/program.h"

#include <string.h>

struct program_table *program_find_table(const struct program *program, const char *name)
{
	for (unsigned t = 0; t < program->table_count; t++)
		if (strcmp(program->tables[t].table->name, name) == 0)
			return &program->tables[t];
	return NULL;
}

struct program_chain *program_hook(const struct program *program, const char *table, enum hook hook)
{
	struct program_table *at = program_find_table(program, table);

	for (unsigned c = 0; at != NULL && c < at->count; c++)
		if (at->chains[c].chain->hook == (unsigned)hook)
			return &at->chains[c];
	return NULL;
}

bool chain_policy_drops(const struct program_chain *chain)
{
	return chain->chain->policy != NULL && strcmp(chain->chain->policy, "DROP") == 0;
}

bool program_narrow(const struct program *program, struct box *box, enum field field, field_value lo, field_value hi)
{
	struct range range = { lo, hi };
	struct cond cond = { .kind = COND_RANGES, .field = field, .other = FIELD_COUNT, .ranges = &range, .range_count = 1 };
	struct span *dim = &box->dim[field];
	struct span span;

	if (space_spans(&program->world->space, field, &cond, &span, 1) != 1)
		return false;
	dim->lo = span.lo > dim->lo ? span.lo : dim->lo;
	dim->hi = span.hi < dim->hi ? span.hi : dim->hi;
	return dim->lo <= dim->hi;
}

/* An interface's name must have a letter: number 0 is "none" and stands first. */
static void with_interface(struct box *box, enum field field, bool there)
{
	if (there)
		box->dim[field].lo = 1;
	else
		box->dim[field].hi = 0;
}

/* nat sees the first packets of connections and what is related to them, and nothing else. */
static void with_nat_states(const struct program *program, struct box *box)
{
	uint32_t lo = UINT32_MAX, hi = 0;

	for (unsigned value = 0; value < CT_VALUE_COUNT; value++) {
		uint32_t number = space_number(&program->world->space, FIELD_CT, value);

		if (!ct_possible(value) || (ct_state_of(value) != CT_NEW && ct_state_of(value) != CT_RELATED))
			continue;
		lo = number < lo ? number : lo;
		hi = number > hi ? number : hi;
	}
	box->dim[FIELD_CT] = (struct span){ lo, hi };
}

struct box program_entry(const struct program *program, const struct program_table *table, enum hook hook)
{
	struct box box = box_all(&program->world->space);

	with_interface(&box, FIELD_IN, hook != HOOK_OUTPUT);
	with_interface(&box, FIELD_OUT, hook != HOOK_PREROUTING && hook != HOOK_INPUT);
	if (hook == HOOK_POSTROUTING) /* forwarded packets have one, the host's own have none */
		box.dim[FIELD_IN].lo = 0;
	if (program->tracked)
		(void)program_narrow(program, &box, FIELD_FRAGMENT, 0, 0);
	if (strcmp(table->table->name, "nat") == 0)
		with_nat_states(program, &box);
	return box;
}

const char *rule_target_name(const struct rule *rule)
{
	if (rule->jump != NULL)
		return rule->jump->name;
	if (rule->target != NULL)
		return rule->target->kind->name;
	return rule->verdict != NULL ? rule->verdict : "";
}

unsigned rule_line(const struct program *program, const struct rule *rule)
{
	return program->ruleset->stream->lines.item[rule->line].number;
}
