/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule of the filter table as a sentence of the language, where one means exactly the same. */
#ifndef FW_PROFILE_SENTENCE_H
#define FW_PROFILE_SENTENCE_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "text/word.h"

/* The interfaces that sentences name, each a zone. */
struct zone_names {
	VEC(const char *) ifaces; /* in the arena of the sentences */
};

/* A rule said as a sentence. text NULL: none says it. */
struct sentence {
	const char *text; /* in the arena */
	/* What must stand behind it for a rule of one family or of both; NULL: it cannot be said of that. */
	const char *ipv4, *ipv6, *both;
};

/*
 * The words of a rule from `first` on, which stand in `chain` of `table`. Where memory runs out the rule
 * stays raw, which is right too.
 */
struct sentence sentence_make(struct arena *arena, struct zone_names *zones, const char *table,
			      const char *chain, const struct words *words, unsigned first);

/* "zone if-eth0 = eth0", a line for each interface that was named. */
void zone_names_print(const struct zone_names *zones, struct strbuf *out);
void zone_names_free(struct zone_names *zones);

#endif
