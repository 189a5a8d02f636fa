/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Words that blanks separate, without quotes: for tables, chains, directives and the first words of a rule. */
#ifndef FW_TEXT_TOKEN_H
#define FW_TEXT_TOKEN_H

#include "base/base.h"
#include "text/family.h"

#include <string.h>

struct token {
	const char *text; /* borrowed from the line, not NUL-terminated */
	size_t len;       /* 0: there is no further word */
	unsigned column;  /* from 1 */
};

/* The first token at or after byte `at` of the line. */
struct token token_after(const char *line, size_t len, size_t at);

/* The token after `token`. */
struct token token_next(const char *line, size_t len, const struct token *token);

/* Inline, so that the compiler knows the length of a literal: this is called many times for each line. */
static inline bool token_is(const struct token *token, const char *text)
{
	return strlen(text) == token->len && memcmp(token->text, text, token->len) == 0;
}

/* The family of -4, -6, --ipv4 or --ipv6. FAMILY_NONE: another word. */
enum family token_mark(const struct token *token);

/* A decimal number without sign that is the whole token and at most max. */
must_check bool token_number(const struct token *token, unsigned long max, unsigned long *number);

#endif
