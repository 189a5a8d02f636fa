/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One load as the state keeps it, in one file: what the user gave, who loaded it, and the rules that came of
 * it. The file is gzip of a record (record.h), and is read whole or not at all: a file that differs in a
 * single bit from what was written is damaged.
 */
#ifndef FW_STORE_GENERATION_H
#define FW_STORE_GENERATION_H

#include "ruletext/extras.h"
#include "ruletext/rules.h"
#include "store/state.h"
#include "text/stream.h"

struct generation {
	unsigned number;
	struct strbuf fault;          /* owned; what is wrong with it; empty: it is whole */
	struct strbuf input;          /* owned; what was loaded */
	struct stream stream;         /* the same, read; no lines if this version cannot read it any more */
	unsigned head;                /* lines of notes in front of the user's text in input: generation_input_line */
	enum family families;         /* that its load was about */
	enum family present;          /* that it has rules of: of both, if -4 left those of IPv6 as they were */
	struct strbuf text[FAMILIES]; /* owned; our rules as they were put in force, as iptables-save writes them */
	struct text_rules rules[FAMILIES];
	struct extras extras;
	char when[32], who[72], from[256], backend[16]; /* notes; empty: not told */
};

/* Reads a generation that was kept. True: it is there and whole. generation_free in any case. */
must_check bool generation_read(struct generation *generation, const struct state *state, unsigned number);

/* The same for the generation of a journal: one that is not confirmed, or one that was kept (a rollback). */
must_check bool generation_read_waiting(struct generation *generation, const struct state *state, unsigned number);

/* The line of the user's text that this line of generation->stream is; 0: none, it is of the notes. */
unsigned generation_input_line(const struct generation *generation, const struct line *line);

void generation_free(struct generation *generation);

/* What a load writes. Who loads, when, and the kernel's release are found out by generation_write. */
struct generation_parts {
	unsigned number;
	enum family families;
	const char *from;     /* the name of the input, e.g. its path */
	const char *backend;
	const struct strbuf *input;           /* as the user gave it */
	const struct strbuf *rules[FAMILIES]; /* NULL: it has none of this family */
	const struct extras *extras;
};

/*
 * Writes the generation, whole and synced, as one that is not confirmed: state_flip makes it the good one.
 * Makes the state one of format 2. 0 or -errno: then there is no such generation.
 */
must_check int generation_write(const struct state *state, const struct generation_parts *parts);

#endif
