/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Which rule of one program is which of another: chains are paired by name, then by contents, then by most rules in
 * common; rules within paired chains by what they mean, comments and counters left out. A packet that matches no
 * rule that changed meets the same rules in the same order in both programs.
 */
#ifndef FW_MEANING_ALIGNMENT_H
#define FW_MEANING_ALIGNMENT_H

#include "meaning/program.h"

enum { ALIGN_OLD, ALIGN_NEW, ALIGN_SIDES };

enum rule_change {
	CHANGE_NONE,    /* the partner is the same rule, at the same place among those that did not change */
	CHANGE_COUNTED, /* the partner differs in what is counted alone: the rate of a limit */
	CHANGE_MOVED,   /* the partner is the same rule, in another order */
	CHANGE_ONLY,    /* the rule is in this program alone */
};

struct alignment_rule {
	const struct program_rule *partner; /* NULL: none */
	enum rule_change change;
};

struct alignment_chain {
	const struct program_chain *chain;
	const struct program_chain *partner; /* NULL: none */
	unsigned identity;                   /* the same number for both of a pair, for no other chain */
};

struct alignment_side {
	const struct program *program; /* borrowed */
	struct alignment_rule *rules;      /* owned, by serial */
	struct alignment_chain *chains;    /* owned, table by table */
	unsigned *first_chain;         /* owned, by table: the index of its first chain in chains */
	unsigned chain_count;
};

struct alignment {
	struct alignment_side side[ALIGN_SIDES];
	unsigned identities;
};

/* The programs share a world. False when memory ran out. alignment_end must follow in any case. */
must_check bool alignment_begin(struct alignment *align, const struct program *old, const struct program *new);
void alignment_end(struct alignment *align);

struct alignment_chain *alignment_chain_of(const struct alignment_side *side, const struct program_chain *chain);

/* Can what the rule's chain sees differ by this rule? Not if its chain has no partner: then the jump there changed. */
bool alignment_counts(const struct alignment_side *side, const struct program_rule *rule);

/*
 * What rules of this table change in either program, as bits of enum changes. A match that depends on it has no answer
 * that other rules share, and that must be so in both or in none.
 */
unsigned alignment_changes(const struct alignment *align, const struct program_table *table);

/* Do both rules mean the same? counted: what is counted is left out, if both count with the same matches. */
bool alignment_same_rule(const struct alignment *align, const struct program_rule *old, const struct program_rule *new, bool counted);

/* Hashes of a rule's meaning: equal for rules that mean the same. */
uint64_t alignment_hash(const struct alignment_side *side, const struct program_rule *rule, bool counted, bool with_chains);

/* Makes two chains partners. */
void alignment_pair(struct alignment *align, struct alignment_chain *old, struct alignment_chain *new);

/* Has the chain no partner yet, and is it not built in? */
bool alignment_is_free(const struct alignment_chain *chain);

/* alignment_like.c: pairs chains of a table that are left over by what they contain. False when memory ran out. */
must_check bool alignment_like(struct alignment *align, const struct program_table *old, const struct program_table *new);

/* alignment_order.c: pairs the rules of two chains. False when memory ran out. */
must_check bool alignment_rules(struct alignment *align, const struct program_chain *old, const struct program_chain *new);

#endif
