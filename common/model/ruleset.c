/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/ruleset.h"
#include "base/hash.h"
#include "model/builtin.h"

#include <string.h>

struct ruleset *ruleset_new(enum family family, const struct stream *stream)
{
	struct ruleset *ruleset = calloc(1, sizeof(*ruleset));

	if (ruleset != NULL) {
		ruleset->family = family;
		ruleset->stream = stream;
	}
	return ruleset;
}

void ruleset_free(struct ruleset *ruleset)
{
	if (ruleset == NULL)
		return;
	for (size_t t = 0; t < ruleset->tables.len; t++) {
		struct table *table = ruleset->tables.item[t];

		for (size_t c = 0; c < table->chains.len; c++)
			vec_free(&table->chains.item[c]->rules);
		vec_free(&table->chains);
		free(table->index);
	}
	vec_free(&ruleset->tables);
	arena_free(&ruleset->arena);
	free(ruleset);
}

static struct chain **index_slot(struct chain **index, size_t size, const char *name)
{
	size_t at = hash32_add(HASH32_START, name, strlen(name)) & (size - 1);

	while (index[at] != NULL && strcmp(index[at]->name, name) != 0)
		at = (at + 1) & (size - 1);
	return &index[at];
}

/* Keeps the index at most half full; its size is a power of two. */
static bool index_grow(struct table *table)
{
	size_t size = table->index_size == 0 ? 16 : table->index_size * 2;
	struct chain **index;

	if (table->index_size >= 2 * (table->chains.len + 1))
		return true;
	index = calloc(size, sizeof(struct chain *));
	if (index == NULL)
		return false;
	for (size_t i = 0; i < table->chains.len; i++)
		*index_slot(index, size, table->chains.item[i]->name) = table->chains.item[i];
	free(table->index);
	table->index = index;
	table->index_size = size;
	return true;
}

struct chain *table_add_chain(struct ruleset *ruleset, struct table *table, const char *name, unsigned line)
{
	struct chain *chain = arena_alloc(&ruleset->arena, sizeof(*chain));

	if (chain == NULL || !index_grow(table))
		return NULL;
	chain->name = arena_text(&ruleset->arena, name, strlen(name));
	chain->line = line;
	if (chain->name == NULL || !vec_push(&table->chains, chain))
		return NULL;
	*index_slot(table->index, table->index_size, name) = chain;
	return chain;
}

struct chain *table_find_chain(const struct table *table, const char *name)
{
	return table->index_size == 0 ? NULL : *index_slot(table->index, table->index_size, name);
}

/* The index anew, for chains that went or changed their names; its size stays. */
static void index_fill(struct table *table)
{
	memset(table->index, 0, table->index_size * sizeof(struct chain *));
	for (size_t i = 0; i < table->chains.len; i++)
		*index_slot(table->index, table->index_size, table->chains.item[i]->name) = table->chains.item[i];
}

bool table_rename_chain(struct ruleset *ruleset, struct table *table, struct chain *chain, const char *name)
{
	const char *copy = arena_text(&ruleset->arena, name, strlen(name));

	if (copy == NULL)
		return false;
	chain->name = copy;
	index_fill(table);
	return true;
}

void table_remove_chains(struct table *table, const struct chain *only)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->chains.len; i++) {
		struct chain *chain = table->chains.item[i];

		if (only != NULL ? chain == only : chain->hook == 0)
			vec_free(&chain->rules);
		else
			table->chains.item[kept++] = chain;
	}
	table->chains.len = kept;
	index_fill(table);
}

bool extension_equal(const struct extension *a, const struct extension *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a->kind->real_name, b->kind->real_name) == 0 && a->kind->revision == b->kind->revision &&
	       a->size == b->size && memcmp(a->data, b->data, a->kind->compared) == 0;
}

/* "+" is any interface, as none is. */
static bool same_interface(const char *a, const char *b)
{
	return strcmp(strcmp(a, "+") == 0 ? "" : a, strcmp(b, "+") == 0 ? "" : b) == 0;
}

/* By name: the two may be of two rulesets. */
static bool same_chain(const struct chain *a, const struct chain *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a->name, b->name) == 0);
}

bool rule_same(const struct rule *a, const struct rule *b)
{
	const struct extension *x = a->matches, *y = b->matches;

	if (a->unread || b->unread)
		return false;
	if (a->proto != b->proto || a->invert != b->invert || a->fragment != b->fragment || a->is_goto != b->is_goto ||
	    !same_interface(a->in, b->in) || !same_interface(a->out, b->out) || memcmp(&a->src, &b->src, sizeof(a->src)) != 0 ||
	    memcmp(&a->dst, &b->dst, sizeof(a->dst)) != 0 || !same_chain(a->jump, b->jump) || !extension_equal(a->target, b->target))
		return false;
	if (a->verdict != b->verdict && (a->verdict == NULL || b->verdict == NULL || strcmp(a->verdict, b->verdict) != 0))
		return false;
	while (x != NULL && extension_equal(x, y)) {
		x = x->next;
		y = y->next;
	}
	return x == NULL && y == NULL;
}

static bool add_builtins(struct ruleset *ruleset, struct table *table)
{
	unsigned hooks = table_hooks(table->name);

	for (unsigned i = 0; i < HOOK_COUNT; i++) {
		struct chain *chain;

		if ((hooks & 1U << i) == 0)
			continue;
		chain = table_add_chain(ruleset, table, hook_name(i), table->line);
		if (chain == NULL)
			return false;
		chain->hook = 1U << i;
	}
	return true;
}

struct table *ruleset_add_table(struct ruleset *ruleset, const char *name, unsigned line)
{
	struct table *table = arena_alloc(&ruleset->arena, sizeof(*table));

	if (table == NULL)
		return NULL;
	table->line = line;
	table->name = arena_text(&ruleset->arena, name, strlen(name));
	if (table->name == NULL || !vec_push(&ruleset->tables, table))
		return NULL;
	return add_builtins(ruleset, table) ? table : NULL;
}

struct table *ruleset_find_table(const struct ruleset *ruleset, const char *name)
{
	for (size_t i = 0; i < ruleset->tables.len; i++)
		if (strcmp(ruleset->tables.item[i]->name, name) == 0)
			return ruleset->tables.item[i];
	return NULL;
}

size_t ruleset_count(const struct ruleset *ruleset)
{
	size_t count = 0;

	for (size_t t = 0; t < ruleset->tables.len; t++)
		for (size_t c = 0; c < ruleset->tables.item[t]->chains.len; c++)
			count += ruleset->tables.item[t]->chains.item[c]->rules.len;
	return count;
}

bool ruleset_list(const struct ruleset *ruleset, rule_list *list)
{
	if (!vec_reserve(list, list->len + ruleset_count(ruleset)))
		return false;
	for (size_t t = 0; t < ruleset->tables.len; t++) {
		const struct table *table = ruleset->tables.item[t];

		for (size_t c = 0; c < table->chains.len; c++)
			for (size_t i = 0; i < table->chains.item[c]->rules.len; i++)
				list->item[list->len++] = table->chains.item[c]->rules.item[i];
	}
	return true;
}
