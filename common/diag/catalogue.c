/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "diag/catalogue.h"

#include <string.h>

bool diag_is_lint(enum diag_id id)
{
	return diag_kinds[id].group != GROUP_PROGRAMS;
}

const char *diag_group_name(enum diag_group group)
{
	static const char *const names[GROUP_COUNT] = {
		[GROUP_STREAM] = "stream",
		[GROUP_SYNTAX] = "syntax",
		[GROUP_KERNEL] = "kernel",
		[GROUP_MEANING] = "meaning",
		[GROUP_PROGRAMS] = "programs",
	};

	return names[group];
}

enum diag_id catalogue_find(const char *name)
{
	for (int id = 0; id < DIAG_COUNT; id++)
		if (diag_is_lint((enum diag_id)id) && strcmp(diag_kinds[id].name, name) == 0)
			return (enum diag_id)id;
	return DIAG_COUNT;
}

void catalogue_list(struct strbuf *out)
{
	for (int id = 0; id < DIAG_COUNT; id++) {
		const struct diag_kind *kind = &diag_kinds[id];

		if (diag_is_lint((enum diag_id)id))
			strbuf_printf(out, "%-18s %-8s %-8s %s\n", kind->name, diag_group_name(kind->group),
				      level_name(kind->level), kind->meaning);
	}
}

static void indent(struct strbuf *out, const char *text)
{
	strbuf_puts(out, "    ");
	for (; *text != '\0'; text++) {
		strbuf_putc(out, *text);
		if (*text == '\n')
			strbuf_puts(out, "    ");
	}
	strbuf_putc(out, '\n');
}

/* Paragraphs of at most 78 columns. */
static void wrap(struct strbuf *out, const char *text)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (column > 0 && column + 1 + len > 78) {
			strbuf_putc(out, '\n');
			column = 0;
		} else if (column > 0) {
			strbuf_putc(out, ' ');
			column++;
		}
		strbuf_add(out, text, len);
		column += len;
		text += text[len] == ' ' ? len + 1 : len;
	}
	strbuf_putc(out, '\n');
}

void catalogue_explain(struct strbuf *out, enum diag_id id)
{
	const struct diag_kind *kind = &diag_kinds[id];

	strbuf_printf(out, "%s (%s, group %s): %s\n\n", kind->name, level_name(kind->level),
		      diag_group_name(kind->group), kind->meaning);
	wrap(out, kind->advice);
	strbuf_puts(out, "\nExample:\n\n");
	indent(out, kind->example);
}
