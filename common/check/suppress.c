/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/suppress.h"
#include "diag/catalogue.h"
#include "text/token.h"

#include <string.h>

static void complain(const struct stream *stream, const struct line *line, const struct token *at, const char *text,
		     struct diag_log *log)
{
	struct where where = stream_where(stream, line, at->column, (unsigned)at->len);

	diag_add(log, DIAG_DIRECTIVE, &where, NULL, "%s", text);
}

static bool keeps_from_loading(const struct diag_kind *kind)
{
	return kind->group == GROUP_STREAM || kind->group == GROUP_SYNTAX ||
	       (kind->group == GROUP_KERNEL && kind->level == LEVEL_ERROR);
}

static void read_one(struct suppressions *suppressions, const struct stream *stream, size_t index, struct diag_log *log)
{
	const struct line *line = &stream->lines.item[index];
	struct token word = token_after(line->text, line->len, 2), reason;
	struct suppression suppression = { .directive = (unsigned)index };
	char name[64] = "";

	word = token_next(line->text, line->len, &word);
	reason = token_next(line->text, line->len, &word);
	if (word.len < sizeof(name))
		memcpy(name, word.text, word.len);
	suppression.id = catalogue_find(name);
	if (suppression.id == DIAG_COUNT)
		complain(stream, line, &word, "unknown id: see fw-lint --list-checks", log);
	else if (keeps_from_loading(&diag_kinds[suppression.id]))
		complain(stream, line, &word, "this finding cannot be suppressed: the text would not load", log);
	else if (reason.len == 0)
		complain(stream, line, &word, "a reason is missing: #@ lint-off ID \"reason\"", log);
	else if (!vec_push(&suppressions->list, suppression))
		diag_memory(log);
}

void suppressions_read(struct suppressions *suppressions, const struct stream *stream, struct diag_log *log)
{
	size_t waiting = 0; /* the first that has no rule yet */
	const char *args;
	size_t len;

	for (size_t i = 0; i < stream->lines.len; i++) {
		const struct line *line = &stream->lines.item[i];

		if (line_directive(line, "lint-off", &args, &len))
			read_one(suppressions, stream, i, log);
		for (size_t n = waiting; n < suppressions->list.len && line->kind == LINE_CHAIN; n++)
			if (suppressions->list.item[n].chain == 0)
				suppressions->list.item[n].chain = line->number;
		if (line->kind != LINE_RULE)
			continue;
		while (waiting < suppressions->list.len)
			suppressions->list.item[waiting++].rule = line->number;
	}
}

bool suppressions_cover(struct suppressions *suppressions, const struct diag *diag)
{
	bool covered = false;

	for (size_t i = 0; i < suppressions->list.len; i++) {
		struct suppression *at = &suppressions->list.item[i];

		if (at->id == diag->id && diag->where.line != 0 && (at->rule == diag->where.line || at->chain == diag->where.line))
			covered = at->used = true;
	}
	return covered;
}

void suppressions_report_unused(const struct suppressions *suppressions, const struct stream *stream,
				bool (*ran)(const void *ctx, enum diag_id id), const void *ctx, struct diag_log *log)
{
	for (size_t i = 0; i < suppressions->list.len; i++) {
		const struct suppression *at = &suppressions->list.item[i];
		const struct line *line = &stream->lines.item[at->directive];
		struct token word = token_after(line->text, line->len, 2);

		word = token_next(line->text, line->len, &word);
		if (!at->used && ran(ctx, at->id))
			complain(stream, line, &word, "nothing to suppress: the next rule has no such finding", log);
	}
}

void suppressions_free(struct suppressions *suppressions)
{
	vec_free(&suppressions->list);
}
