/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/inputline.h"
#include "text/token.h"

#include <errno.h>
#include <string.h>

static bool is_append(const struct token *word)
{
	return token_is(word, "-A") || token_is(word, "--append");
}

static bool is_address(const struct token *word)
{
	return token_is(word, "-s") || token_is(word, "--source") || token_is(word, "--src") || token_is(word, "-d") ||
	       token_is(word, "--destination") || token_is(word, "--dst");
}

static size_t list_length(const struct token *word)
{
	size_t count = 1;

	for (size_t i = 0; i < word->len; i++)
		count += word->text[i] == ',';
	return count;
}

/* How many rules of `chain` the line makes. Marks, counters and addresses may be before or after -A CHAIN. */
static size_t rules_made(const struct line *line, const char *chain)
{
	struct token word = token_after(line->text, line->len, 0);
	size_t count = 1;
	bool ours = false;

	while (word.len > 0) {
		struct token next = token_next(line->text, line->len, &word);

		if (is_append(&word)) {
			while (next.len > 0 && next.text[0] == '-')
				next = token_next(line->text, line->len, &next);
			ours = token_is(&next, chain);
		} else if (is_address(&word)) {
			count *= list_length(&next);
		}
		word = next;
	}
	return ours ? count : 0;
}

int input_lines_of(const struct stream *stream, enum family family, const char *table, const char *chain,
		   input_lines *out)
{
	for (size_t i = 0; i < stream->lines.len; i++) {
		const struct line *line = &stream->lines.item[i];
		size_t count;

		if (line->kind != LINE_RULE || line->table == 0 || (line->families & family) == 0 ||
		    strcmp(stream->tables.item[line->table - 1].name, table) != 0)
			continue;
		for (count = rules_made(line, chain); count > 0; count--)
			if (!vec_push(out, line))
				return -ENOMEM;
	}
	return 0;
}
