/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of the rules in force is ours: the tables, chains and rules that the last load put there. The
 * rest was made by other programs (Docker, fail2ban) or by hand; saved, it would come back as dead rules.
 */
#ifndef FW_RULETEXT_OWN_H
#define FW_RULETEXT_OWN_H

#include "ruletext/rules.h"

/* What was left out. */
struct foreign_count {
	size_t rules, chains;
};

/*
 * Fills `own`, which must be empty, with what of live stands in base too, in live's order and with its
 * counters; it borrows live's text. 0 or -ENOMEM; rules_free in any case.
 */
must_check int own_rules(const struct text_rules *base, const struct text_rules *live, struct text_rules *own,
			 struct foreign_count *left_out);

#endif
