/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Converts a rule to a statement of the language, if one means exactly the same. */
#ifndef FW_PROFILE_SENTENCE_H
#define FW_PROFILE_SENTENCE_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "text/word.h"

/* The interfaces that statements name. Each becomes a zone. */
struct zone_names {
	VEC(const char *) ifaces; /* in the arena of the statements */
};

/* A rule as a statement. text NULL: no statement expresses it. */
struct sentence {
	const char *text; /* in the arena */
	/* What must follow it for a rule of one family or of both; NULL: not possible for that. */
	const char *ipv4, *ipv6, *both;
};

/*
 * Converts the words of a rule in `chain` of `table`, from `first` on. If memory runs out, the rule stays raw,
 * which is right too.
 */
struct sentence sentence_make(struct arena *arena, struct zone_names *zones, const char *table,
			      const char *chain, const struct words *words, unsigned first);

/* Prints a line such as "zone if-eth0 = eth0" for each interface that was named. */
void zone_names_print(const struct zone_names *zones, struct strbuf *out);
void zone_names_free(struct zone_names *zones);

#endif
