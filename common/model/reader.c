/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/reader.h"
#include "base/suggest.h"
#include "model/apply.h"
#include "model/builtin.h"
#include "model/declared.h"
#include "model/unread.h"
#include "text/token.h"

#include <ctype.h>
#include <string.h>

/* --- tables and chains -------------------------------------------------------------------------- */

static void read_table(struct ruleset_reader *reader, const struct line *line)
{
	struct token token = token_after(line->text, line->len, 1);
	const char *name = reader->stream->tables.item[line->table - 1].name;
	const char *near = suggest_nearest(name, table_names, table_count);
	struct strbuf text = STRBUF_INIT;

	reader->table = NULL;
	if (table_hooks(name) != 0) {
		reader->table = ruleset_find_table(reader->ruleset, name); /* a second block was reported already */
		if (reader->table == NULL)
			reader->table = ruleset_add_table(reader->ruleset, name, reader_line_index(reader, line));
		reader->no_memory = reader->table == NULL;
		return;
	}
	strbuf_printf(&text, "there is no table %s", name);
	if (near != NULL)
		strbuf_printf(&text, "; did you mean %s?", near);
	reader_complain(reader, line, DIAG_STRUCTURE, token.column, (unsigned)token.len, strbuf_text(&text));
	strbuf_free(&text);
}

/* [packets:bytes], whose shape the stream has checked. */
static bool read_counters(const char *text, struct rule_counters *counters)
{
	char *end;

	counters->packets = strtoull(text + 1, &end, 10);
	counters->bytes = strtoull(end + 1, NULL, 10);
	return true;
}

static void read_chain(struct ruleset_reader *reader, const struct line *line)
{
	struct token name = token_after(line->text, line->len, 1);
	struct token policy = token_next(line->text, line->len, &name);
	struct token counters = token_next(line->text, line->len, &policy);
	char text[STREAM_CHAIN_MAX + 1];
	struct chain *chain;

	memcpy(text, name.text, name.len);
	text[name.len] = '\0';
	chain = table_find_chain(reader->table, text);
	if (is_verdict(text) || text[0] == '-' || text[0] == '!')
		reader_complain(reader, line, DIAG_STRUCTURE, name.column, (unsigned)name.len,
				"no chain can have this name: iptables would read it as something else");
	else if (chain != NULL && chain->hook == 0)
		reader_complain(reader, line, DIAG_STRUCTURE, name.column, (unsigned)name.len, "this chain exists already");
	else if (chain == NULL)
		chain = reader_add_chain(reader, line, text);
	if (chain == NULL)
		return;
	reader_set_policy(reader, line, chain, &policy);
	if (counters.len > 0)
		chain->has_counters = read_counters(counters.text, &chain->counters);
}

/* --- rules ---------------------------------------------------------------------------------------- */

/* [packets:bytes] in front of a rule, as iptables-save -c writes them. True when there were some. */
static bool strip_counters(const struct line *line, size_t *skip, struct rule_counters *counters)
{
	struct token first = token_after(line->text, line->len, 0);

	*skip = 0;
	if (first.len == 0 || first.text[0] != '[')
		return false;
	*skip = first.column - 1 + first.len;
	return read_counters(first.text, counters);
}

static void report_notice(struct ruleset_reader *reader, const struct line *line)
{
	struct strbuf *notice = &reader->notice;

	for (size_t i = 0; i < notice->len; i++)
		if (isspace((unsigned char)notice->data[i]))
			notice->data[i] = ' ';
	while (notice->len > 0 && notice->data[notice->len - 1] == ' ')
		notice->data[--notice->len] = '\0';
	if (notice->len > 0)
		reader_complain(reader, line, DIAG_EXTENSION_NOTICE, 0, 0, strbuf_text(notice));
	strbuf_reset(notice);
}

/* A rule that extensions may not see: reported, and kept as one that cannot be read. */
static bool is_refused(struct ruleset_reader *reader, const struct line *line)
{
	const struct reader_mode *mode = reader->mode;
	const char *why = mode->refuses != NULL ? mode->refuses(mode->ctx, reader_line_index(reader, line)) : NULL;

	if (why == NULL)
		return false;
	reader_keep_unread(reader, line);
	reader_complain(reader, line, DIAG_SYNTAX, 1, 2, why); /* not the whole line: equal findings are folded */
	return true;
}

static void read_rule(struct ruleset_reader *reader, const struct line *line)
{
	struct rule_counters counters = { 0 };
	enum word_fault fault;
	unsigned column;
	size_t skip;
	bool counted = strip_counters(line, &skip, &counters), good;

	fault = words_split(&reader->words, line->text + skip, line->len - skip, &column);
	if (fault == WORD_MEMORY) {
		reader->no_memory = true;
		return;
	}
	if (fault != WORD_FINE) {
		reader->ruleset->has_gaps = true;
		reader_complain(reader, line, fault == WORD_OPEN_QUOTE ? DIAG_SYNTAX : DIAG_LIMIT, column + (unsigned)skip,
				1, word_fault_text(fault));
		return;
	}
	if (is_refused(reader, line))
		return;
	for (unsigned i = 0; i < reader->words.count; i++)
		reader->words.item[i].column += (unsigned)skip;
	good = ext_read(reader->table->name, &reader->words, &reader->ruleset->arena, &reader->command, &reader->fault,
			&reader->notice);
	report_notice(reader, line);
	if (!good && reader->fault.no_memory) {
		reader->no_memory = true;
	} else if (reader->mode->declared && reader_undeclared(reader, line)) {
		return;
	} else if (!good && reader_unknown_target(reader, line)) {
		reader_keep_unread(reader, line); /* an option of a target that is misspelt */
	} else if (!good) {
		reader_keep_unread(reader, line);
		reader_complain_word(reader, line, DIAG_SYNTAX, reader->fault.word, strbuf_text(&reader->fault.text));
	} else if (!reader->command.other_family) {
		reader->command.rule.line = reader_line_index(reader, line);
		if (counted) {
			reader->command.rule.counters = counters;
			reader->command.rule.has_counters = true;
		}
		reader_apply(reader, line);
	} else {
		reader_skip(reader, line);
	}
}

static void read_line(struct ruleset_reader *reader, const struct line *line)
{
	switch (line->kind) {
	case LINE_TABLE:
		read_table(reader, line);
		break;
	case LINE_COMMIT:
		reader->table = NULL;
		break;
	case LINE_CHAIN:
		if (reader->table != NULL)
			read_chain(reader, line);
		break;
	case LINE_RULE:
		if (reader->table != NULL && (line->families & reader->ruleset->family) != 0)
			read_rule(reader, line);
		break;
	case LINE_BLANK:
	case LINE_COMMENT:
	case LINE_DIRECTIVE:
	case LINE_BAD:
		break;
	}
}

struct ruleset *ruleset_read_as(const struct stream *stream, enum family family, const struct reader_mode *mode,
				struct diag_log *log)
{
	struct ruleset_reader *reader = calloc(1, sizeof(*reader));
	struct ruleset *ruleset = ruleset_new(family, stream);

	if (reader == NULL || ruleset == NULL) {
		diag_memory(log);
		free(reader);
		ruleset_free(ruleset);
		return NULL;
	}
	reader->stream = stream;
	reader->ruleset = ruleset;
	reader->log = log;
	reader->mode = mode;
	reader->keeps_unread = mode->keeps_unread;
	ext_listen(true);
	for (size_t i = 0; i < stream->lines.len && !reader->no_memory; i++) {
		if (mode->begins != NULL)
			mode->begins(mode->ctx, (unsigned)i);
		read_line(reader, &stream->lines.item[i]);
	}
	ext_listen(false);
	if (reader->no_memory) {
		diag_memory(log);
		ruleset_free(ruleset);
		ruleset = NULL;
	}
	words_free(&reader->words);
	strbuf_free(&reader->fault.text);
	strbuf_free(&reader->notice);
	free(reader);
	return ruleset;
}

struct ruleset *ruleset_read(const struct stream *stream, enum family family, struct diag_log *log)
{
	static const struct reader_mode plain = { .declared = false };

	return ruleset_read_as(stream, family, &plain, log);
}
