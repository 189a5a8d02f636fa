/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What reader.c, apply.c and declared.c share while a text is read: where they are, and how they report a line. */
#ifndef FW_MODEL_READING_H
#define FW_MODEL_READING_H

#include "model/ext.h"

struct reader_mode;

struct ruleset_reader {
	const struct stream *stream;
	struct ruleset *ruleset;
	struct diag_log *log;
	const struct reader_mode *mode; /* borrowed */
	bool keeps_unread; /* the mode's */
	struct table *table; /* NULL: outside, or in one that was refused */
	struct words words;
	struct command command;
	struct ext_fault fault;
	struct strbuf notice;
	bool no_memory;
};

/* A finding at a column of the line, or at one of the words that it was cut into. */
void reader_complain(struct ruleset_reader *reader, const struct line *line, enum diag_id id, unsigned column,
		     unsigned width, const char *text);
void reader_complain_word(struct ruleset_reader *reader, const struct line *line, enum diag_id id, unsigned word,
			  const char *text);

unsigned reader_line_index(const struct ruleset_reader *reader, const struct line *line);

#endif
