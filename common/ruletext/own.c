/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/own.h"
#include "base/textmap.h"

#include <errno.h>

/* The rules of a chain in base. left: how many of each have not been found in live yet. */
struct pool {
	struct textmap map;
	VEC(size_t) left;
};

static bool pool_make(struct pool *pool, const struct text_chain *chain)
{
	bool good = textmap_reserve(&pool->map, chain->rules.len);

	for (size_t i = 0; good && i < chain->rules.len; i++) {
		size_t number = textmap_add(&pool->map, &chain->rules.item[i].text);

		good = number != TEXTMAP_NONE && (number < pool->left.len || vec_push(&pool->left, 0));
		if (good)
			pool->left.item[number]++;
	}
	return good;
}

static bool pool_take(struct pool *pool, const struct piece *rule)
{
	size_t number = textmap_find(&pool->map, rule);

	if (number == TEXTMAP_NONE || pool->left.item[number] == 0)
		return false;
	pool->left.item[number]--;
	return true;
}

static int own_chain(const struct text_chain *base, const struct text_chain *live, struct text_chain *own,
		     struct foreign_count *left_out)
{
	struct pool pool = { .left = { 0 } };
	int err = pool_make(&pool, base) ? 0 : -ENOMEM;

	for (size_t i = 0; err == 0 && i < live->rules.len; i++) {
		if (!pool_take(&pool, &live->rules.item[i].text))
			left_out->rules++;
		else if (!vec_push(&own->rules, live->rules.item[i]))
			err = -ENOMEM;
	}
	textmap_free(&pool.map);
	vec_free(&pool.left);
	return err;
}

static int own_table(const struct text_table *base, const struct text_table *live, struct text_rules *rules, struct text_table *own,
		     struct foreign_count *left_out)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < live->chains.len; i++) {
		const struct text_chain *chain = &live->chains.item[i];
		const struct text_chain *known = base != NULL ? table_chain(base, chain->name) : NULL;
		struct text_chain *copy;

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

int own_rules(const struct text_rules *base, const struct text_rules *live, struct text_rules *own, struct foreign_count *left_out)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < live->tables.len; i++) {
		const struct text_table *table = &live->tables.item[i];
		const struct text_table *known = rules_table(base, table->name);
		struct text_table nowhere = { .name = NULL };
		struct text_table *copy = known != NULL ? rules_add_table(own, table->name) : &nowhere;

		err = copy == NULL ? -ENOMEM : own_table(known, table, own, copy, left_out);
	}
	return err;
}
