/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Compares the rules in force with those that were wanted. Done after every commit. */
#ifndef FW_RULETEXT_VERIFY_H
#define FW_RULETEXT_VERIFY_H

#include "ruletext/rules.h"

enum in_force {
	IN_FORCE,
	IN_FORCE_MOVED,   /* our rules are in force, but another program's rules are not where the merge put them */
	IN_FORCE_DIFFERS, /* our rules are not in force as wanted */
};

/* The first difference. Strings and pieces are empty if it is not about a chain or a rule. */
struct difference {
	const char *table, *chain; /* borrowed from the rules */
	const char *what;          /* static; for people, such as "the chain is missing" */
	struct piece rule;         /* borrowed */
	unsigned line;             /* text_rule.line of a missing rule */
};

/*
 * want: the result of merge_rules. stale: our rules of the last load, both removed and kept; NULL: none. now: the rules
 * in force, as the model writes them. Rules that other programs added since the merge are not differences, nor, with
 * others_may_remove, those that they removed. 0 or -ENOMEM.
 */
must_check int rules_verify(const struct text_rules *want, const struct text_rules *stale, const struct text_rules *now,
			    bool others_may_remove, enum in_force *result, struct difference *difference);

#endif
