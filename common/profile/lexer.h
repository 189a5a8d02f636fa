/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of a profile cut into tokens, each with its place. */
#ifndef FW_PROFILE_LEXER_H
#define FW_PROFILE_LEXER_H

#include "base/arena.h"
#include "base/vec.h"

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_COMMA, TOKEN_EQUALS };

struct profile_token {
	enum token_kind kind;
	const char *text; /* in the arena; of a string: without quotes, escapes resolved */
	unsigned column;  /* from 1, in bytes */
	unsigned width;
};

struct token_line {
	VEC(struct profile_token) tokens; /* owned; the last one is TOKEN_END, behind the last word */
};

enum lex_fault { LEX_FINE, LEX_QUOTE, LEX_CONTROL, LEX_RETURN, LEX_MEMORY };

/*
 * Replaces the tokens by those of line (no newline in it). A `#` at the beginning of a word starts a
 * comment. *column: where the fault is.
 */
must_check enum lex_fault lex_line(struct token_line *out, struct arena *arena, const char *line, size_t len,
				   unsigned *column);

/* What a fault means, for a message. */
const char *lex_fault_text(enum lex_fault fault);

#endif
