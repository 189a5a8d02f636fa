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
	size_t count;       /* things that differ */
	bool reversed;      /* what is in force now is the old side, and a generation the new one */
	VEC(char *) ignore; /* borrowed texts; patterns of chains that do not count, nor do jumps to them */
};

/* Adds what differs in one family. source: the generation that old is of; NULL: none. 0 or -ENOMEM. */
must_check int drift_rules(struct drift *drift, int family, const struct text_rules *old, const struct text_rules *now,
			   const struct generation *source);

/*
 * Adds settings of old that now have another value, and sets that are gone, are of another type, or, if they are not
 * open, have other members. A setting of the whole machine that may not be set here does not count. 0 or -ENOMEM.
 */
must_check int drift_extras(struct drift *drift, const struct extras *old);

/* Adds the modules, settings, sets and patterns of `keep' that differ between two texts. 0 or -ENOMEM. */
must_check int drift_directives(struct drift *drift, const struct extras *old, const struct extras *now);

void drift_free(struct drift *drift);

#endif
