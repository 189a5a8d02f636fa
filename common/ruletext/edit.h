/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How to turn the rules of one chain into others without flushing it: delete what goes, insert what comes.
 * Rules that stay keep their counters, and rules that another program adds meanwhile are not lost.
 */
#ifndef FW_RULETEXT_EDIT_H
#define FW_RULETEXT_EDIT_H

#include "ruletext/rules.h"

struct edit {
	const struct text_rule *rule; /* borrowed */
	bool remove;                  /* -D by its text, which takes the first equal rule of the chain, or by its place */
	size_t number;                /* the place, from 1; 0: append, or remove by the text */
	bool counted;                 /* with its counters in any case: it was there */
};

typedef VEC(struct edit) edits;

/*
 * Appends the steps, to be done in this order: all removals, then the insertions from the head to the tail.
 * With counters, rules that differ in them alone are replaced. 0 or -ENOMEM.
 */
must_check int edit_chain(const struct text_chain *live, const struct text_chain *want, bool counters, edits *out);

/*
 * The same without a place that is told by its number, which another program moves when it inserts a rule meanwhile:
 * from the first difference on (`all`: from the first rule on) all rules go, by their text, and all that are wanted are
 * appended. What was there and comes back has the counters that it had, but with `counters` those of want. 0 or -ENOMEM.
 */
must_check int edit_tail(const struct text_chain *live, const struct text_chain *want, bool all, bool counters, edits *out);

/*
 * The same with each removal by its place, from the tail to the head: iptables finds it without comparing rules. Only for a
 * chain of which others write nothing: what they insert meanwhile moves the places. 0 or -ENOMEM.
 */
must_check int edit_places(const struct text_chain *live, const struct text_chain *want, bool counters, edits *out);

/* Do any of the steps tell a place by its number? */
bool edits_numbered(const edits *steps);

/* Appends the steps as lines for iptables-restore --noflush; `counters`: with the counters of what is inserted,
 * else of other programs' rules alone. */
void edit_write(const edits *steps, bool counters, struct strbuf *out);

#endif
