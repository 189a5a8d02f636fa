/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A generation is one load as the state keeps it, in one file: the user's input, who loaded it, and the resulting
 * rules. The file is a gzipped record (record.h). It is read completely or not at all: if a single bit differs from
 * what was written, it is damaged.
 */
#ifndef FW_STORE_GENERATION_H
#define FW_STORE_GENERATION_H

#include "ruletext/extras.h"
#include "ruletext/rules.h"
#include "store/state.h"
#include "text/stream.h"

struct generation {
	unsigned number;
	struct strbuf fault;          /* owned; what is wrong with it; empty: it is intact */
	struct strbuf input;          /* owned; the user's input */
	struct stream stream;         /* the input, parsed; no lines if this version cannot read it */
	unsigned head;                /* lines of notes before the user's text in input: generation_input_line */
	enum family families;         /* which its load could change */
	enum family present;          /* whose rules it contains: both, even if -4 left IPv6 unchanged */
	struct strbuf text[FAMILIES]; /* owned; our rules as loaded, as iptables-save writes them */
	struct text_rules rules[FAMILIES];
	struct extras extras;
	char when[32], who[72], from[256], backend[16]; /* notes; empty: unknown */
};

/* Reads a generation that was kept. True: it exists and is intact. generation_free must follow in any case. */
must_check bool generation_read(struct generation *generation, const struct state *state, unsigned number);

/* Like generation_read, for the generation of a journal, which may be unconfirmed or, after a rollback, kept. */
must_check bool generation_read_waiting(struct generation *generation, const struct state *state, unsigned number);

/* The number of this line of generation->stream in the user's text; 0: it belongs to the notes. */
unsigned generation_input_line(const struct generation *generation, const struct line *line);

void generation_free(struct generation *generation);

/* What a load writes. generation_write adds who loads, when, and the kernel's release. */
struct generation_parts {
	unsigned number;
	enum family families;
	const char *from;     /* the name of the input, such as its path */
	const char *backend;
	unsigned long cut;    /* live connections that the load was known to cut */
	const struct strbuf *input;           /* exactly as the user gave it */
	const struct strbuf *rules[FAMILIES]; /* NULL: none of this family */
	const struct extras *extras;
};

/*
 * Writes the generation and syncs it, as an unconfirmed one; state_flip makes it the good one. Changes the state to
 * format 2. 0 or -errno; after an error there is no such generation.
 */
must_check int generation_write(const struct state *state, const struct generation_parts *parts);

#endif
