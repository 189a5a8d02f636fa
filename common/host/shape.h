/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Could iptables-nft have made this rule? It writes a few kinds of expressions in a few forms (observed in 1.8.9 and
 * 1.8.11 with every sample of tests/ext). nft writes many more, and iptables-nft-save prints those wrongly or not at
 * all.
 */
#ifndef FW_HOST_SHAPE_H
#define FW_HOST_SHAPE_H

#include "base/base.h"
#include "base/strbuf.h"

struct nlattr;

/*
 * expressions: NFTA_RULE_EXPRESSIONS of a rule; NULL: it has none. chain: the name of its chain. Returns NULL if the
 * rule has such a form and iptables-nft-save shows it correctly; else a static text that names what has not. iptables
 * may still have made that rule: see natives_settle.
 */
const char *shape_fault(const struct nlattr *expressions, bool ipv6, const char *chain);

/* The chain that the rule jumps or goes to, other than through a map; NULL: none. Borrowed from the expressions. */
const char *shape_jump(const struct nlattr *expressions);

/* Appends the expressions as text, without counters and the data of xtables' matches and targets. */
void shape_write(const struct nlattr *expressions, struct strbuf *out);

#endif
