/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/blame.h"
#include "text/token.h"
#include "text/word.h"

#include <string.h>

static bool is_one_of(const char *word, const char *const options[])
{
	for (; *options != NULL; options++)
		if (strcmp(word, *options) == 0)
			return true;
	return false;
}

struct where blame_value(const struct ruleset *ruleset, const struct rule *rule, const char *const options[],
			 const char *value)
{
	const struct line *line = &ruleset->stream->lines.item[rule->line];
	struct token first = token_after(line->text, line->len, 0);
	size_t skip = first.len > 0 && first.text[0] == '[' ? first.column - 1 + first.len : 0;
	struct where where = stream_where(ruleset->stream, line, 0, 0);
	struct words words = { .count = 0 };
	unsigned column;

	if (words_split(&words, line->text + skip, line->len - skip, &column) == WORD_FINE) {
		for (unsigned i = 0; i + 1 < words.count && where.column == 0; i++) {
			const struct word *at = &words.item[i + 1];

			if (!is_one_of(words.item[i].text, options) || (value != NULL && strcmp(at->text, value) != 0))
				continue;
			where.column = at->column + (unsigned)skip;
			where.width = at->width;
		}
	}
	words_free(&words);
	return where;
}

struct where blame_extension(const struct ruleset *ruleset, const struct rule *rule, const struct extension *extension)
{
	static const char *const matches[] = { "-m", "--match", NULL };
	static const char *const targets[] = { "-j", "--jump", NULL };
	static const char *const protocols[] = { "-p", "--protocol", "--proto", NULL };
	struct where where = blame_value(ruleset, rule, extension->kind->target ? targets : matches, extension->kind->name);

	if (where.column == 0 && !extension->kind->target)
		where = blame_value(ruleset, rule, protocols, NULL);
	return where;
}

struct where blame_jump(const struct ruleset *ruleset, const struct rule *rule)
{
	static const char *const jumps[] = { "-j", "-g", "--jump", "--goto", NULL };

	return blame_value(ruleset, rule, jumps, NULL);
}
