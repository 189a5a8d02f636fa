/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Merges three texts of one family into the rules to put in force: base, what the last load put in force; live, what is
 * in force; next, what is asked for. What is in live but neither in base nor in next was made by another program
 * (Docker, fail2ban) or by hand: it is foreign, and is either carried over or dropped.
 *
 * Foreign rules in a chain of ours keep their place relative to our rules: those before all of ours stay before them,
 * the others come after ours, but before a final rule that matches everything. If none of our rules was in the chain,
 * leading jumps (which fail2ban and Docker insert) and leading rules that drop or reject some packets (bans) stay
 * first, and the rest comes after ours.
 */
#ifndef FW_RULETEXT_MERGE_H
#define FW_RULETEXT_MERGE_H

#include "base/strbuf.h"
#include "ruletext/rules.h"

enum foreign { FOREIGN_KEEP, FOREIGN_DROP };

struct merge {
	enum foreign foreign;
	const char *const *keep; /* borrowed; patterns of names of chains that are always foreign */
	size_t keep_count;
	bool only_changed; /* leave a chain as it is live if it is the same in base and next; for a rollback */
	/*
	 * Borrowed; the result of an earlier merge whose commit failed because others wrote meanwhile; NULL: none. Foreign
	 * rules that it put before ours go there again, wherever they are now.
	 */
	const struct text_rules *earlier;
	/* results */
	size_t unknown;           /* foreign rules, chains and policies found, without those kept by name */
	struct strbuf first;      /* owned; the first of these, for a message */
	struct strbuf still_used; /* owned; names of chains of base that stay because foreign rules still jump to them */
};

#define MERGE_INIT { .first = STRBUF_INIT, .still_used = STRBUF_INIT }

/*
 * Fills want, which borrows from all three texts. base may be NULL: there was no load yet, and what is the same in live
 * and next is not foreign. 0 or -ENOMEM; merge_free and rules_free must follow in any case.
 */
must_check int merge_rules(struct merge *merge, const struct text_rules *base, const struct text_rules *live,
			   const struct text_rules *next, struct text_rules *want);

void merge_free(struct merge *merge);

/* Does live contain all of our rules in want, in the same order? Foreign rules may have been added or removed. */
bool merge_holds(const struct text_rules *want, const struct text_rules *live);

#endif
