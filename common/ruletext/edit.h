/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Turns the rules of one chain into others without flushing it, by removing and inserting rules. Rules that stay keep
 * their counters, and rules that another program adds meanwhile are not lost.
 */
#ifndef FW_RULETEXT_EDIT_H
#define FW_RULETEXT_EDIT_H

#include "ruletext/rules.h"

struct edit {
	const struct text_rule *rule; /* borrowed */
	bool remove;                  /* -D by its text, which removes the first equal rule of the chain, or by its position */
	size_t number;                /* the position, from 1; 0: append, or remove by text */
	bool counted;                 /* always write its counters: the rule existed before */
};

typedef VEC(struct edit) edits;

/*
 * Appends the steps in the order in which they must be taken: all removals, then the insertions from head to tail. With
 * counters, a rule that differs only in them is replaced. 0 or -ENOMEM.
 */
must_check int edit_chain(const struct text_chain *live, const struct text_chain *want, bool counters, edits *out);

/*
 * Like edit_chain, but uses no positions, because another program that inserts a rule meanwhile shifts them: all rules
 * from the first difference on (`all`: from the first rule on) are removed by text, and all wanted ones appended. A
 * rule that existed gets the counters that it had, or with `counters` those of want. 0 or -ENOMEM.
 */
must_check int edit_tail(const struct text_chain *live, const struct text_chain *want, bool all, bool counters, edits *out);

/*
 * Like edit_chain, but removes by position, from tail to head, which spares iptables the comparing of rules. Only for a
 * chain that no other program writes to, as positions would shift. 0 or -ENOMEM.
 */
must_check int edit_places(const struct text_chain *live, const struct text_chain *want, bool counters, edits *out);

/* Does any step use a position? */
bool edits_numbered(const edits *steps);

/*
 * Appends the steps as lines for iptables-restore --noflush. counters: with the counters of all inserted rules;
 * otherwise only with those of `counted` and other programs' rules.
 */
void edit_write(const edits *steps, bool counters, struct strbuf *out);

#endif
