/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "text/directive.h"
#include "base/strbuf.h"
#include "text/seal.h"
#include "text/token.h"
#include "text/word.h"

#include <string.h>

struct stream_directive {
	const char *name;
	unsigned arguments; /* the least number of words after the name */
	void (*read)(struct stream *stream, struct line *line, const struct token *first);
};

static void complain(struct stream *stream, struct line *line, enum diag_id id, const struct token *at,
		     const char *text)
{
	struct where where = stream_where(stream, line, at->column, (unsigned)at->len);

	diag_add(stream->log, id, &where, NULL, "%s", text);
	if (diag_kinds[id].level >= LEVEL_ERROR)
		line->kind = LINE_BAD;
}

static void read_stream(struct stream *stream, struct line *line, const struct token *version)
{
	unsigned long number;

	if (line->number != 1) {
		complain(stream, line, DIAG_STRUCTURE, version, "`#@ stream` must be on the first line: are these two streams?");
	} else if (!token_number(version, 1000000, &number) || number == 0) {
		complain(stream, line, DIAG_STRUCTURE, version, "this must be a version number, as in `#@ stream 1`");
	} else {
		stream->sealed = true;
		if (number > STREAM_VERSION)
			complain(stream, line, DIAG_STRUCTURE, version,
				 "a newer version of these tools wrote this stream: update them");
	}
}

/* The line must be exactly the one that seal_line would write after the text so far. */
static void read_end(struct stream *stream, struct line *line, const struct token *lines)
{
	struct strbuf want = STRBUF_INIT;
	unsigned long count;
	struct token number = *lines;

	stream->sealed_off = true;
	if (!stream->sealed) {
		complain(stream, line, DIAG_TRUNCATED, lines, "`#@ end` without `#@ stream` on the first line: the beginning is missing");
		return;
	}
	strbuf_printf(&want, "#@ end lines=%u crc32=%08x", line->number - 1, (unsigned)stream->crc);
	if (want.len == line->len && memcmp(want.data, line->text, want.len) == 0) {
		strbuf_free(&want);
		return;
	}
	if (number.len > 6 && memcmp(number.text, "lines=", 6) == 0) {
		number.text += 6;
		number.len -= 6;
	}
	if (token_number(&number, 4000000000UL, &count) && count != line->number - 1)
		complain(stream, line, DIAG_TRUNCATED, lines, "the number of lines differs: lines are missing or were added");
	else
		complain(stream, line, DIAG_CHECKSUM, lines,
			 "the checksum differs: the text was changed after it was written; write it again");
	strbuf_free(&want);
}

static void read_line(struct stream *stream, struct line *line, const struct token *number)
{
	struct token file = token_next(line->text, line->len, number);
	struct stream_origin origin = { .file = NULL };
	struct words words = { .count = 0 };
	unsigned long value;
	unsigned column;

	if (!token_number(number, 1000000000UL, &value)) {
		complain(stream, line, DIAG_STRUCTURE, number, "this must be a line number, as in `#@ line 12 \"gateway.conf\"`");
		return;
	}
	if (words_split(&words, line->text + file.column - 1, line->len - (file.column - 1), &column) != WORD_FINE ||
	    words.count != 1) {
		complain(stream, line, DIAG_STRUCTURE, &file, "this must be one file name, as in `#@ line 12 \"gateway.conf\"`");
	} else {
		origin.file = arena_text(&stream->arena, words.item[0].text, strlen(words.item[0].text));
		origin.line = (unsigned)value;
		if (origin.file == NULL || !vec_push(&stream->origins, origin))
			stream->no_memory = true;
	}
	words_free(&words);
}

static const struct stream_directive directives[] = {
	{ "stream", 1, read_stream },
	{ "end", 0, read_end },
	{ "line", 2, read_line },
	{ "module", 1, NULL },
	{ "module?", 1, NULL },
	{ "sysctl", 1, NULL },
	{ "keep", 1, NULL },
	{ "expect", 1, NULL },
	{ "set", 2, NULL },
	{ "set-open", 1, NULL },
	{ "member", 1, NULL },
	{ "lint-off", 1, NULL },
	{ "zone", 2, NULL },
};

void directive_line(struct stream *stream, struct line *line)
{
	struct token name = token_after(line->text, line->len, 2), at = name;

	for (size_t i = 0; i < ARRAY_LEN(directives); i++) {
		const struct stream_directive *d = &directives[i];
		struct token first = token_next(line->text, line->len, &name);

		if (!token_is(&name, d->name))
			continue;
		for (unsigned n = 0; n < d->arguments; n++)
			at = token_next(line->text, line->len, &at);
		if (at.len == 0)
			complain(stream, line, DIAG_STRUCTURE, &at, "this directive needs more words: see fw-stream(5)");
		else if (d->read != NULL)
			d->read(stream, line, &first);
		return;
	}
	complain(stream, line, DIAG_DIRECTIVE, &name, "this version does not know this directive and ignores it");
}
