/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Finds what other programs have changed since a load: undoing the load must neither revert that nor restore rules that
 * they removed.
 */
#ifndef FW_RULETEXT_GONE_H
#define FW_RULETEXT_GONE_H

#include "ruletext/rules.h"

/* A load that is to be undone. */
struct undone {
	const struct text_rules *before; /* in force before it */
	const struct text_rules *put;    /* what it put in force */
	const struct text_rules *live;   /* in force now */
	const struct text_rules *ours;   /* the rules of the load before it; NULL: none */
};

/*
 * Appends the rules before the load (with counters) and those that it put in force, without what other programs decide:
 * - chains that were not ours, that the load kept and that have disappeared since, with the rules that jump to them;
 * - in a chain that the load changed and others have written to since, the rules that are not ours and that the load
 * carried over: a merge treats what is left of them as other programs' rules.
 * A policy that is now DROP, but was not in what the load put in force, is DROP in both.
 * 0 or -ENOMEM.
 */
must_check int rules_without_theirs(const struct undone *u, struct strbuf *before, struct strbuf *put);

#endif
