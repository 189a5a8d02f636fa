/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text for `iptables-restore --noflush --counters` that turns what is live into what is wanted.
 * Built-in chains live on with their policies, so no packet meets an empty one: a full restore of the
 * nft kind lets packets through (measured), this does not. Chains that stay the same are not named,
 * and keep their counters; tables that stay the same are not named at all.
 */
#ifndef FW_RULETEXT_PROGRAM_H
#define FW_RULETEXT_PROGRAM_H

#include "ruletext/rules.h"

enum counts {
	COUNTS_FOREIGN, /* foreign rules keep theirs, ours begin at zero */
	COUNTS_WRITTEN, /* every rule that is written gets those of its text */
	COUNTS_SET,     /* the same, and a chain of ours with counts in its text is always written */
};

enum program_style {
	PROGRAM_FLUSH,  /* chains that change are flushed and filled */
	PROGRAM_LOCKED, /* the same, but chains that may have rules of others are edited: for who holds a lock that keeps them out */
	PROGRAM_EDIT,  /* rules are deleted and inserted one by one: what others add meanwhile is not lost (nft) */
};

/*
 * Appends the text; nothing: live is as wanted. filter comes first. PROGRAM_EDIT flushes a user chain
 * if all its rules are ours and editing it would cost more; in another chain it removes and appends all rules from
 * some place on, where one is to be inserted in front of others, or where that is much cheaper. 0 or -ENOMEM.
 */
must_check int program_write(const struct text_rules *live, const struct text_rules *want, enum program_style style,
			     enum counts counts, struct strbuf *out);

/* How many commits to nf_tables iptables-nft-restore makes of a program: one a table. */
uint32_t program_commits(const struct strbuf *program);

#endif
