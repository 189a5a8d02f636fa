/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs between two sets of rules, for people: the chain, then the lines that went (-) and came
 * (+). Lines that went are told as their user wrote them, with their place, where that is known.
 */
#ifndef FW_TRANSACTION_DRIFT_H
#define FW_TRANSACTION_DRIFT_H

#include "base/strbuf.h"
#include "ruletext/extras.h"
#include "store/generation.h"
#include "ruletext/rules.h"

struct drift {
	struct strbuf out;  /* owned; the differences, a line each */
	size_t count;       /* rules, policies and settings that differ */
	VEC(char *) ignore; /* borrowed texts; patterns of chains that do not count, nor do jumps to them */
};

/* Adds what differs in one family. source: the generation that old is of; NULL: none. 0 or -ENOMEM. */
must_check int drift_rules(struct drift *drift, int family, const struct text_rules *old, const struct text_rules *now,
			   const struct generation *source);

/* Adds settings of old that now have another value. 0 or -ENOMEM. */
must_check int drift_settings(struct drift *drift, const struct extras *old);

void drift_free(struct drift *drift);

#endif
