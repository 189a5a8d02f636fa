/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The rows of statements.def as C: the prototypes of their functions, and a table in the order of enum statement_kind. */
#ifndef FW_PROFILE_STATEMENT_TABLE_H
#define FW_PROFILE_STATEMENT_TABLE_H

#include "profile/output.h"
#include "profile/statement.h"

struct profile;
struct profile_parser;

struct statement_row {
	const char *word;
	bool (*parse)(struct profile_parser *ps, struct statement *st); /* starts after the word */
	bool (*build)(struct profile *profile, const struct statement *st);
	enum phase phase;
	const char *help;
};

/* Indexed by enum statement_kind. */
extern const struct statement_row statement_rows[STATEMENT_KINDS];

/*
 * Parsers move the cursor behind what they read. Builders add rules to the output. Both return false after an
 * error, which they reported.
 */
#define STATEMENT(NAME, word, parser, builder, phase, help) \
	must_check bool parser(struct profile_parser *ps, struct statement *st); \
	must_check bool builder(struct profile *profile, const struct statement *st);
#define SETTING(NAME, word, parser, help) must_check bool parser(struct profile_parser *ps, struct statement *st);
#include "profile/statements.def"

/* The phase of the statement's row. */
enum phase statement_phase(const struct statement *st);

#endif
