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

static void pair_chains(struct alignment *align, struct alignment_chain *old, struct alignment_chain *new)
{
	old->partner = new->chain;
	new->partner = old->chain;
	old->identity = new->identity = ++align->identities;
}

/* The chains of a table of this side that have no partner yet and are not built in. */
static bool is_free(const struct alignment_chain *chain)
{
	return chain->partner == NULL && chain->chain->chain->hook == 0;
}

static void pair_by_name(struct alignment *align, const struct program_table *old, const struct program_table *new)
{
	for (unsigned c = 0; c < old->count; c++) {
		struct alignment_chain *at = alignment_chain_of(&align->side[ALIGN_OLD], &old->chains[c]);

		for (unsigned d = 0; d < new->count && at->partner == NULL; d++)
			if (old->chains[c].chain->hook == new->chains[d].chain->hook &&
			    strcmp(old->chains[c].chain->name, new->chains[d].chain->name) == 0)
				pair_chains(align, at, alignment_chain_of(&align->side[ALIGN_NEW], &new->chains[d]));
	}
}

/* Do two chains have the same rules, the chains that they call being paired already or the same again? */
static bool same_contents(const struct alignment *align, const struct program_chain *old, const struct program_chain *new, unsigned depth)
{
	struct alignment_chain *a = alignment_chain_of(&align->side[ALIGN_OLD], old), *b = alignment_chain_of(&align->side[ALIGN_NEW], new);

	if (a->partner != NULL || b->partner != NULL)
		return a->partner == new;
	if (old->count != new->count || old->looped || new->looped || old->chain->hook != 0 || new->chain->hook != 0 || depth > 16)
		return false;
	for (unsigned i = 0; i < old->count; i++) {
		struct program_rule x = old->rules[i], y = new->rules[i];

		if ((x.to == NULL) != (y.to == NULL) || (x.to != NULL && !same_contents(align, x.to, y.to, depth + 1)))
			return false;
		x.to = y.to = NULL;
		if (!alignment_same_rule(align, &x, &y, false))
			return false;
	}
	return true;
}

static int compare_hashes(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t *sorted_hashes(const struct alignment_side *side, const struct program_chain *chain)
{
	uint64_t *hashes = calloc(chain->count + 1, sizeof(*hashes));

	for (unsigned i = 0; i < chain->count && hashes != NULL; i++)
		hashes[i] = alignment_hash(side, &chain->rules[i], false, false);
	if (hashes != NULL)
		qsort(hashes, chain->count, sizeof(*hashes), compare_hashes);
	return hashes;
}

/* How many rules two chains have in common; 0 also when memory ran out. */
static unsigned count_common(const struct alignment *align, const struct program_chain *old, const struct program_chain *new)
{
	uint64_t *a = sorted_hashes(&align->side[ALIGN_OLD], old), *b = sorted_hashes(&align->side[ALIGN_NEW], new);
	unsigned i = 0, j = 0, common = 0;

	while (a != NULL && b != NULL && i < old->count && j < new->count) {
		common += a[i] == b[j];
		if (a[i] == b[j]) {
			i++;
			j++;
		} else if (a[i] < b[j]) {
			i++;
		} else {
			j++;
		}
	}
	free(a);
	free(b);
	return common;
}

/* The free chain of the other program that is most like this one: the same, or half of its rules are. */
static struct alignment_chain *find_like(const struct alignment *align, const struct program_chain *old, const struct program_table *new)
{
	struct alignment_chain *best = NULL;
	unsigned most = 0;

	for (unsigned d = 0; d < new->count; d++) {
		struct alignment_chain *at = alignment_chain_of(&align->side[ALIGN_NEW], &new->chains[d]);
		unsigned larger = old->count > new->chains[d].count ? old->count : new->chains[d].count, common;

		if (!is_free(at))
			continue;
		if (same_contents(align, old, at->chain, 0))
			return at;
		common = count_common(align, old, at->chain);
		if (common > most && common * 2 >= larger) {
			most = common;
			best = at;
		}
	}
	return best;
}

static void pair_by_contents(struct alignment *align, const struct program_table *old, const struct program_table *new)
{
	for (unsigned c = old->count; c-- > 0;) { /* those that are called first */
		struct alignment_chain *at = alignment_chain_of(&align->side[ALIGN_OLD], old->sorted[c]), *like;

		like = is_free(at) ? find_like(align, at->chain, new) : NULL;
		if (like != NULL)
			pair_chains(align, at, like);
	}
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
		pair_by_name(align, &old->tables[t], other);
		pair_by_contents(align, &old->tables[t], other);
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
