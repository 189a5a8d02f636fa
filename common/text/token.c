/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "text/token.h"
#include "base/number.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct token token_after(const char *line, size_t len, size_t at)
{
	size_t end;

	while (at < len && is_blank(line[at]))
		at++;
	for (end = at; end < len && !is_blank(line[end]);)
		end++;
	return (struct token){ .text = line + at, .len = end - at, .column = (unsigned)at + 1 };
}

struct token token_next(const char *line, size_t len, const struct token *token)
{
	return token_after(line, len, token->column - 1 + token->len);
}

enum family token_mark(const struct token *token)
{
	if (token->len < 2 || token->text[0] != '-')
		return FAMILY_NONE;
	if (token->len == 2)
		return token->text[1] == '4' ? FAMILY_IPV4 : token->text[1] == '6' ? FAMILY_IPV6 : FAMILY_NONE;
	return token_is(token, "--ipv4") ? FAMILY_IPV4 : token_is(token, "--ipv6") ? FAMILY_IPV6 : FAMILY_NONE;
}

bool token_number(const struct token *token, unsigned long max, unsigned long *number)
{
	uint64_t value;

	if (!number_read_bytes(token->text, token->len, max, &value))
		return false;
	*number = (unsigned long)value;
	return true;
}
