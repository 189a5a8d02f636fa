/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Finds the tables, chains and rules in force that the last load put there. The rest was made by other programs
 * (Docker, fail2ban) or by hand. If it were saved, it would be restored as stale rules.
 */
#ifndef FW_RULETEXT_OWN_H
#define FW_RULETEXT_OWN_H

#include "ruletext/rules.h"

/* What is left out. */
struct foreign_count {
	size_t rules, chains;
};

/*
 * Fills `own`, which must be empty, with what is in both live and base, in the order and with the counters of live,
 * whose text it borrows. 0 or -ENOMEM; rules_free must follow in any case.
 */
must_check int own_rules(const struct text_rules *base, const struct text_rules *live, struct text_rules *own,
			 struct foreign_count *left_out);

#endif
