/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/index.h"

#include <string.h>

#define LEAF_MAX 12

struct entry {
	const struct box *box;
	uint32_t rule;
};

struct entries {
	struct entry *item;
	size_t len, cap;
};

struct index {
	struct entries entries; /* of a leaf, ascending by rule; a node keeps none */
	uint32_t first, last;   /* rules within */
	enum field field;       /* that the nodes are over; FIELD_COUNT: a leaf */
	uint32_t *starts;       /* owned: where the node's own numbering begins anew */
	uint32_t size;          /* of starts */
	struct index **nodes;   /* owned, 2 * size: a segment tree, the leaves from size on; NULL: nothing there */
};

static struct index *build(struct entries *entries, unsigned used);

void index_free(struct index *index)
{
	if (index == NULL)
		return;
	for (uint32_t i = 0; index->nodes != NULL && i < 2 * index->size; i++)
		index_free(index->nodes[i]);
	free(index->nodes);
	free(index->starts);
	vec_free(&index->entries);
	free(index);
}

static int compare_starts(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* How many entries do not cut the field: the fewer, the better it tells them apart. */
static size_t count_wide(const struct entries *entries, unsigned field)
{
	uint32_t lo = UINT32_MAX, hi = 0;
	size_t wide = 0;

	for (size_t i = 0; i < entries->len; i++) {
		const struct span *dim = &entries->item[i].box->dim[field];

		lo = dim->lo < lo ? dim->lo : lo;
		hi = dim->hi > hi ? dim->hi : hi;
	}
	for (size_t i = 0; i < entries->len; i++) {
		const struct span *dim = &entries->item[i].box->dim[field];

		wide += dim->hi - dim->lo >= (hi - lo) / 2;
	}
	return wide;
}

static enum field choose_field(const struct entries *entries, unsigned used)
{
	enum field best = FIELD_COUNT;
	size_t fewest = entries->len - entries->len / 8;

	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		size_t wide = (used & 1U << f) == 0 ? count_wide(entries, f) : SIZE_MAX;

		if (wide < fewest) {
			fewest = wide;
			best = (enum field)f;
		}
	}
	return best;
}

static bool number_starts(struct index *index, const struct entries *entries)
{
	size_t kept = 0, n = 0;

	index->starts = malloc((2 * entries->len + 1) * sizeof(*index->starts));
	if (index->starts == NULL)
		return false;
	index->starts[n++] = 0;
	for (size_t i = 0; i < entries->len; i++) {
		index->starts[n++] = entries->item[i].box->dim[index->field].lo;
		index->starts[n++] = entries->item[i].box->dim[index->field].hi + 1;
	}
	qsort(index->starts, n, sizeof(*index->starts), compare_starts);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || index->starts[i] != index->starts[kept - 1])
			index->starts[kept++] = index->starts[i];
	index->size = (uint32_t)kept;
	return true;
}

static uint32_t local_number(const struct index *index, uint32_t number)
{
	uint32_t lo = 0, hi = index->size;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (index->starts[mid] <= number)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* The nodes that together are the entry's span, as a segment tree has it. */
static bool spread(const struct index *index, struct entries lists[], const struct entry *entry)
{
	uint32_t lo = local_number(index, entry->box->dim[index->field].lo) + index->size;
	uint32_t hi = local_number(index, entry->box->dim[index->field].hi) + index->size + 1;

	for (; lo < hi; lo /= 2, hi /= 2) {
		struct entries *left = &lists[lo], *right = &lists[hi - 1];

		if (lo % 2 == 1 && !vec_push(left, *entry))
			return false;
		if (hi % 2 == 1 && !vec_push(right, *entry))
			return false;
		lo += lo % 2;
		hi -= hi % 2;
	}
	return true;
}

static bool split(struct index *index, struct entries *entries, unsigned used)
{
	struct entries *lists;
	bool good = number_starts(index, entries);

	if (!good)
		return false;
	index->nodes = calloc(2 * (size_t)index->size, sizeof(struct index *));
	lists = calloc(2 * (size_t)index->size, sizeof(*lists));
	good = index->nodes != NULL && lists != NULL;
	for (size_t i = 0; i < entries->len && good; i++)
		good = spread(index, lists, &entries->item[i]);
	vec_free(entries);
	for (uint32_t i = 0; lists != NULL && i < 2 * index->size; i++) {
		if (good && lists[i].len > 0) {
			index->nodes[i] = build(&lists[i], used | 1U << index->field);
			good = index->nodes[i] != NULL;
		}
		vec_free(&lists[i]);
	}
	free(lists);
	return good;
}

/* Takes the entries' memory. */
static struct index *build(struct entries *entries, unsigned used)
{
	struct index *index = calloc(1, sizeof(*index));

	if (index == NULL)
		return NULL;
	index->field = entries->len > LEAF_MAX ? choose_field(entries, used) : FIELD_COUNT;
	index->first = entries->len > 0 ? entries->item[0].rule : INDEX_NONE;
	index->last = entries->len > 0 ? entries->item[entries->len - 1].rule : 0;
	if (index->field == FIELD_COUNT) {
		index->entries = *entries;
		memset(entries, 0, sizeof(*entries));
		return index;
	}
	if (split(index, entries, used))
		return index;
	index_free(index);
	return NULL;
}

struct index *index_new(const struct box *boxes, const struct program_rule *rules, unsigned count,
			bool (*wanted)(const struct program_rule *rule))
{
	struct entries entries = { 0 };
	struct index *index = NULL;
	bool good = true;

	for (unsigned r = 0; r < count && good; r++)
		for (unsigned b = 0; b < rules[r].box_count && good && (wanted == NULL || wanted(&rules[r])); b++)
			good = vec_push(&entries, (struct entry){ &boxes[rules[r].first_box + b], r });
	if (good)
		index = build(&entries, 0);
	vec_free(&entries);
	return index;
}

/* The first at or behind `from` among ascending entries. */
static size_t seek(const struct entries *entries, uint32_t from)
{
	size_t lo = 0, hi = entries->len;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (entries->item[mid].rule < from)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static uint32_t search(const struct index *index, const uint32_t *point, uint32_t from, uint32_t best)
{
	if (index == NULL || index->last < from || index->first >= best)
		return best;
	if (index->field == FIELD_COUNT) {
		size_t at = from > index->first ? seek(&index->entries, from) : 0;

		for (; at < index->entries.len && index->entries.item[at].rule < best; at++)
			if (box_has_point(index->entries.item[at].box, point))
				return index->entries.item[at].rule;
		return best;
	}
	for (uint32_t node = local_number(index, point[index->field]) + index->size; node > 0; node /= 2)
		best = search(index->nodes[node], point, from, best);
	return best;
}

uint32_t index_next(const struct index *index, const uint32_t point[static FIELD_COUNT], uint32_t from)
{
	return search(index, point, from, INDEX_NONE);
}

static bool chain_is_ready(struct program *program, struct program_chain *chain)
{
	if (chain->index == NULL)
		chain->index = index_new(program->boxes.item, chain->rules, chain->count, NULL);
	program->no_memory |= chain->index == NULL;
	return chain->index != NULL;
}

uint32_t chain_next(struct program *program, struct program_chain *chain, const uint32_t point[static FIELD_COUNT], uint32_t from)
{
	return chain_is_ready(program, chain) ? index_next(chain->index, point, from) : INDEX_NONE;
}

static bool shares_points(const struct box *a, const struct box *b)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (a->dim[f].lo > b->dim[f].hi || a->dim[f].hi < b->dim[f].lo)
			return false;
	return true;
}

/* A node covers a part of the span if it is above one of its leaves: at each height these are neighbours. */
static bool collect(const struct index *index, const struct box *box, uint32_t before, struct rule_list *out)
{
	uint32_t lo, hi;

	if (index == NULL || index->first >= before)
		return true;
	if (index->field == FIELD_COUNT) {
		for (size_t i = 0; i < index->entries.len && index->entries.item[i].rule < before; i++)
			if (shares_points(index->entries.item[i].box, box) && !vec_push(out, index->entries.item[i].rule))
				return false;
		return true;
	}
	lo = local_number(index, box->dim[index->field].lo) + index->size;
	hi = local_number(index, box->dim[index->field].hi) + index->size;
	for (; hi > 0; lo /= 2, hi /= 2)
		for (uint32_t node = lo > 0 ? lo : 1; node <= hi; node++)
			if (!collect(index->nodes[node], box, before, out))
				return false;
	return true;
}

bool chain_meets(struct program *program, struct program_chain *chain, const struct box *box, uint32_t before,
		 struct rule_list *out)
{
	size_t kept = 0;

	out->len = 0;
	if (!chain_is_ready(program, chain) || !collect(chain->index, box, before, out))
		return false;
	if (out->len > 1)
		qsort(out->item, out->len, sizeof(*out->item), compare_starts);
	for (size_t i = 0; i < out->len; i++)
		if (kept == 0 || out->item[i] != out->item[kept - 1])
			out->item[kept++] = out->item[i];
	out->len = kept;
	return true;
}
