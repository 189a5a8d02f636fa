/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Pairs the rules of two chains: equal ends first, then rules that are there once on both sides, as many of them as
 * keep their order, then again between these. What is left over moved, or is in one chain alone.
 */
#include "meaning/alignment.h"

struct ordering {
	struct alignment *align;
	const struct program_chain *chain[ALIGN_SIDES];
	uint64_t *hash[ALIGN_SIDES]; /* owned, by index in the chain */
	bool no_memory;
};

/* A part of both chains: from and to, the latter not within. */
struct part {
	unsigned from[ALIGN_SIDES], to[ALIGN_SIDES];
};

struct anchor {
	unsigned at[ALIGN_SIDES];
	unsigned before; /* index + 1 of the anchor before it in the longest row; 0: none */
};

static void pair(struct ordering *order, unsigned old, unsigned new, enum rule_change change)
{
	const struct program_rule *a = &order->chain[ALIGN_OLD]->rules[old], *b = &order->chain[ALIGN_NEW]->rules[new];

	order->align->side[ALIGN_OLD].rules[a->serial] = (struct alignment_rule){ b, change };
	order->align->side[ALIGN_NEW].rules[b->serial] = (struct alignment_rule){ a, change };
}

static bool same(const struct ordering *order, unsigned old, unsigned new)
{
	return order->hash[ALIGN_OLD][old] == order->hash[ALIGN_NEW][new] &&
	       alignment_same_rule(order->align, &order->chain[ALIGN_OLD]->rules[old], &order->chain[ALIGN_NEW]->rules[new], false);
}

static struct part trim(struct ordering *order, struct part part)
{
	while (part.from[0] < part.to[0] && part.from[1] < part.to[1] && same(order, part.from[0], part.from[1]))
		pair(order, part.from[0]++, part.from[1]++, CHANGE_NONE);
	while (part.from[0] < part.to[0] && part.from[1] < part.to[1] && same(order, part.to[0] - 1, part.to[1] - 1))
		pair(order, --part.to[0], --part.to[1], CHANGE_NONE);
	return part;
}

/* --- rules that are there once on both sides --------------------------------------------------------- */

struct place {
	uint64_t hash;
	unsigned side, at;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->side != y->side ? (int)x->side - (int)y->side : (x->at > y->at) - (x->at < y->at);
}

static int compare_anchors(const void *a, const void *b)
{
	const struct anchor *x = a, *y = b;

	return (x->at[ALIGN_OLD] > y->at[ALIGN_OLD]) - (x->at[ALIGN_OLD] < y->at[ALIGN_OLD]);
}

/* All rules of the part by hash: an array to be freed. NULL when memory ran out. */
static struct place *list_places(const struct ordering *order, const struct part *part, size_t *count)
{
	size_t n = 0, room = part->to[0] - part->from[0] + part->to[1] - part->from[1];
	struct place *places = calloc(room + 1, sizeof(*places));

	for (unsigned s = 0; s < ALIGN_SIDES && places != NULL; s++)
		for (unsigned i = part->from[s]; i < part->to[s]; i++)
			places[n++] = (struct place){ order->hash[s][i], s, i };
	if (places != NULL)
		qsort(places, n, sizeof(*places), compare_places);
	*count = n;
	return places;
}

static struct anchor *list_anchors(struct ordering *order, const struct part *part, size_t *count)
{
	size_t n, made = 0;
	struct place *places = list_places(order, part, &n);
	struct anchor *anchors = calloc(n / 2 + 1, sizeof(*anchors));

	order->no_memory |= places == NULL || anchors == NULL;
	for (size_t i = 0, next; i < n && !order->no_memory; i = next) {
		for (next = i; next < n && places[next].hash == places[i].hash;)
			next++;
		if (next - i == 2 && places[i].side == ALIGN_OLD && places[i + 1].side == ALIGN_NEW &&
		    same(order, places[i].at, places[i + 1].at))
			anchors[made++] = (struct anchor){ { places[i].at, places[i + 1].at }, 0 };
	}
	free(places);
	if (made > 0)
		qsort(anchors, made, sizeof(*anchors), compare_anchors);
	*count = made;
	return anchors;
}

/* The longest row of anchors that ascends on both sides: sets `before`. Returns its last one's index + 1; 0: none. */
static size_t longest_row(struct ordering *order, struct anchor *anchors, size_t count)
{
	size_t *ends = calloc(count + 1, sizeof(*ends)), len = 0, last;

	if (ends == NULL) {
		order->no_memory = true;
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		size_t lo = 0, hi = len;

		while (lo < hi) {
			size_t mid = (lo + hi) / 2;

			if (anchors[ends[mid]].at[ALIGN_NEW] < anchors[i].at[ALIGN_NEW])
				lo = mid + 1;
			else
				hi = mid;
		}
		anchors[i].before = lo > 0 ? (unsigned)ends[lo - 1] + 1 : 0;
		ends[lo] = i;
		len += lo == len;
	}
	last = len > 0 ? ends[len - 1] + 1 : 0;
	free(ends);
	return last;
}

/* Pairs what keeps its order within the part. Works from the last anchor to the first, a part behind each. */
static void pair_part(struct ordering *order, struct part part, unsigned depth)
{
	struct anchor *anchors;
	size_t count, at;

	part = trim(order, part);
	if (part.from[0] == part.to[0] || part.from[1] == part.to[1] || depth > 200 || order->no_memory)
		return;
	anchors = list_anchors(order, &part, &count);
	at = order->no_memory ? 0 : longest_row(order, anchors, count);
	while (at > 0 && !order->no_memory) {
		const struct anchor *anchor = &anchors[at - 1];
		struct part behind = part;

		pair(order, anchor->at[0], anchor->at[1], CHANGE_NONE);
		for (unsigned s = 0; s < ALIGN_SIDES; s++) {
			behind.from[s] = anchor->at[s] + 1;
			part.to[s] = anchor->at[s];
		}
		pair_part(order, behind, depth + 1);
		at = anchor->before;
	}
	if (count > 0)
		pair_part(order, part, depth + 1);
	free(anchors);
}

/* --- what is left over ------------------------------------------------------------------------------- */

static bool is_left(const struct ordering *order, unsigned side, unsigned index)
{
	return order->align->side[side].rules[order->chain[side]->rules[index].serial].change == CHANGE_ONLY;
}

/* Rules of the same meaning that are left on both sides moved. */
static void pair_moved(struct ordering *order)
{
	struct part whole = { { 0, 0 }, { order->chain[0]->count, order->chain[1]->count } };
	size_t n;
	struct place *places = list_places(order, &whole, &n);

	order->no_memory |= places == NULL;
	for (size_t i = 0, from = 0, other; i < n && !order->no_memory; i++) {
		if (i > 0 && places[i].hash != places[i - 1].hash)
			from = i;
		if (places[i].side != ALIGN_NEW || !is_left(order, ALIGN_NEW, places[i].at))
			continue;
		for (other = from; other < i; other++)
			if (places[other].side == ALIGN_OLD && is_left(order, ALIGN_OLD, places[other].at) &&
			    same(order, places[other].at, places[i].at))
				break;
		if (other < i)
			pair(order, places[other].at, places[i].at, CHANGE_MOVED);
	}
	free(places);
}

/* Rules at the same place that differ in what is counted alone: both lists between the same two that did not change. */
static void pair_counted(struct ordering *order)
{
	unsigned old = 0, new = 0;

	while (old < order->chain[0]->count && new < order->chain[1]->count) {
		const struct program_rule *a = &order->chain[0]->rules[old], *b = &order->chain[1]->rules[new];
		enum rule_change x = order->align->side[0].rules[a->serial].change, y = order->align->side[1].rules[b->serial].change;

		if (x == CHANGE_ONLY && y == CHANGE_ONLY && alignment_same_rule(order->align, a, b, true))
			pair(order, old++, new++, CHANGE_COUNTED);
		else if (x != CHANGE_NONE)
			old++;
		else if (y != CHANGE_NONE)
			new++;
		else {
			old++;
			new++;
		}
	}
}

bool alignment_rules(struct alignment *align, const struct program_chain *old, const struct program_chain *new)
{
	struct ordering order = { .align = align, .chain = { old, new } };

	for (unsigned s = 0; s < ALIGN_SIDES && !order.no_memory; s++) {
		order.hash[s] = calloc(order.chain[s]->count + 1, sizeof(*order.hash[s]));
		order.no_memory = order.hash[s] == NULL;
		for (unsigned i = 0; i < order.chain[s]->count && !order.no_memory; i++)
			order.hash[s][i] = alignment_hash(&align->side[s], &order.chain[s]->rules[i], false, true);
	}
	if (!order.no_memory)
		pair_part(&order, (struct part){ { 0, 0 }, { old->count, new->count } }, 0);
	if (!order.no_memory)
		pair_moved(&order);
	pair_counted(&order);
	free(order.hash[0]);
	free(order.hash[1]);
	return !order.no_memory;
}
