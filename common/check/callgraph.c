/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/callgraph.h"

#include <string.h>

/* From a chain to its node: sorted by address, for a search by halves. */
struct chain_place {
	const struct chain *chain;
	size_t node;
};

static int compare_places(const void *a, const void *b)
{
	const struct chain_place *x = a, *y = b;

	return x->chain < y->chain ? -1 : x->chain > y->chain;
}

static struct chain_place *sort_places(const struct table *table)
{
	struct chain_place *places = calloc(table->chains.len + 1, sizeof(*places));

	for (size_t i = 0; places != NULL && i < table->chains.len; i++)
		places[i] = (struct chain_place){ table->chains.item[i], i };
	if (places != NULL)
		qsort(places, table->chains.len, sizeof(*places), compare_places);
	return places;
}

static bool add_node(struct callgraph *graph, const struct table *table, const struct chain_place *places,
		     const struct chain *chain)
{
	struct callgraph_node node = { .chain = chain, .hooks = chain->hook, .first = graph->calls.len };

	for (size_t i = 0; i < chain->rules.len; i++) {
		const struct rule *rule = chain->rules.item[i];
		struct chain_place key = { .chain = rule->jump };
		const struct chain_place *to;

		if (rule->jump == NULL)
			continue;
		to = bsearch(&key, places, table->chains.len, sizeof(*places), compare_places);
		if (to == NULL)
			continue;
		if (!vec_push(&graph->calls, (struct callgraph_call){ .to = to->node, .rule = rule }))
			return false;
	}
	node.count = graph->calls.len - node.first;
	return vec_push(&graph->nodes, node);
}

/*
 * Depth first from every node, with a stack of its own. Marks the calls that close a loop; `order`
 * gets the nodes callees first.
 */
static void walk_from(struct callgraph *graph, size_t start, size_t *stack, size_t *next, char *state, size_t *order,
		      size_t *ordered)
{
	size_t depth = 0;

	if (state[start] != 0)
		return;
	stack[depth++] = start;
	state[start] = 1;
	while (depth > 0) {
		size_t at = stack[depth - 1];
		const struct callgraph_node *node = &graph->nodes.item[at];

		if (next[at] < node->count) {
			struct callgraph_call *call = &graph->calls.item[node->first + next[at]++];

			if (state[call->to] == 1) {
				call->back = true;
			} else if (state[call->to] == 0) {
				state[call->to] = 1;
				stack[depth++] = call->to;
			}
			continue;
		}
		state[at] = 2;
		order[(*ordered)++] = at;
		depth--;
	}
}

/* Marks all that can be reached from the built-in chain at `start`, each node once. */
static void spread(struct callgraph *graph, size_t start, size_t *stack)
{
	unsigned hook = graph->nodes.item[start].chain->hook;
	size_t depth = 0;

	stack[depth++] = start;
	while (depth > 0) {
		const struct callgraph_node *from = &graph->nodes.item[stack[--depth]];

		for (size_t c = 0; c < from->count; c++) {
			size_t to = graph->calls.item[from->first + c].to;

			if ((graph->nodes.item[to].hooks & hook) != 0)
				continue;
			graph->nodes.item[to].hooks |= hook;
			stack[depth++] = to;
		}
	}
}

/* Callers first, so that a node's depth is known before it goes on to those that it calls. */
static void measure_depth(struct callgraph *graph, const size_t *order)
{
	for (size_t i = graph->nodes.len; i-- > 0;) {
		const struct callgraph_node *from = &graph->nodes.item[order[i]];

		for (size_t c = 0; c < from->count; c++) {
			const struct callgraph_call *call = &graph->calls.item[from->first + c];
			struct callgraph_node *to = &graph->nodes.item[call->to];

			if (!call->back && from->hooks != 0 && from->depth + 1 > to->depth)
				to->depth = from->depth + 1;
		}
	}
}

static bool explore(struct callgraph *graph)
{
	size_t count = graph->nodes.len, ordered = 0;
	size_t *memory = calloc(count * 3 + 1, sizeof(*memory));
	char *state = calloc(count + 1, 1);
	bool good = memory != NULL && state != NULL;

	/* Built-in chains come first in a table: a loop is closed where a packet would close it. */
	for (size_t i = 0; good && i < count; i++)
		walk_from(graph, i, memory, memory + count, state, memory + 2 * count, &ordered);
	for (size_t i = 0; good && i < count; i++)
		if (graph->nodes.item[i].chain->hook != 0)
			spread(graph, i, memory);
	if (good)
		measure_depth(graph, memory + 2 * count);
	free(memory);
	free(state);
	return good;
}

bool callgraph_make(struct callgraph *graph, const struct table *table)
{
	struct chain_place *places = sort_places(table);
	bool good = places != NULL;

	memset(graph, 0, sizeof(*graph));
	for (size_t i = 0; good && i < table->chains.len; i++)
		good = add_node(graph, table, places, table->chains.item[i]);
	free(places);
	return good && explore(graph);
}

void callgraph_free(struct callgraph *graph)
{
	vec_free(&graph->nodes);
	vec_free(&graph->calls);
}
