/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/reading.h"

void reader_complain(struct ruleset_reader *reader, const struct line *line, enum diag_id id, unsigned column,
		     unsigned width, const char *text)
{
	struct where at = stream_where(reader->stream, line, column, width);
	struct where origin = stream_origin_where(reader->stream, line);

	ext_listen(false);
	diag_add(reader->log, id, &at, &origin, "%s", text);
	ext_listen(true);
}

void reader_complain_word(struct ruleset_reader *reader, const struct line *line, enum diag_id id, unsigned word, const char *text)
{
	const struct word *at = word < reader->words.count ? &reader->words.item[word] : NULL;

	reader_complain(reader, line, id, at != NULL ? at->column : 1, at != NULL ? at->width : 1, text);
}

unsigned reader_line_index(const struct ruleset_reader *reader, const struct line *line)
{
	return (unsigned)(line - reader->stream->lines.item);
}
