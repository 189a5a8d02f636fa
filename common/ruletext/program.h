/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Writes the text for `iptables-restore --noflush --counters` that turns live into want. Built-in chains stay, with
 * their policies, so no packet meets an empty chain: a full restore with the nft backend lets packets through
 * (measured). Chains that do not change are not named and keep their counters; tables that do not change are not named
 * at all.
 */
#ifndef FW_RULETEXT_PROGRAM_H
#define FW_RULETEXT_PROGRAM_H

#include "ruletext/rules.h"

enum counts {
	COUNTS_FOREIGN, /* foreign rules keep theirs, ours start at zero */
	COUNTS_WRITTEN, /* every rule that is written gets the counters in its text */
	COUNTS_SET,     /* also write every chain of ours that has counters in its text */
};

enum program_style {
	PROGRAM_FLUSH,  /* flush and fill chains that change */
	PROGRAM_LOCKED, /* also, but edit chains with other programs' rules: the caller holds a lock that keeps these out */
	PROGRAM_EDIT,  /* remove and insert single rules: what others add meanwhile is not lost (nft) */
};

/*
 * Appends the text, filter first; nothing if live is as wanted. PROGRAM_EDIT flushes a user chain if all its rules are
 * ours and editing would cost more. In other chains it removes and appends all rules from some position on, if a rule
 * must be inserted before others, or if that is much cheaper. 0 or -ENOMEM.
 */
must_check int program_write(const struct text_rules *live, const struct text_rules *want, enum program_style style,
			     enum counts counts, struct strbuf *out);

/* The number of commits that iptables-nft-restore makes for a program: one for each table. */
uint32_t program_commits(const struct strbuf *program);

#endif
