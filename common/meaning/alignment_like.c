/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Pairs the chains of a table whose names differ: those with the same rules that are called by the same rules first, then
 * those with the same rules, then those with most rules in common. Hashes of rules lead to the few chains that are worth a
 * look, so that the work grows with the number of rules.
 */
#include "meaning/alignment.h"
#include "base/hash.h"

#include <string.h>

/* A rule that more chains have tells nothing. So many chains of the same rules are tried. */
#define COMMON_MAX 64

struct like_entry {
	uint64_t hash; /* of a rule, or of a chain's rules in order */
	unsigned chain; /* its index in the table */
};

struct like_entries {
	struct like_entry *item;
	size_t len, cap;
};

struct likeness {
	struct alignment *align;
	const struct program_table *table[ALIGN_SIDES];
	struct like_entries chains, rules; /* of free chains of the new table, sorted */
	bool with_callers;
	unsigned *votes;  /* owned: by chain of the new table, how many rules it has in common */
	unsigned *voted;  /* owned: the chains with votes */
	unsigned voted_count;
	bool no_memory;
};

static struct alignment_chain *chain_at(const struct likeness *like, unsigned side, unsigned index)
{
	return alignment_chain_of(&like->align->side[side], &like->table[side]->chains[index]);
}

static int compare_entries(const void *a, const void *b)
{
	const struct like_entry *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->chain < y->chain ? -1 : x->chain > y->chain;
}

static uint64_t rule_hash(const struct likeness *like, unsigned side, const struct program_rule *rule)
{
	return alignment_hash(&like->align->side[side], rule, false, false);
}

static uint64_t chain_hash(const struct likeness *like, unsigned side, const struct program_chain *chain)
{
	uint64_t hash = HASH64_START, callers = 0;

	for (unsigned r = 0; r < chain->count; r++)
		hash = hash64_add(hash, &(uint64_t){ rule_hash(like, side, &chain->rules[r]) }, sizeof(uint64_t));
	for (size_t i = 0; i < chain->callers.len && like->with_callers; i++) /* in any order */
		callers += rule_hash(like, side, chain->callers.item[i]);
	return hash64_add(hash, &callers, sizeof(callers));
}

/* The first entry that is not before this one. */
static size_t first_entry(const struct like_entries *entries, struct like_entry wanted)
{
	size_t lo = 0, hi = entries->len;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (compare_entries(&entries->item[mid], &wanted) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* --- the same rules ------------------------------------------------------------------------------------- */

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

static unsigned distance(unsigned a, unsigned b)
{
	return a > b ? a - b : b - a;
}

/* Of the free chains with the same rules, that which is nearest to this place in the table. NULL: there is none. */
static struct alignment_chain *find_same(const struct likeness *like, unsigned index, const struct program_chain *old)
{
	struct like_entry wanted = { chain_hash(like, ALIGN_OLD, old), index };
	const struct like_entries *entries = &like->chains;
	size_t up = first_entry(entries, wanted), down = up;

	for (unsigned tries = 0; tries < COMMON_MAX; tries++) {
		bool above = up < entries->len && entries->item[up].hash == wanted.hash;
		bool below = down > 0 && entries->item[down - 1].hash == wanted.hash;
		struct alignment_chain *at;

		if (!above && !below)
			return NULL;
		if (above && (!below || distance(entries->item[up].chain, index) <= distance(entries->item[down - 1].chain, index)))
			at = chain_at(like, ALIGN_NEW, entries->item[up++].chain);
		else
			at = chain_at(like, ALIGN_NEW, entries->item[--down].chain);
		if (at->partner == NULL && same_contents(like->align, old, at->chain, 0))
			return at;
	}
	return NULL;
}

/* --- rules in common ------------------------------------------------------------------------------------ */

/* A vote for each chain that has the rule as many times, up to `times`. */
static void vote(struct likeness *like, uint64_t hash, unsigned times)
{
	size_t from = first_entry(&like->rules, (struct like_entry){ hash, 0 });

	if (from + COMMON_MAX < like->rules.len && like->rules.item[from + COMMON_MAX].hash == hash)
		return;
	for (size_t i = from, same = 0; i < like->rules.len && like->rules.item[i].hash == hash; i++) {
		unsigned chain = like->rules.item[i].chain;

		same = i > from && like->rules.item[i - 1].chain == chain ? same + 1 : 1;
		if (same > times)
			continue;
		if (like->votes[chain]++ == 0)
			like->voted[like->voted_count++] = chain;
	}
}

static void count_votes(struct likeness *like, const struct program_chain *old)
{
	struct like_entries own = { 0 };

	for (unsigned r = 0; r < old->count && !like->no_memory; r++)
		like->no_memory = !vec_push(&own, (struct like_entry){ rule_hash(like, ALIGN_OLD, &old->rules[r]), 0 });
	if (own.len > 0)
		qsort(own.item, own.len, sizeof(*own.item), compare_entries);
	for (size_t i = 0, next; i < own.len; i = next) {
		for (next = i; next < own.len && own.item[next].hash == own.item[i].hash;)
			next++;
		vote(like, own.item[i].hash, (unsigned)(next - i));
	}
	vec_free(&own);
}

/* The free chain with most rules in common, if these are half of the rules. NULL: there is none. */
static struct alignment_chain *find_like(struct likeness *like, unsigned index, const struct program_chain *old)
{
	struct alignment_chain *best = NULL;
	unsigned most = 0, best_chain = 0;

	like->voted_count = 0;
	count_votes(like, old);
	for (unsigned i = 0; i < like->voted_count; i++) {
		unsigned chain = like->voted[i], common = like->votes[chain];
		struct alignment_chain *at = chain_at(like, ALIGN_NEW, chain);
		unsigned larger = old->count > at->chain->count ? old->count : at->chain->count;

		like->votes[chain] = 0;
		if (at->partner != NULL || common * 2 < larger || common < most ||
		    (common == most && best != NULL && distance(chain, index) >= distance(best_chain, index)))
			continue;
		best = at;
		best_chain = chain;
		most = common;
	}
	return best;
}

/* --- all of it ------------------------------------------------------------------------------------------ */

static void sort_entries(struct like_entries *entries)
{
	if (entries->len > 0)
		qsort(entries->item, entries->len, sizeof(*entries->item), compare_entries);
}

/* Lists the chains of the new table that are free now, and in the last pass their rules. */
static void list_free(struct likeness *like, bool with_rules)
{
	const struct program_table *new = like->table[ALIGN_NEW];

	like->chains.len = like->rules.len = 0;
	for (unsigned c = 0; c < new->count && !like->no_memory; c++) {
		const struct program_chain *chain = &new->chains[c];

		if (!alignment_is_free(chain_at(like, ALIGN_NEW, c)))
			continue;
		like->no_memory |= !vec_push(&like->chains, (struct like_entry){ chain_hash(like, ALIGN_NEW, chain), c });
		for (unsigned r = 0; r < chain->count && with_rules && !like->no_memory; r++)
			like->no_memory = !vec_push(&like->rules, (struct like_entry){ rule_hash(like, ALIGN_NEW, &chain->rules[r]), c });
	}
	sort_entries(&like->chains);
	sort_entries(&like->rules);
}

static void pair_pass(struct likeness *like, bool same)
{
	const struct program_table *old = like->table[ALIGN_OLD];

	list_free(like, !same);
	for (unsigned c = old->count; c-- > 0 && like->chains.len > 0 && !like->no_memory;) { /* those that are called first */
		unsigned index = (unsigned)(old->sorted[c] - old->chains);
		struct alignment_chain *at = chain_at(like, ALIGN_OLD, index), *other = NULL;

		if (alignment_is_free(at))
			other = same ? find_same(like, index, at->chain) : find_like(like, index, at->chain);
		if (other != NULL)
			alignment_pair(like->align, at, other);
	}
}

bool alignment_like(struct alignment *align, const struct program_table *old, const struct program_table *new)
{
	struct likeness like = { .align = align, .table = { old, new } };

	like.votes = calloc(new->count + 1, sizeof(*like.votes));
	like.voted = calloc(new->count + 1, sizeof(*like.voted));
	like.no_memory = like.votes == NULL || like.voted == NULL;
	like.with_callers = true;
	pair_pass(&like, true);
	like.with_callers = false;
	pair_pass(&like, true);
	pair_pass(&like, false);
	vec_free(&like.chains);
	vec_free(&like.rules);
	free(like.votes);
	free(like.voted);
	return !like.no_memory;
}
