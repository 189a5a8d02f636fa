/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruletext/set.h"
#include "base/vec.h"
#include "text/token.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_family(const struct token *word)
{
	return token_is(word, "inet") || token_is(word, "inet6");
}

int set_parse(struct set *set, const char *text, size_t len)
{
	struct token name = token_after(text, len, 0), type = token_next(text, len, &name);
	struct token family = token_next(text, len, &type), rest = family;

	*set = (struct set){ .name = NULL };
	if (type.len == 0 || name.len > 31 || name.text[0] == '-' ||
	    (name.len >= sizeof(SET_SCRATCH_PREFIX) - 1 && memcmp(name.text, SET_SCRATCH_PREFIX, sizeof(SET_SCRATCH_PREFIX) - 1) == 0))
		return -EINVAL;
	set->name = strndup(name.text, name.len);
	strbuf_add(&set->type, type.text, type.len);
	if (is_family(&family)) {
		strbuf_puts(&set->type, " family ");
		strbuf_add(&set->type, family.text, family.len);
		rest = token_next(text, len, &family);
	}
	if (rest.len > 0) {
		strbuf_putc(&set->type, ' ');
		strbuf_add(&set->type, rest.text, len - (size_t)(rest.text - text));
	}
	if (set->name != NULL && !set->type.failed)
		return 0;
	set_free(set);
	return -ENOMEM;
}

void set_free(struct set *set)
{
	free(set->name);
	strbuf_free(&set->type);
	strbuf_free(&set->members);
	strbuf_free(&set->before);
	strbuf_free(&set->made);
	set->name = NULL;
}

static int line_order(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

void set_normal_form(const struct strbuf *saved, const char *name, struct strbuf *out)
{
	VEC(char *) lines = { 0 };
	char *copy = strdup(strbuf_text(saved)), *next = copy;
	size_t skip = strlen(name);

	for (char *line; copy != NULL && (line = strsep(&next, "\n")) != NULL;) {
		char *at = strstr(line, name), *seed = strstr(line, " initval ");

		if (at != NULL)
			memmove(at, at + skip, strlen(at + skip) + 1);
		seed = at != NULL ? strstr(line, " initval ") : seed;
		if (seed != NULL)
			*seed = '\0';
		if (*line != '\0' && !vec_push(&lines, line))
			break;
	}
	if (lines.len > 1)
		qsort(lines.item, lines.len, sizeof(*lines.item), line_order);
	for (size_t i = 0; i < lines.len; i++) {
		strbuf_puts(out, lines.item[i]);
		strbuf_putc(out, '\n');
	}
	vec_free(&lines);
	free(copy);
}
