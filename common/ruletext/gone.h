/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other programs have removed since a load: its undoing must not bring it back. */
#ifndef FW_RULETEXT_GONE_H
#define FW_RULETEXT_GONE_H

#include "ruletext/rules.h"

/*
 * Appends `before`, what stood there before the load, with counters, but for what is not ours (ours: the rules of the
 * load before; NULL: none are), was left there by the load (put) and is not there any more (live): rules in any chain,
 * and whole chains, with the rules that jump to them. 0 or -ENOMEM.
 */
must_check int rules_without_gone(const struct text_rules *before, const struct text_rules *put, const struct text_rules *live,
				  const struct text_rules *ours, struct strbuf *out);

#endif
