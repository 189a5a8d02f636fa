/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Which chain of a table leads to which, and from which hooks packets may come. Never recursive: a
 * table may have 100,000 chains.
 */
#ifndef FW_CHECK_CALLGRAPH_H
#define FW_CHECK_CALLGRAPH_H

#include "model/ruleset.h"

struct callgraph_node {
	const struct chain *chain;
	unsigned hooks; /* of enum hook: those from which it can be reached, whatever its callers match */
	unsigned depth; /* the most jumps from a built-in chain; where there are loops, those left out */
	size_t first, count; /* of its calls */
};

struct callgraph_call {
	size_t to; /* node */
	const struct rule *rule;
	bool back; /* closes a loop */
};

struct callgraph {
	VEC(struct callgraph_node) nodes; /* in the order of the table's chains */
	VEC(struct callgraph_call) calls;
};

/* The graph of one table. False when memory ran out; callgraph_free in either case. */
must_check bool callgraph_make(struct callgraph *graph, const struct table *table);
void callgraph_free(struct callgraph *graph);

#endif
