/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The way of one packet through the tables, as the kernel would send it: raw, mangle, nat, filter
 * and security in the order of each hook, rewriting and marks followed. A match whose answer cannot
 * be known from the packet is taken as not matching, and the way that it would open is told apart.
 */
#ifndef FW_MEANING_TRACE_H
#define FW_MEANING_TRACE_H

#include "meaning/packet.h"
#include "meaning/program.h"

enum outcome {
	OUTCOME_NONE,
	OUTCOME_ACCEPT,
	OUTCOME_DROP,
	OUTCOME_REJECT, /* dropped, and the sender is told */
	OUTCOME_QUEUE,
	OUTCOME_LOOP, /* chains that call each other, or each other so often that no end can be waited for */
	OUTCOME_COUNT
};

enum step_kind {
	STEP_CHAIN,   /* a built-in chain begins */
	STEP_MISS,    /* the rule does not match, because of cond */
	STEP_MATCH,
	STEP_UNKNOWN, /* it may match: cond cannot be known */
	STEP_RETURN,  /* the end of a user chain */
	STEP_POLICY,
	STEP_REWRITE, /* the packet is another one now */
	STEP_NO_NAT,  /* nat is not asked: not the first packet of a connection */
};

struct trace_step {
	enum step_kind kind;
	const struct program_chain *chain;
	const struct program_rule *rule;
	const struct cond *cond;
	const struct packet *packet;
	unsigned depth; /* of chains, and of branches that may be taken */
};

struct trace_result {
	enum outcome outcome;
	const struct program_rule *rule; /* that decided; NULL: the chain's policy, or nothing */
	const struct program_chain *chain; /* NULL: no table had anything to say */
	const struct program_rule *unless; /* the first rule of unknown answer that could decide otherwise; NULL: none */
};

/* Can the answer be known, and is it yes? */
enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

/* Branches of branches that are followed for a packet, each into another chain. */
#define TRACE_BRANCHES 32

/*
 * assume: what to take for the answer of a rule where it cannot be known; NULL: it stays unknown. translate: does what
 * NAT does at this hook with a packet of a connection that is translated already; NULL: nothing.
 */
struct tracer {
	const struct program *program;
	void (*step)(void *ctx, const struct trace_step *step); /* NULL: only the result is wanted, by the index */
	enum answer (*assume)(void *ctx, const struct program_rule *rule, const struct packet *packet, enum hook hook);
	void (*translate)(void *ctx, struct packet *packet, enum hook hook);
	void *ctx; /* of all three */
	unsigned long long *hits; /* by the rules' serial; NULL: not counted */
	/* within one packet */
	struct trace_result result;
	const struct program_rule *could[OUTCOME_COUNT]; /* the first of unknown answer that would lead to this; NONE: to another way */
	uint32_t point[FIELD_COUNT];
	enum hook hook;
	unsigned long steps;
	bool indexed;
	bool branch; /* the way that an unknown would open: nothing counts */
	const struct program_chain *branched[TRACE_BRANCHES]; /* chains that were followed in a branch of a branch */
	unsigned branch_count;
};

/* Follows the packet, which is afterwards as it left. */
struct trace_result trace_packet(struct tracer *tracer, struct packet *packet);

/* The answer at this hook. cond: the first condition that fails, or else that is unknown. */
enum answer cond_answer(const struct cond *cond, const struct packet *packet, enum hook hook);
enum answer rule_answer(const struct program_rule *rule, const struct packet *packet, enum hook hook, const struct cond **cond);

#endif
