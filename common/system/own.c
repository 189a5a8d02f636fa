/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "system/own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int rule_order(const void *left, const void *right)
{
	const struct piece *a = left, *b = right;
	int order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);

	return order != 0 ? order : a->len < b->len ? -1 : a->len > b->len;
}

/* Base's rules of a chain, sorted; of equal ones each can be found once. */
struct pool {
	VEC(struct piece) sorted;
	VEC(size_t) found; /* at the first of equal ones: how many of them were found */
};

static bool pool_make(struct pool *pool, const struct chain *chain)
{
	for (size_t i = 0; i < chain->rules.len; i++)
		if (!vec_push(&pool->sorted, chain->rules.item[i].text) || !vec_push(&pool->found, 0))
			return false;
	if (pool->sorted.len > 1)
		qsort(pool->sorted.item, pool->sorted.len, sizeof(*pool->sorted.item), rule_order);
	return true;
}

static bool pool_take(struct pool *pool, const struct piece *rule)
{
	size_t low = 0, high = pool->sorted.len, at;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rule_order(&pool->sorted.item[middle], rule) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == pool->sorted.len)
		return false;
	at = low + pool->found.item[low];
	if (at >= pool->sorted.len || !piece_equal(&pool->sorted.item[at], rule))
		return false;
	pool->found.item[low]++;
	return true;
}

static int own_chain(const struct chain *base, const struct chain *live, struct chain *own,
		     struct foreign_count *left_out)
{
	struct pool pool = { .sorted = { 0 } };
	int err = pool_make(&pool, base) ? 0 : -ENOMEM;

	for (size_t i = 0; err == 0 && i < live->rules.len; i++) {
		if (!pool_take(&pool, &live->rules.item[i].text))
			left_out->rules++;
		else if (!vec_push(&own->rules, live->rules.item[i]))
			err = -ENOMEM;
	}
	vec_free(&pool.sorted);
	vec_free(&pool.found);
	return err;
}

static int own_table(const struct table *base, const struct table *live, struct rules *rules, struct table *own,
		     struct foreign_count *left_out)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < live->chains.len; i++) {
		const struct chain *chain = &live->chains.item[i];
		const struct chain *known = base != NULL ? table_chain(base, chain->name) : NULL;
		struct chain *copy;

		if (known == NULL) {
			left_out->chains += chain->policy == NULL;
			left_out->rules += chain->rules.len;
			continue;
		}
		copy = rules_add_chain(rules, own, chain->name, chain->policy);
		if (copy == NULL)
			return -ENOMEM;
		copy->counters = chain->counters;
		err = own_chain(known, chain, copy, left_out);
	}
	return err;
}

int own_rules(const struct rules *base, const struct rules *live, struct rules *own, struct foreign_count *left_out)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < live->tables.len; i++) {
		const struct table *table = &live->tables.item[i];
		const struct table *known = rules_table(base, table->name);
		struct table nowhere = { .name = NULL };
		struct table *copy = known != NULL ? rules_add_table(own, table->name) : &nowhere;

		err = copy == NULL ? -ENOMEM : own_table(known, table, own, copy, left_out);
	}
	return err;
}
