/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Which change in the text is the reason of a difference. */
#include "meaning/diff.h"

static enum rule_change change_of(const struct diff *diff, unsigned side, const struct program_chain *chain, unsigned index)
{
	return diff->align.side[side].rules[chain->rules[index].serial].change;
}

static bool is_changed(const struct diff *diff, unsigned side, const struct program_chain *chain, unsigned index)
{
	enum rule_change change = change_of(diff, side, chain, index);

	return change == CHANGE_ONLY || change == CHANGE_MOVED;
}

/* The packets that match a rule in its own program, and its partner in the other one. */
static diagram rule_hits(const struct diff *diff, unsigned side, const struct program_rule *rule)
{
	const struct program_rule *partner = diff->align.side[side].rules[rule->serial].partner;
	diagram hits = diff->walk[side].hits[rule->serial];

	if (partner != NULL)
		hits = diagram_or(diff->fates.diagrams, hits, diff->walk[!side].hits[partner->serial]);
	return hits;
}

/* Adds a place of these rules. A moved rule counts where it is in the new program. */
static void add_place(struct diff *diff, struct diff_place place)
{
	for (unsigned s = 0; s < ALIGN_SIDES; s++)
		for (unsigned i = place.from[s]; i < place.to[s]; i++)
			if (s == ALIGN_NEW || change_of(diff, s, place.chain[s], i) == CHANGE_ONLY)
				place.hits = diagram_or(diff->fates.diagrams, place.hits,
							rule_hits(diff, s, &place.chain[s]->rules[i]));
	diff->no_memory |= !vec_push(&diff->places, place);
}

static unsigned skip_changed(const struct diff *diff, unsigned side, const struct program_chain *chain, unsigned from)
{
	while (chain != NULL && from < chain->count && is_changed(diff, side, chain, from))
		from++;
	return from;
}

/* Is a rule there that is not in the new program at another place? */
static bool has_deleted(const struct diff *diff, const struct diff_place *place)
{
	for (unsigned i = place->from[ALIGN_OLD]; i < place->to[ALIGN_OLD]; i++)
		if (change_of(diff, ALIGN_OLD, place->chain[ALIGN_OLD], i) == CHANGE_ONLY)
			return true;
	return false;
}

static void place_rules(struct diff *diff, const struct program_chain *old, const struct program_chain *new)
{
	const struct program_chain *chain[ALIGN_SIDES] = { old, new };
	unsigned at[ALIGN_SIDES] = { 0, 0 };

	while ((old != NULL && at[0] < old->count) || (new != NULL && at[1] < new->count)) {
		struct diff_place place = { .chain = { old, new } };

		for (unsigned s = 0; s < ALIGN_SIDES; s++) {
			place.from[s] = at[s];
			place.to[s] = at[s] = skip_changed(diff, s, chain[s], at[s]);
		}
		if (place.from[ALIGN_NEW] < place.to[ALIGN_NEW] || has_deleted(diff, &place))
			add_place(diff, place);
		at[0]++;
		at[1]++;
	}
}

static void place_policy(struct diff *diff, const struct program_chain *old, const struct program_chain *new)
{
	struct diff_place place = { .chain = { old, new }, .policy = true };

	if (!diff_policy(old, new))
		return;
	for (unsigned s = 0; s < ALIGN_SIDES; s++)
		if (place.chain[s] != NULL)
			place.hits = diagram_or(diff->fates.diagrams, place.hits,
						diff->walk[s].ends[alignment_chain_of(&diff->align.side[s], place.chain[s]) -
								   diff->align.side[s].chains]);
	diff->no_memory |= !vec_push(&diff->places, place);
}

static void place_chain(struct diff *diff, const struct program_chain *old, const struct program_chain *new)
{
	if (old == NULL && new->chain->hook == 0)
		return;
	place_rules(diff, old, new);
	if (new != NULL ? new->chain->hook != 0 : old->chain->hook != 0)
		place_policy(diff, old, new);
}

/* What of the differences lies in the hits of each place, first come, first served. */
static void share_out(struct diff *diff)
{
	struct diagrams *all = diff->fates.diagrams;

	for (unsigned class = 0; class < DIFF_CLASSES; class++) {
		diagram rest = diff->set[class];

		for (size_t p = 0; p < diff->places.len; p++) {
			diff->places.item[p].set[class] = diagram_and(all, rest, diff->places.item[p].hits);
			rest = diagram_minus(all, rest, diff->places.item[p].set[class]);
		}
	}
}

bool diff_places(struct diff *diff)
{
	const struct alignment_side *old = &diff->align.side[ALIGN_OLD], *new = &diff->align.side[ALIGN_NEW];

	for (unsigned c = 0; c < new->chain_count; c++)
		place_chain(diff, new->chains[c].partner, new->chains[c].chain);
	for (unsigned c = 0; c < old->chain_count; c++)
		if (old->chains[c].partner == NULL && old->chains[c].chain->chain->hook != 0)
			place_chain(diff, old->chains[c].chain, NULL);
	share_out(diff);
	return !diff->no_memory;
}
