/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Which chain of one program is which of another. */
#include "meaning/alignment.h"

#include <string.h>

struct alignment_chain *alignment_chain_of(const struct alignment_side *side, const struct program_chain *chain)
{
	size_t table = (size_t)(chain->table - side->program->tables);

	return &side->chains[side->first_chain[table] + (size_t)(chain - chain->table->chains)];
}

unsigned alignment_changes(const struct alignment *align, const struct program_table *table)
{
	unsigned changes = 0;

	for (unsigned s = 0; s < ALIGN_SIDES; s++) {
		const struct program_table *at = program_find_table(align->side[s].program, table->table->name);

		changes |= at != NULL ? at->changes : 0;
	}
	return changes;
}

bool alignment_counts(const struct alignment_side *side, const struct program_rule *rule)
{
	const struct alignment_chain *chain = alignment_chain_of(side, rule->chain);

	return side->rules[rule->serial].change != CHANGE_NONE && (chain->partner != NULL || rule->chain->chain->hook != 0);
}

static bool side_begin(struct alignment_side *side, const struct program *program)
{
	*side = (struct alignment_side){ .program = program };
	for (unsigned t = 0; t < program->table_count; t++)
		side->chain_count += program->tables[t].count;
	side->rules = calloc(program->rule_count + 1, sizeof(*side->rules));
	side->chains = calloc(side->chain_count + 1, sizeof(*side->chains));
	side->first_chain = calloc(program->table_count + 1, sizeof(*side->first_chain));
	if (side->rules == NULL || side->chains == NULL || side->first_chain == NULL)
		return false;
	for (unsigned t = 0, at = 0; t < program->table_count; t++) {
		side->first_chain[t] = at;
		for (unsigned c = 0; c < program->tables[t].count; c++)
			side->chains[at++].chain = &program->tables[t].chains[c];
	}
	for (unsigned r = 0; r < program->rule_count; r++)
		side->rules[r].change = CHANGE_ONLY;
	return true;
}

void alignment_pair(struct alignment *align, struct alignment_chain *old, struct alignment_chain *new)
{
	old->partner = new->chain;
	new->partner = old->chain;
	old->identity = new->identity = ++align->identities;
}

bool alignment_is_free(const struct alignment_chain *chain)
{
	return chain->partner == NULL && chain->chain->chain->hook == 0;
}

struct named_chain {
	const char *name;
	const struct program_chain *chain;
};

static int compare_named(const void *a, const void *b)
{
	const struct named_chain *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static bool pair_by_name(struct alignment *align, const struct program_table *old, const struct program_table *new)
{
	struct named_chain *named = calloc(new->count + 1, sizeof(*named));

	if (named == NULL)
		return false;
	for (unsigned d = 0; d < new->count; d++)
		named[d] = (struct named_chain){ new->chains[d].chain->name, &new->chains[d] };
	qsort(named, new->count, sizeof(*named), compare_named);
	for (unsigned c = 0; c < old->count; c++) {
		struct named_chain key = { old->chains[c].chain->name, NULL };
		const struct named_chain *at = bsearch(&key, named, new->count, sizeof(*named), compare_named);

		if (at != NULL && at->chain->chain->hook == old->chains[c].chain->hook)
			alignment_pair(align, alignment_chain_of(&align->side[ALIGN_OLD], &old->chains[c]),
				       alignment_chain_of(&align->side[ALIGN_NEW], at->chain));
	}
	free(named);
	return true;
}

/* Rules are compared when all chains have their partners: a jump is known by the chain that it leads to. */
static bool pair_rules(struct alignment *align)
{
	struct alignment_side *old = &align->side[ALIGN_OLD];

	for (unsigned c = 0; c < old->chain_count; c++)
		if (old->chains[c].partner != NULL && !alignment_rules(align, old->chains[c].chain, old->chains[c].partner))
			return false;
	return true;
}

bool alignment_begin(struct alignment *align, const struct program *old, const struct program *new)
{
	*align = (struct alignment){ .identities = 0 };
	if (!side_begin(&align->side[ALIGN_OLD], old) || !side_begin(&align->side[ALIGN_NEW], new))
		return false;
	for (unsigned t = 0; t < old->table_count; t++) {
		const struct program_table *other = program_find_table(new, old->tables[t].table->name);

		if (other == NULL)
			continue;
		if (!pair_by_name(align, &old->tables[t], other) || !alignment_like(align, &old->tables[t], other))
			return false;
	}
	for (unsigned s = 0; s < ALIGN_SIDES; s++)
		for (unsigned c = 0; c < align->side[s].chain_count; c++)
			if (align->side[s].chains[c].identity == 0)
				align->side[s].chains[c].identity = ++align->identities;
	return pair_rules(align);
}

void alignment_end(struct alignment *align)
{
	for (unsigned s = 0; s < ALIGN_SIDES; s++) {
		free(align->side[s].rules);
		free(align->side[s].chains);
		free(align->side[s].first_chain);
	}
}
