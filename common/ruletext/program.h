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
	COUNTS_UNKNOWN, /* ours begin at zero, there are no foreign ones, and what live counts for policies stays (nft) */
};

/* Appends the text; nothing: live is as wanted. filter comes first. */
void program_write(const struct text_rules *live, const struct text_rules *want, enum counts counts, struct strbuf *out);

#endif
