/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Finds the rules that two lists have in common, in the same order. Lines that occur exactly once in each list are
 * anchors (as in a patience diff); the parts between two anchors are aligned in the same way. This is fast for any
 * number of rules and never pairs different rules, but it may find fewer pairs than possible.
 */
#ifndef FW_RULETEXT_ALIGN_H
#define FW_RULETEXT_ALIGN_H

#include "ruletext/rules.h"

struct pair {
	size_t left, right;
};

typedef VEC(struct pair) pairs;

/*
 * Appends the pairs, in ascending order on both sides. With counters, rules with different counters differ. 0 or
 * -ENOMEM.
 */
must_check int align_rules(const struct text_chain *left, const struct text_chain *right, bool counters, pairs *out);

#endif
