/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/blame.h"
#include "check/callgraph.h"
#include "check/checks.h"

/* NFT_JUMP_STACK_SIZE is 16 (include/net/netfilter/nf_tables.h): the 16th jump in a row is refused; legacy has no limit. */
#define DEPTH_MAX 15

static void report_loop(const struct ruleset *ruleset, const struct callgraph *graph, const struct callgraph_node *from,
			const struct callgraph_call *call, struct diag_log *log)
{
	struct where at = blame_jump(ruleset, call->rule);
	struct where origin = stream_origin_where(ruleset->stream, &ruleset->stream->lines.item[call->rule->line]);
	const char *to = graph->nodes.item[call->to].chain->name;

	if (from->hooks != 0)
		diag_add(log, DIAG_CHAIN_LOOP, &at, &origin,
			 "loop: %s leads back to %s, so the kernel rejects the table; remove one of the jumps",
			 from->chain->name, to);
	else
		diag_add(log, DIAG_CHAIN_LOOP_UNUSED, &at, &origin,
			 "loop: %s leads back to %s; the kernel will reject the table once anything jumps to it",
			 from->chain->name, to);
}

static void report_depth(const struct ruleset *ruleset, const struct callgraph_node *from,
			 const struct callgraph_call *call, struct diag_log *log)
{
	struct where at = blame_jump(ruleset, call->rule);
	struct where origin = stream_origin_where(ruleset->stream, &ruleset->stream->lines.item[call->rule->line]);

	diag_add(log, DIAG_JUMP_DEPTH, &at, &origin,
		 "jump nesting is %u deep: nf_tables allows %d, iptables-legacy allows more",
		 from->depth + 1, DEPTH_MAX);
}

static void check_table(const struct ruleset *ruleset, const struct callgraph *graph, struct diag_log *log)
{
	for (size_t i = 0; i < graph->nodes.len; i++) {
		const struct callgraph_node *from = &graph->nodes.item[i];

		for (size_t c = 0; c < from->count; c++) {
			const struct callgraph_call *call = &graph->calls.item[from->first + c];

			if (call->back)
				report_loop(ruleset, graph, from, call, log);
			else if (from->hooks != 0 && from->depth == DEPTH_MAX)
				report_depth(ruleset, from, call, log);
		}
	}
}

void check_chains(const struct ruleset *ruleset, struct diag_log *log)
{
	for (size_t t = 0; t < ruleset->tables.len; t++) {
		struct callgraph graph;

		if (callgraph_make(&graph, ruleset->tables.item[t]))
			check_table(ruleset, &graph, log);
		else
			diag_memory(log);
		callgraph_free(&graph);
	}
}
