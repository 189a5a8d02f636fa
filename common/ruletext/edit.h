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
	bool remove;                  /* -D by its text, which takes the first equal rule of the chain */
	size_t number;                /* of an insertion: the place, from 1; 0: append */
};

typedef VEC(struct edit) edits;

/*
 * Appends the steps, to be done in this order: all removals, then the insertions from the head to the tail.
 * With counters, rules that differ in them alone are replaced. 0 or -ENOMEM.
 */
must_check int edit_chain(const struct text_chain *live, const struct text_chain *want, bool counters, edits *out);

/* Appends the steps as lines for iptables-restore --noflush; `counters`: with the counters of what is inserted,
 * else of other programs' rules alone. */
void edit_write(const edits *steps, bool counters, struct strbuf *out);

#endif
