/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/lexer.h"

#include <string.h>

/* Whether the character ends a word: a blank, a separator or a quote. */
static bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == ',' || c == '=' || c == '"';
}

static enum lex_fault lex_check(const char *line, size_t len, unsigned *column)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		*column = (unsigned)i + 1;
		if (c == '\r')
			return LEX_RETURN;
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return LEX_CONTROL;
	}
	return LEX_FINE;
}

/*
 * Reads a string. *at is after the opening quote and moves behind the closing one. Returns NULL if that is
 * missing or memory ran out.
 */
static const char *lex_string(struct arena *arena, const char *line, size_t len, size_t *at)
{
	char *text = arena_alloc(arena, len - *at + 1), *to = text;

	for (; text != NULL && *at < len; ++*at) {
		if (line[*at] == '"') {
			++*at;
			return text;
		}
		if (line[*at] == '\\' && *at + 1 < len)
			++*at;
		*to++ = line[*at];
	}
	return NULL;
}

/* Blanks that are none here, and the quotes of word processors: U+00A0, U+2000 to U+200D, U+201C to U+201E, U+202F, U+3000, U+FEFF. */
static bool odd_blank(const char *text, size_t len)
{
	const unsigned char *c = (const unsigned char *)text;

	if (len >= 2 && c[0] == 0xc2)
		return c[1] == 0xa0;
	if (len < 3)
		return false;
	if (c[0] == 0xe2 && c[1] == 0x80)
		return c[2] <= 0x8d || (c[2] >= 0x9c && c[2] <= 0x9e) || c[2] == 0xaf;
	return (c[0] == 0xe3 && c[1] == 0x80 && c[2] == 0x80) || (c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf);
}

/* Reads the token that starts at *at, which is not a blank. */
static enum lex_fault lex_token(struct profile_token *token, struct arena *arena, const char *line, size_t len,
				size_t *at)
{
	size_t begin = *at;

	if (line[begin] == ',' || line[begin] == '=') {
		token->kind = line[begin] == ',' ? TOKEN_COMMA : TOKEN_EQUALS;
		token->text = line[begin] == ',' ? "," : "=";
		++*at;
	} else if (line[begin] == '"') {
		token->kind = TOKEN_STRING;
		++*at;
		token->text = lex_string(arena, line, len, at);
		if (token->text == NULL && *at >= len)
			return LEX_QUOTE;
	} else {
		token->kind = TOKEN_WORD;
		for (; *at < len && !ends_word(line[*at]); ++*at)
			if (odd_blank(line + *at, len - *at)) {
				token->column = (unsigned)*at + 1;
				return LEX_BLANK;
			}
		token->text = arena_text(arena, line + begin, *at - begin);
	}
	token->column = (unsigned)begin + 1;
	token->width = (unsigned)(*at - begin);
	return token->text != NULL ? LEX_FINE : LEX_MEMORY;
}

enum lex_fault lex_line(struct token_line *out, struct arena *arena, const char *line, size_t len,
			unsigned *column)
{
	enum lex_fault fault = lex_check(line, len, column);
	size_t at = 0, end = 0;

	out->tokens.len = 0;
	while (fault == LEX_FINE) {
		struct profile_token token = { .kind = TOKEN_END };

		while (at < len && (line[at] == ' ' || line[at] == '\t'))
			at++;
		*column = (unsigned)at + 1;
		if (at >= len || line[at] == '#') {
			token.column = (unsigned)end + 1;
			token.text = "";
			return vec_push(&out->tokens, token) ? LEX_FINE : LEX_MEMORY;
		}
		fault = lex_token(&token, arena, line, len, &at);
		end = at;
		if (fault == LEX_BLANK)
			*column = token.column;
		if (fault == LEX_FINE && !vec_push(&out->tokens, token))
			fault = LEX_MEMORY;
	}
	return fault;
}

const char *lex_fault_text(enum lex_fault fault)
{
	switch (fault) {
	case LEX_FINE:
		return "no fault";
	case LEX_QUOTE:
		return "this quote is never closed";
	case LEX_CONTROL:
		return "a profile must not contain control characters";
	case LEX_RETURN:
		return "carriage return: save this file with Unix line endings";
	case LEX_BLANK:
		return "a no-break space or quote of a word processor: write a plain space or \"";
	case LEX_MEMORY:
		break;
	}
	return "out of memory";
}
