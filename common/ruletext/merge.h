/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What shall stand in the kernel, from three texts of one family: base, what the last load put there;
 * live, what is there now; next, what is asked for. What is in live and neither in base nor in next
 * was made by another program (Docker, fail2ban, a hand): it is foreign, and is carried over or
 * dropped as a whole.
 *
 * Foreign rules within a chain of ours keep their place against our rules: those in front of all of
 * ours stay in front, the others go behind ours, but before a last rule that matches everything.
 * Where none of our rules was there yet, leading jumps (that is how fail2ban and Docker hook in) and
 * leading rules that drop or reject some packets (bans) stay in front, the rest goes behind.
 */
#ifndef FW_RULETEXT_MERGE_H
#define FW_RULETEXT_MERGE_H

#include "base/strbuf.h"
#include "ruletext/rules.h"

enum foreign { FOREIGN_KEEP, FOREIGN_DROP };

struct merge {
	enum foreign foreign;
	const char *const *keep; /* borrowed; patterns of chain names that are foreign in any case */
	size_t keep_count;
	bool only_changed; /* a chain that is the same in base and next is left as it is live: for a rollback */
	const struct text_rules *earlier; /* borrowed; the result of a merge before this one, which other programs
					     overtook: their rules that it placed in front of ours belong there, wherever
					     they stand now; NULL: none */
	/* results */
	size_t unknown;           /* foreign things found: rules, chains, policies; kept by name not counted */
	struct strbuf first;      /* owned; the first of them, for a message */
	struct strbuf still_used; /* owned; chains of base that foreign rules still jump to, so they stay */
};

#define MERGE_INIT { .first = STRBUF_INIT, .still_used = STRBUF_INIT }

/*
 * Fills want, which borrows the texts of the three. base may be NULL: there was no load yet, and what
 * is the same in live and next is not foreign. 0 or -ENOMEM; merge_free and rules_free in any case.
 */
must_check int merge_rules(struct merge *merge, const struct text_rules *base, const struct text_rules *live,
			   const struct text_rules *next, struct text_rules *want);

void merge_free(struct merge *merge);

/* Does live hold all that is ours in want, in our order? Foreign rules may have come or gone. */
bool merge_holds(const struct text_rules *want, const struct text_rules *live);

#endif
