/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of one family as text: tables, chains with their policies, and rules as iptables-save
 * writes them. That is the normal form in which running rules, rehearsed rules and the rules of the
 * last load are compared. What a rule means is nobody's business here.
 */
#ifndef FW_RULETEXT_RULES_H
#define FW_RULETEXT_RULES_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/piece.h"
#include "base/strbuf.h"
#include "base/textmap.h"
#include "base/vec.h"
#include "text/stream.h"

struct text_rule {
	struct piece text;     /* -A CHAIN ...: what is compared */
	struct piece raw;      /* as the saver wrote it, where text was rewritten since (rules_canon); len 0: text itself */
	struct piece counters; /* [packets:bytes], or nothing */
	unsigned line;         /* index + 1 into the lines of the stream that asked for it; 0: not known */
	bool foreign;          /* set by merge: not ours, carried over */
};

struct text_chain {
	const char *name;      /* in the arena */
	const char *policy;    /* in the arena; NULL: a chain made by a user */
	struct piece counters; /* of the policy */
	bool ours;             /* set by merge: our rules say what stands here */
	VEC(struct text_rule) rules;
};

struct text_table {
	const char *name; /* in the arena */
	VEC(struct text_chain) chains;
	struct textmap names; /* of the chains: a name has the number of its chain */
};

/* Zeroed: no tables. Rules point into the text they were read from. */
struct text_rules {
	struct arena arena;
	VEC(struct text_table) tables;
};

/*
 * Reads what iptables-save wrote. The text must stay in place as long as the rules are used. A text
 * with a table that is not closed, or a line that no saver writes, is a failure of the system, said
 * to the log with `name` in front. False after a report; rules_free in any case.
 */
must_check bool rules_read(struct text_rules *rules, const char *name, const char *text, size_t len,
			   struct diag_log *log);

/* The same of a stream that was read already; its text must stay, the stream itself need not. */
must_check bool rules_of_stream(struct text_rules *rules, const char *name, const struct stream *stream,
				struct diag_log *log);

/*
 * The same of a text that is read already: the rules that it has for a family, without their marks. The
 * text must stay in place here too. False: *bad is neither a chain nor appends a rule to one that was
 * declared, or memory ran out there; rules_free in any case.
 */
must_check bool rules_take(struct text_rules *rules, const struct stream *stream, enum family family,
			   const struct line **bad);

void rules_free(struct text_rules *rules);

struct text_table *rules_table(const struct text_rules *rules, const char *name); /* NULL: none */
struct text_chain *table_chain(const struct text_table *table, const char *name);

/* Find or make; NULL when memory ran out. Pointers to tables and chains hold until the next is made. */
must_check struct text_table *rules_add_table(struct text_rules *rules, const char *name);
must_check struct text_chain *rules_add_chain(struct text_rules *rules, struct text_table *table, const char *name,
					 const char *policy);

/* The rule in the words of the saver, which are those that delete it. */
static inline const struct piece *rule_raw(const struct text_rule *rule)
{
	return rule->raw.len > 0 ? &rule->raw : &rule->text;
}

/* The same policy and the same rules in the same order; counters do not count. */
bool chain_equal(const struct text_chain *a, const struct text_chain *b);

/* The same chains, in whatever order. NULL and a table with nothing in it are the same. */
bool table_equal(const struct text_table *a, const struct text_table *b);
bool rules_equal(const struct text_rules *a, const struct text_rules *b);

/* The same of two texts that were not read yet, but line for line: what is only in another order differs. */
bool rules_text_equal(const struct strbuf *a, const struct strbuf *b);

/* No rules, no own chains, and ACCEPT everywhere: as if it were not there. */
bool table_blank(const struct text_table *table);
bool rules_blank(const struct text_rules *rules);

/* The word of a rule's text at or behind byte `at`, with its quotes; len 0: none. */
struct piece rule_word(const struct piece *text, size_t at);
struct piece rule_next_word(const struct piece *text, const struct piece *word);

/* The name behind -j or -g, len 0: none. */
struct piece rule_target(const struct text_rule *rule);

/* Without matches, but for comments, it ends the chain for every packet that reaches it, or may: `-A CHAIN -j X`. */
bool rule_unconditional(const struct text_rule *rule, const struct text_chain *chain);

/* Appends ":CHAIN POLICY [counters]", and a rule in these words of it: its text, or rule_raw. */
void chain_write_line(const struct text_chain *chain, bool counters, struct strbuf *out);
void rule_write(const struct text_rule *rule, const struct piece *words, bool counters, struct strbuf *out);

/* The text again, as iptables-save writes it, without comments. */
void rules_write(const struct text_rules *rules, bool counters, struct strbuf *out);

size_t rules_count(const struct text_rules *rules);

#endif
