/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Differences between two rulesets, for people: the chain, then the lines that were removed (-) and added (+). A
 * removed line is shown as its user wrote it, with its place, if that is known.
 */
#ifndef FW_TRANSACTION_DRIFT_H
#define FW_TRANSACTION_DRIFT_H

#include "base/strbuf.h"
#include "ruletext/extras.h"
#include "store/generation.h"
#include "ruletext/rules.h"

struct drift {
	struct strbuf out;  /* owned; the text of the differences */
	size_t count;       /* number of differences */
	bool reversed;      /* for settings, sets and modules: what is in force is the old side, a generation the new one */
	VEC(char *) ignore; /* patterns of chains to ignore, with jumps to them; the texts are borrowed */
};

/* Adds the differences in one family. source: the generation that contains old; NULL: none. 0 or -ENOMEM. */
must_check int drift_rules(struct drift *drift, int family, const struct text_rules *old, const struct text_rules *now,
			   const struct generation *source);

/*
 * Adds the settings of old that have another value now, and its sets that are missing, have another type, or, unless
 * they are open, have other members. Ignores a setting of the whole machine that cannot be set from here. 0 or -ENOMEM.
 */
must_check int drift_extras(struct drift *drift, const struct extras *old);

/* Adds the modules, settings, sets and patterns of `keep` that differ between two texts. 0 or -ENOMEM. */
must_check int drift_directives(struct drift *drift, const struct extras *old, const struct extras *now);

void drift_free(struct drift *drift);

#endif
