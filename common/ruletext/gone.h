/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other programs have done since a load: its undoing must leave it, and bring nothing of theirs back. */
#ifndef FW_RULETEXT_GONE_H
#define FW_RULETEXT_GONE_H

#include "ruletext/rules.h"

/* A load that is to be undone. */
struct undone {
	const struct text_rules *before; /* what stood there before it */
	const struct text_rules *put;    /* what it left there */
	const struct text_rules *live;   /* what stands there now */
	const struct text_rules *ours;   /* the rules of the load before it; NULL: none */
};

/*
 * Appends what stood there before, with counters, and what the load left there, without what others decide:
 * - chains that were not ours, were left there by the load and are not there any more, with the rules that jump to them;
 * - in a chain that the load changed and others have written to since, the rules that are not ours and that the load
 *   carried over. As they stand there now, or not any more, a merge takes them for rules of others.
 * 0 or -ENOMEM.
 */
must_check int rules_without_theirs(const struct undone *u, struct strbuf *before, struct strbuf *put);

#endif
