/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One stored generation, read back and proved: what was loaded, by whom, and the rules that came of it. */
#ifndef FW_STORE_GENERATION_H
#define FW_STORE_GENERATION_H

#include "ruletext/extras.h"
#include "ruletext/rules.h"
#include "store/state.h"
#include "text/stream.h"

/* Line N of what the user loaded is line N + GENERATION_HEAD of the stored input. */
#define GENERATION_HEAD 2

struct generation {
	unsigned number;
	struct strbuf fault;          /* owned; what is wrong with it; empty: it is whole */
	struct strbuf input;          /* owned; the sealed input of the load, with a line of notes */
	struct stream stream;         /* the same, read */
	struct strbuf text[FAMILIES]; /* owned; our rules as they were put in force; empty: not of this family */
	struct text_rules rules[FAMILIES];
	struct extras extras;
	char when[32], who[72], from[256], backend[16]; /* of the notes; empty: not told */
};

/* The families that its load was about: each must have its part. FAMILY_NONE: that is not known. */
enum family generation_families(const struct state *state, unsigned number);

/*
 * Reads all parts and checks their seals. Faults go to generation->fault, not to a log. True: it is
 * there and whole. generation_free in any case.
 */
must_check bool generation_read(struct generation *generation, const struct state *state, unsigned number);

void generation_free(struct generation *generation);

#endif
