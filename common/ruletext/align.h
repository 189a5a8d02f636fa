/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two lists of rules side by side: which stand in both, in the same order. Lines that are in each
 * list once are the anchors (as in a patience diff), and between two anchors the same again; that is
 * quick for any number of rules and loses none, though it may find fewer pairs than there are.
 */
#ifndef FW_RULETEXT_ALIGN_H
#define FW_RULETEXT_ALIGN_H

#include "ruletext/rules.h"

struct pair {
	size_t left, right;
};

typedef VEC(struct pair) pairs;

/* Appends the pairs, in ascending order on both sides. With counters, lines that differ in them differ. 0 or -ENOMEM. */
must_check int align_rules(const struct text_chain *left, const struct text_chain *right, bool counters, pairs *out);

#endif
