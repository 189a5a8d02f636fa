/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Splits a line of a profile into tokens, each with its place. */
#ifndef FW_PROFILE_LEXER_H
#define FW_PROFILE_LEXER_H

#include "base/arena.h"
#include "base/vec.h"

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_COMMA, TOKEN_EQUALS };

struct profile_token {
	enum token_kind kind;
	const char *text; /* in the arena; a string is without its quotes and escapes */
	unsigned column;  /* in bytes, the first is 1 */
	unsigned width;
};

struct token_line {
	VEC(struct profile_token) tokens; /* owned; the last one is TOKEN_END, after the last word */
};

enum lex_fault { LEX_FINE, LEX_QUOTE, LEX_CONTROL, LEX_RETURN, LEX_BLANK, LEX_MEMORY };

/*
 * Replaces the tokens of `out` by those of `line`, which contains no newline. A `#` at the start of a word
 * starts a comment. After a fault, *column is its place.
 */
must_check enum lex_fault lex_line(struct token_line *out, struct arena *arena, const char *line, size_t len,
				   unsigned *column);

/* The text of a message about the fault. */
const char *lex_fault_text(enum lex_fault fault);

#endif
