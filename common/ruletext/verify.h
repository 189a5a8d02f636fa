/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is what is in force what was wanted? Asked of the kernel's answer after every commit. */
#ifndef FW_RULETEXT_VERIFY_H
#define FW_RULETEXT_VERIFY_H

#include "ruletext/rules.h"

enum in_force {
	IN_FORCE,
	IN_FORCE_MOVED,   /* our rules stand, but another program's rules are not where the merge put them */
	IN_FORCE_DIFFERS, /* our rules do not stand as they should */
};

/* The first difference. Empty strings and pieces: not about one. */
struct difference {
	const char *table, *chain; /* borrowed from the rules */
	const char *what;          /* in words, such as "the policy is not"; static */
	struct piece rule;         /* borrowed */
	unsigned line;             /* text_rule.line of a rule that is missing */
};

/*
 * want: the result of merge_rules. stale: rules that this load removes, with those that it keeps (the last load's);
 * NULL: none. now: what is in force, its rules in the same words. Rules that other programs added since the merge
 * are not differences; those that they removed are not either, where `others_may_remove`.
 * -ENOMEM: memory ran out.
 */
must_check int rules_verify(const struct text_rules *want, const struct text_rules *stale, const struct text_rules *now,
			    bool others_may_remove, enum in_force *result, struct difference *difference);

#endif
