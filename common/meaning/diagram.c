/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/diagram.h"

#include <string.h>

#define LEAF_VAR   UINT32_MAX
#define CACHE_BITS 18
/* The cache grows with the nodes up to this: 64 MB. */
#define CACHE_BITS_MAX 22

enum operation { OP_AND, OP_OR, OP_MINUS, OP_OVER };

struct node {
	uint32_t var; /* from the top; LEAF_VAR: a leaf */
	diagram no, yes;
	uint32_t next; /* in its bucket */
};

struct cached {
	uint32_t a, b, op, result;
};

struct diagrams {
	const struct space *space;
	VEC(struct node) nodes;
	uint32_t *buckets;
	size_t bucket_count; /* a power of two */
	size_t limit;
	struct cached *cache;
	uint32_t cache_mask;
	uint32_t first_var[FIELD_COUNT + 1]; /* of each field's bits; the last: of the booleans */
	bool lost;
};

/* How many bits the numbers below count need. */
static uint32_t bits_for(uint32_t count)
{
	return count <= 1 ? 0 : 32 - (uint32_t)__builtin_clz(count - 1);
}

static bool prepare(struct diagrams *all)
{
	struct node leaf = { .var = LEAF_VAR };

	all->bucket_count = 1 << 16;
	all->buckets = calloc(all->bucket_count, sizeof(*all->buckets));
	all->cache = calloc((size_t)1 << CACHE_BITS, sizeof(*all->cache));
	all->cache_mask = (1U << CACHE_BITS) - 1;
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		all->first_var[f + 1] = all->first_var[f] + bits_for(all->space->field[f].count);
	return all->buckets != NULL && all->cache != NULL && vec_push(&all->nodes, leaf) && vec_push(&all->nodes, leaf);
}

struct diagrams *diagrams_new(const struct space *space, size_t limit)
{
	struct diagrams *all = calloc(1, sizeof(*all));

	if (all == NULL)
		return NULL;
	all->space = space;
	all->limit = limit;
	if (prepare(all))
		return all;
	diagrams_free(all);
	return NULL;
}

void diagrams_free(struct diagrams *all)
{
	if (all == NULL)
		return;
	vec_free(&all->nodes);
	free(all->buckets);
	free(all->cache);
	free(all);
}

bool diagrams_lost(const struct diagrams *all)
{
	return all->lost;
}

static uint32_t mix(uint32_t a, uint32_t b, uint32_t c)
{
	uint64_t hash = (uint64_t)a * 0x9e3779b97f4a7c15u ^ (uint64_t)b * 0xc2b2ae3d27d4eb4fu ^ (uint64_t)c * 0x165667b19e3779f9u;

	return (uint32_t)(hash ^ hash >> 29);
}

/* A larger cache, empty at first. Without memory for it, the old one serves. */
static void grow_cache(struct diagrams *all)
{
	size_t count = ((size_t)all->cache_mask + 1) * 4;
	struct cached *cache = count <= (size_t)1 << CACHE_BITS_MAX ? calloc(count, sizeof(*cache)) : NULL;

	if (cache == NULL)
		return;
	free(all->cache);
	all->cache = cache;
	all->cache_mask = (uint32_t)count - 1;
}

static bool grow(struct diagrams *all)
{
	size_t count = all->bucket_count * 4;
	uint32_t *buckets = calloc(count, sizeof(*buckets));

	if (buckets == NULL)
		return false;
	for (uint32_t i = 2; i < all->nodes.len; i++) {
		struct node *node = &all->nodes.item[i];
		uint32_t *head = &buckets[mix(node->var, node->no, node->yes) & (count - 1)];

		node->next = *head;
		*head = i;
	}
	free(all->buckets);
	all->buckets = buckets;
	all->bucket_count = count;
	grow_cache(all);
	return true;
}

static diagram lose(struct diagrams *all)
{
	all->lost = true;
	return DIAGRAM_EMPTY;
}

static diagram make(struct diagrams *all, uint32_t var, diagram no, diagram yes)
{
	uint32_t *head = &all->buckets[mix(var, no, yes) & (all->bucket_count - 1)];

	if (no == yes)
		return no;
	for (uint32_t i = *head; i != 0; i = all->nodes.item[i].next)
		if (all->nodes.item[i].var == var && all->nodes.item[i].no == no && all->nodes.item[i].yes == yes)
			return i;
	if (all->nodes.len >= all->limit || !vec_push(&all->nodes, (struct node){ var, no, yes, *head }))
		return lose(all);
	*head = (uint32_t)all->nodes.len - 1;
	if (all->nodes.len > all->bucket_count * 2 && !grow(all))
		return lose(all);
	return (diagram)all->nodes.len - 1;
}

/* --- a span of one field, `inside` below it ----------------------------------------------------------- */

/* Bits from the top: those above `bit` are as in lo (low: they equal lo's) and in hi. */
static diagram span(struct diagrams *all, uint32_t var, uint32_t bit, const struct span *at, bool low, bool high,
		    diagram inside)
{
	uint32_t lo, hi;
	diagram no = DIAGRAM_EMPTY, yes = DIAGRAM_EMPTY;

	if ((!low && !high) || bit == 0)
		return inside;
	lo = low ? at->lo >> (bit - 1) & 1 : 0;
	hi = high ? at->hi >> (bit - 1) & 1 : 1;
	if (lo == 0)
		no = span(all, var + 1, bit - 1, at, low, high && hi == 0, inside);
	if (hi == 1)
		yes = span(all, var + 1, bit - 1, at, low && lo == 1, high, inside);
	return make(all, var, no, yes);
}

diagram diagram_box(struct diagrams *all, const struct box *box)
{
	diagram set = DIAGRAM_FULL;

	for (uint32_t i = box->literal_count; i-- > 0;) {
		uint32_t var = all->first_var[FIELD_COUNT] + (uint32_t)abs(box->literal[i]);

		set = box->literal[i] > 0 ? make(all, var, DIAGRAM_EMPTY, set) : make(all, var, set, DIAGRAM_EMPTY);
	}
	for (unsigned f = FIELD_COUNT; f-- > 0;) {
		uint32_t count = all->space->field[f].count;

		if (box->dim[f].lo == 0 && box->dim[f].hi + 1 == count)
			continue; /* numbers behind the last do not occur: that they are in does no harm */
		set = span(all, all->first_var[f], bits_for(count), &box->dim[f], true, true, set);
	}
	return set;
}

/* --- operations ------------------------------------------------------------------------------------- */

/* True: *result is known at once. */
static bool trivial(enum operation op, diagram a, diagram b, diagram *result)
{
	switch (op) {
	case OP_AND:
		*result = a == DIAGRAM_FULL ? b : b == DIAGRAM_FULL || a == b ? a : DIAGRAM_EMPTY;
		return a <= 1 || b <= 1 || a == b;
	case OP_OR:
		*result = a == DIAGRAM_EMPTY ? b : b == DIAGRAM_EMPTY || a == b ? a : DIAGRAM_FULL;
		return a <= 1 || b <= 1 || a == b;
	default:
		*result = b == DIAGRAM_EMPTY ? a : DIAGRAM_EMPTY;
		return a == DIAGRAM_EMPTY || b <= 1 || a == b;
	}
}

/* The cache may have moved since it was asked. */
static void remember(struct diagrams *all, struct cached cached)
{
	if (!all->lost)
		all->cache[mix(cached.a, cached.b, cached.op - 1) & all->cache_mask] = cached;
}

static diagram apply(struct diagrams *all, enum operation op, diagram a, diagram b)
{
	const struct cached *cached;
	struct node x, y;
	uint32_t var;
	diagram result, no, yes;

	if (trivial(op, a, b, &result) || all->lost)
		return result;
	if (op != OP_MINUS && a > b)
		return apply(all, op, b, a);
	cached = &all->cache[mix(a, b, op) & all->cache_mask];
	if (cached->a == a && cached->b == b && cached->op == op + 1U)
		return cached->result;
	x = all->nodes.item[a];
	y = all->nodes.item[b];
	var = x.var < y.var ? x.var : y.var;
	no = apply(all, op, x.var == var ? x.no : a, y.var == var ? y.no : b);
	yes = apply(all, op, x.var == var ? x.yes : a, y.var == var ? y.yes : b);
	result = make(all, var, no, yes);
	remember(all, (struct cached){ a, b, op + 1U, result });
	return result;
}

diagram diagram_and(struct diagrams *all, diagram a, diagram b)
{
	return apply(all, OP_AND, a, b);
}

diagram diagram_or(struct diagrams *all, diagram a, diagram b)
{
	return apply(all, OP_OR, a, b);
}

diagram diagram_minus(struct diagrams *all, diagram a, diagram b)
{
	return apply(all, OP_MINUS, a, b);
}

static bool is_kept(const struct diagrams *all, uint32_t var, unsigned fields)
{
	unsigned f = 0;

	while (f < FIELD_COUNT && var >= all->first_var[f + 1])
		f++;
	return f < FIELD_COUNT && (fields & 1U << f) != 0;
}

diagram diagram_over(struct diagrams *all, diagram set, unsigned fields)
{
	const struct cached *cached = &all->cache[mix(set, fields, OP_OVER) & all->cache_mask];
	struct node node;
	diagram no, yes, result;

	if (set <= DIAGRAM_FULL || all->lost)
		return set;
	if (cached->a == set && cached->b == fields && cached->op == OP_OVER + 1U)
		return cached->result;
	node = all->nodes.item[set];
	no = diagram_over(all, node.no, fields);
	yes = diagram_over(all, node.yes, fields);
	result = is_kept(all, node.var, fields) ? make(all, node.var, no, yes) : diagram_or(all, no, yes);
	remember(all, (struct cached){ set, fields, OP_OVER + 1U, result });
	return result;
}

/* --- a part of it ---------------------------------------------------------------------------------- */

diagram diagram_valid(struct diagrams *all)
{
	diagram set = DIAGRAM_FULL;

	for (unsigned f = FIELD_COUNT; f-- > 0;) {
		uint32_t count = all->space->field[f].count;
		struct span whole = { 0, count > 0 ? count - 1 : 0 };

		set = span(all, all->first_var[f], bits_for(count), &whole, true, true, set);
	}
	return set;
}

/* The bit that is wanted where both ways are open, else the one that is. */
static uint32_t choose(const struct node *node, uint32_t wanted)
{
	if (node->no == DIAGRAM_EMPTY)
		return 1;
	return node->yes == DIAGRAM_EMPTY ? 0 : wanted;
}

struct box diagram_some(const struct diagrams *all, diagram set, const uint32_t wanted[static FIELD_COUNT])
{
	struct box box = { .literal_count = 0 };

	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		uint32_t bits = all->first_var[f + 1] - all->first_var[f], number = 0;

		for (uint32_t bit = bits; bit-- > 0;) {
			const struct node *node = &all->nodes.item[set];
			bool here = node->var == all->first_var[f + 1] - 1 - bit;
			uint32_t value = wanted[f] >> bit & 1;

			if (here) {
				value = choose(node, value);
				set = value == 0 ? node->no : node->yes;
			}
			number |= value << bit;
		}
		box.dim[f] = (struct span){ number, number };
	}
	while (set > DIAGRAM_FULL) {
		const struct node *node = &all->nodes.item[set];
		int32_t literal = (int32_t)(node->var - all->first_var[FIELD_COUNT]);
		bool full = false;

		(void)box_require(&box, node->no != DIAGRAM_EMPTY ? -literal : literal, &full);
		set = node->no != DIAGRAM_EMPTY ? node->no : node->yes;
	}
	return box;
}

diagram diagram_at(const struct diagrams *all, diagram set, const uint32_t point[static FIELD_COUNT])
{
	unsigned f = 0;

	while (set > DIAGRAM_FULL && all->nodes.item[set].var < all->first_var[FIELD_COUNT]) {
		const struct node *node = &all->nodes.item[set];

		while (node->var >= all->first_var[f + 1])
			f++;
		set = point[f] >> (all->first_var[f + 1] - 1 - node->var) & 1 ? node->yes : node->no;
	}
	return set;
}

int32_t diagram_literal(const struct diagrams *all, diagram *set)
{
	const struct node *node = &all->nodes.item[*set];
	int32_t literal = (int32_t)(node->var - all->first_var[FIELD_COUNT]);

	*set = node->no != DIAGRAM_EMPTY ? node->no : node->yes;
	return node->no != DIAGRAM_EMPTY ? -literal : literal;
}

bool diagram_has_number(const struct diagrams *all, diagram set, enum field field, uint32_t number)
{
	uint32_t point[FIELD_COUNT] = { 0 };

	point[field] = number;
	return diagram_at(all, set, point) != DIAGRAM_EMPTY;
}
