/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The rules of a profile before they are printed: tables, chains and rules, each with the statement that made
 * it. Rules are printed in the order of their phase, and within a phase in the order in which they were added.
 * So the text goes chain by chain, although the builders go through the profile only once.
 */
#ifndef FW_PROFILE_OUTPUT_H
#define FW_PROFILE_OUTPUT_H

#include "base/arena.h"
#include "diag/diag.h"
#include "base/vec.h"
#include "addr/addr.h"
#include "text/family.h"

/*
 * In the order of printing. filter is first, so that a failure in a later table never leaves it without rules.
 */
enum out_table { TABLE_FILTER, TABLE_RAW, TABLE_NAT, TABLE_MANGLE, TABLE_COUNT };

/*
 * Where the rules of a table are printed. Only rules of one chain depend on this order: a rule of an earlier
 * phase comes first in its chain.
 */
enum phase {
	/* filter */
	PHASE_IN_FRAME,
	PHASE_IN,
	PHASE_FORWARD_FRAME,
	PHASE_FORWARD,
	PHASE_OUT_FRAME,
	PHASE_OUT,
	PHASE_DOCKER_FRAME,
	PHASE_DOCKER,
	PHASE_DENIED,
	/* raw, nat and mangle */
	PHASE_BLOCK,     /* raw PREROUTING: dropped before anything else */
	PHASE_ANTISPOOF, /* raw PREROUTING */
	PHASE_ARRIVAL,   /* PREROUTING, mangle INPUT, raw OUTPUT for helpers */
	PHASE_TRANSIT,   /* mangle FORWARD and POSTROUTING, raw and nat OUTPUT, nat POSTROUTING for hairpins, own chains */
	PHASE_DEPARTURE, /* nat POSTROUTING, mangle OUTPUT, the chain fw-blocked */
	/* In the rows of statements.def: the builder chooses, or makes no rule. */
	PHASE_BY_DIRECTION, /* IN, OUT, FORWARD or DOCKER, by `from` and `to` */
	PHASE_BY_CHAIN,
	PHASE_NONE,
	PHASE_COUNT
};

struct out_rule {
	enum family family;
	const char *chain;
	const char *text;           /* behind the chain */
	const struct where *origin; /* NULL: the frame */
};

struct out_chain {
	const char *name;
	const char *policy; /* "-" for a chain of our own */
};

/* `#@ expect`, with its statement. */
struct out_line {
	const char *text;
	const struct where *origin;
};

/* An ipset that fw-load makes. */
struct out_set {
	const char *name;
	enum family family;
	const struct addr_set *nets; /* borrowed: normal; only its members of this family; NULL: others fill it */
	const char *words;           /* of a set that others fill: its type and options; NULL: any */
	const struct where *origin;
};

struct output {
	struct arena *arena; /* borrowed */
	bool used[TABLE_COUNT];
	bool failed; /* memory ran out */
	struct {
		VEC(struct out_chain) chains;
		struct {
			VEC(struct out_rule) rules;
		} phase[PHASE_COUNT];
	} table[TABLE_COUNT];
	VEC(struct out_line) head, tail; /* directives before and behind the tables */
	VEC(struct out_set) sets;
};

const char *output_table_name(enum out_table table);

void output_begin(struct output *out, struct arena *arena);
void output_free(struct output *out);

/* Sets a built-in chain's policy. */
void output_policy(struct output *out, enum out_table table, const char *chain, const char *policy);

/* Declares a chain of our own, once. The name must outlive the output. */
void output_chain(struct output *out, enum out_table table, const char *name);

bool output_has_chain(const struct output *out, enum out_table table, const char *name);

/* Adds a rule; the text is copied, the chain and the origin must outlive the output. */
void output_rule(struct output *out, enum out_table table, enum phase phase, enum family family,
		 const char *chain, const struct where *origin, const char *text);

/* A directive before or behind the tables: "sysctl a=b". A second equal one is left out. */
void output_head(struct output *out, const char *text);
void output_tail(struct output *out, const struct where *origin, const char *text);

void output_set(struct output *out, const char *name, enum family family, const struct addr_set *nets,
		const struct where *origin);
void output_open_set(struct output *out, const char *name, enum family family, const char *words,
		     const struct where *origin);

/* The whole stream; of one family only: without the family marks. */
void output_print(const struct output *out, enum family family, struct strbuf *text);

/* "-4 -A INPUT ..." with its newline, or nothing where the rule is not of this family. */
void output_print_rule(const struct out_rule *rule, enum family family, struct strbuf *text);

#endif
