/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Could iptables-nft have made this rule? It writes a few kinds of expressions in a few forms (1.8.9 and 1.8.11, tried
 * with every sample of tests/ext); nft writes many more, and what iptables-nft-save prints of those is wrong or nothing.
 */
#ifndef FW_HOST_SHAPE_H
#define FW_HOST_SHAPE_H

#include "base/base.h"
#include "base/strbuf.h"

struct nlattr;

/*
 * NFTA_RULE_EXPRESSIONS of a rule, NULL: none; and the name of its chain. NULL: it has the form, and iptables-nft-save tells
 * it as it is; else what has not, a static text. A form that is refused may still be iptables' own (natives_settle).
 */
const char *shape_fault(const struct nlattr *expressions, bool ipv6, const char *chain);

/* Appends all of the expressions as text, but for counts and the data of xtables' matches and targets. */
void shape_write(const struct nlattr *expressions, struct strbuf *out);

#endif
