/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-diff/sets.h"
#include "base/escape.h"
#include "base/json.h"

#include <string.h>

/* So many members are named. */
#define MEMBERS_MAX 3

static size_t count_lines(const struct strbuf *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->len; i++)
		count += text->data[i] == '\n';
	return count;
}

/* Appends "\n  + 192.0.2.0/24" for some of the members. */
static void show_members(struct strbuf *out, char sign, const struct strbuf *members)
{
	const char *next = strbuf_text(members);
	size_t count = count_lines(members);

	for (size_t i = 0; i < count && i < MEMBERS_MAX; i++) {
		struct piece member = set_next_line(&next);

		strbuf_printf(out, "  %c ", sign);
		strbuf_escape(out, member.text, member.len);
		strbuf_putc(out, '\n');
	}
	if (count > MEMBERS_MAX)
		strbuf_printf(out, "  %c and %zu more\n", sign, count - MEMBERS_MAX);
}

static void list_members(struct strbuf *out, const char *key, const struct strbuf *members)
{
	const char *next = strbuf_text(members);

	strbuf_printf(out, ",\"%s\":[", key);
	for (size_t i = 0, count = count_lines(members); i < count; i++) {
		struct piece member = set_next_line(&next);

		strbuf_puts(out, i > 0 ? "," : "");
		json_string(out, member.text, member.len);
	}
	strbuf_putc(out, ']');
}

static void compare_set(struct sets_answer *answer, const struct set *old, const struct set *new, bool json)
{
	struct strbuf added = STRBUF_INIT, removed = STRBUF_INIT, *out = &answer->text;
	bool other_type = old->type.len > 0 && new->type.len > 0 && set_compare(strbuf_text(&old->type), strbuf_text(&new->type)) == SET_OTHER_TYPE;

	if (!set_lines_without(strbuf_text(&new->members), strbuf_text(&old->members), &added) ||
	    !set_lines_without(strbuf_text(&old->members), strbuf_text(&new->members), &removed))
		out->failed = true;
	if (other_type || added.len > 0 || removed.len > 0) {
		answer->differs = true;
		if (json) {
			strbuf_puts(out, out->len > 0 ? ",{" : "{");
			json_member(out, "name", new->name);
			list_members(out, "added", &added);
			list_members(out, "removed", &removed);
			strbuf_putc(out, '}');
		} else {
			strbuf_printf(out, "set %s: %s\n", new->name, other_type ? "it has another type" : "other members");
			show_members(out, '-', &removed);
			show_members(out, '+', &added);
		}
	}
	strbuf_free(&added);
	strbuf_free(&removed);
}

static bool names_sets(const struct input *input)
{
	for (int i = 0; i < FAMILIES; i++)
		if (strstr(strbuf_text(&input->text[i]), "--match-set ") != NULL)
			return true;
	return false;
}

struct sets_answer sets_compare(const struct input *old, const struct input *new, bool json)
{
	struct sets_answer answer = { .text = STRBUF_INIT };

	for (size_t i = 0; i < new->extras.sets.len; i++) {
		const struct set *at = &new->extras.sets.item[i], *was = extras_set(&old->extras, at->name);

		if (was != NULL && !was->open && !at->open)
			compare_set(&answer, was, at, json);
	}
	if (old->live != new->live && (names_sets(old) || names_sets(new)) && !json)
		strbuf_printf(&answer.text, "sets are compared by name: what they contain in force is not read\n");
	return answer;
}

void sets_free(struct sets_answer *answer)
{
	strbuf_free(&answer->text);
}
