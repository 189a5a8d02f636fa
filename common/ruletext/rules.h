/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The rules of one family as text: tables, chains with their policies, and rules as iptables-save writes them. Rules in
 * force, rehearsed rules and those of the last load are compared in this form. Nothing here knows what a rule means.
 */
#ifndef FW_RULETEXT_RULES_H
#define FW_RULETEXT_RULES_H

#include "base/arena.h"
#include "base/piece.h"
#include "base/strbuf.h"
#include "base/textmap.h"
#include "base/vec.h"
#include "diag/diag.h"
#include "text/stream.h"

struct text_rule {
	struct piece text;     /* "-A CHAIN ...", which is compared */
	struct piece raw;      /* as iptables-save wrote it, if text was rewritten (rules_canon); len 0: like text */
	struct piece counters; /* [packets:bytes], or nothing */
	unsigned line;         /* index + 1 into the lines of the stream that contains it; 0: unknown */
	bool foreign;          /* set by merge: not ours, but carried over */
};

struct text_chain {
	const char *name;      /* in the arena */
	const char *policy;    /* in the arena; NULL: a user's chain */
	struct piece counters; /* of the policy */
	bool ours;             /* set by merge: our rules define this chain */
	VEC(struct text_rule) rules;
};

struct text_table {
	const char *name; /* in the arena */
	VEC(struct text_chain) chains;
	struct textmap names; /* of the chains; the number of a name is the index of its chain */
};

/* A zeroed struct has no tables. Rules point into the text that they were read from. */
struct text_rules {
	struct arena arena;
	VEC(struct text_table) tables;
};

/*
 * Reads output of iptables-save, which must stay in memory as long as the rules are used. A table that is not closed,
 * or a line that iptables-save does not write, is reported as a failure of the system, prefixed with `name`. False:
 * failed, and reported. rules_free must follow in any case.
 */
must_check bool rules_read(struct text_rules *rules, const char *name, const char *text, size_t len,
			   struct diag_log *log);

/* Like rules_read, from a stream. The stream's text must stay in memory; the stream need not. */
must_check bool rules_of_stream(struct text_rules *rules, const char *name, const struct stream *stream,
				struct diag_log *log);

/*
 * Like rules_of_stream, but takes only the rules of a family, without their marks, and reports nothing. False: *bad
 * neither declares a chain nor appends a rule to a declared chain, or memory ran out there. rules_free must follow in
 * any case.
 */
must_check bool rules_take(struct text_rules *rules, const struct stream *stream, enum family family,
			   const struct line **bad);

void rules_free(struct text_rules *rules);

struct text_table *rules_table(const struct text_rules *rules, const char *name); /* NULL: none */
struct text_chain *table_chain(const struct text_table *table, const char *name);

/* Find or create. NULL: no memory. Pointers to tables and chains are valid until the next one is created. */
must_check struct text_table *rules_add_table(struct text_rules *rules, const char *name);
must_check struct text_chain *rules_add_chain(struct text_rules *rules, struct text_table *table, const char *name,
					 const char *policy);

/* The rule as iptables-save wrote it, which is the text that deletes it. */
static inline const struct piece *rule_raw(const struct text_rule *rule)
{
	return rule->raw.len > 0 ? &rule->raw : &rule->text;
}

/* The same policy and the same rules in the same order? Counters are ignored. */
bool chain_equal(const struct text_chain *a, const struct text_chain *b);

/* The same chains, in any order? NULL and a blank table are the same. */
bool table_equal(const struct text_table *a, const struct text_table *b);
bool rules_equal(const struct text_rules *a, const struct text_rules *b);

/* Like rules_equal, for texts, line by line: a different order is a difference. */
bool rules_text_equal(const struct strbuf *a, const struct strbuf *b);

/* Has the table no rules, no user chains and only the policy ACCEPT? Then it is as if it did not exist. */
bool table_blank(const struct text_table *table);
bool rules_blank(const struct text_rules *rules);

/* The first word of a rule's text at or after byte `at`, with its quotes; len 0: none. */
struct piece rule_word(const struct piece *text, size_t at);
struct piece rule_next_word(const struct piece *text, const struct piece *word);

/* The name after -j or -g; len 0: none. */
struct piece rule_target(const struct text_rule *rule);

/*
 * Has the rule a target and no matches, apart from comments (`-A CHAIN -j X`)? Then every packet that reaches it goes
 * to the target.
 */
bool rule_unconditional(const struct text_rule *rule, const struct text_chain *chain);

/* Append ":CHAIN POLICY [counters]", or a rule; words: its text, or rule_raw. */
void chain_write_line(const struct text_chain *chain, bool counters, struct strbuf *out);
void rule_write(const struct text_rule *rule, const struct piece *words, bool counters, struct strbuf *out);

/* Appends the rules as iptables-save writes them, without comments. */
void rules_write(const struct text_rules *rules, bool counters, struct strbuf *out);

size_t rules_count(const struct text_rules *rules);

#endif
