/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "text/structure.h"
#include "base/suggest.h"
#include "text/directive.h"
#include "text/token.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static void complain(struct stream *stream, struct line *line, enum diag_id id, const struct token *at,
		     const char *text)
{
	struct where where = stream_where(stream, line, at->column, (unsigned)at->len);
	struct where origin = stream_origin_where(stream, line);

	diag_add(stream->log, id, &where, &origin, "%s", text);
	line->kind = LINE_BAD;
}

/* The kernel has five tables. A text with more than this is no ruleset, and the search for each name is linear. */
#define TABLES_MAX 64

static const struct token line_start = { .column = 1, .len = 1 };

static struct stream_table *find_table(const struct stream *stream, const struct token *name)
{
	for (size_t i = 0; i < stream->tables.len; i++)
		if (token_is(name, stream->tables.item[i].name))
			return &stream->tables.item[i];
	return NULL;
}

static void table_twice(struct stream *stream, struct line *line, const struct token *name,
			const struct stream_table *first)
{
	struct where where = stream_where(stream, line, name->column, (unsigned)name->len);

	if (!stream->families_given && stream->families == FAMILY_BOTH)
		diag_add(stream->log, DIAG_STRUCTURE, &where, NULL,
			 "table %s again: this is the output of iptables-save and ip6tables-save one after the other; "
			 "read each by itself, or use fw-save, which writes one text for both", first->name);
	else
		diag_add(stream->log, DIAG_STRUCTURE, &where, NULL,
			 "table %s again: line %u already has it, and this one would flush it; put the rules together",
			 first->name, stream->lines.item[first->line].number);
}

static void table_line(struct stream *stream, struct line *line)
{
	struct token name = token_after(line->text, line->len, 1);
	struct stream_table table = { .name = "", .line = (unsigned)stream->lines.len };
	const struct stream_table *first;

	if (stream->open_table)
		complain(stream, line, DIAG_STRUCTURE, &line_start, "this table begins before COMMIT of the previous one");
	stream->open_table = true;
	if (stream->tables.len >= TABLES_MAX) {
		if (stream->tables.len == TABLES_MAX && vec_push(&stream->tables, table))
			complain(stream, line, DIAG_LIMIT, &name, "more tables than any kernel has: the rest is not read");
		stream->open_table = true;
		line->kind = LINE_BAD;
		return;
	}
	first = find_table(stream, &name);
	if (first != NULL)
		table_twice(stream, line, &name, first);
	else if (name.len == 0)
		complain(stream, line, DIAG_STRUCTURE, &line_start, "the name of a table is missing, as in *filter");
	table.name = arena_text(&stream->arena, name.text, name.len);
	if (table.name == NULL || !vec_push(&stream->tables, table))
		stream->no_memory = true;
	line->table = (unsigned)stream->tables.len;
}

/* [packets:bytes] */
static bool counters_are_fine(const struct token *token)
{
	const char *colon = memchr(token->text, ':', token->len);
	size_t digits = 0;

	if (token->len < 5 || token->text[0] != '[' || token->text[token->len - 1] != ']' || colon == NULL)
		return false;
	for (size_t i = 1; i + 1 < token->len; i++)
		if (isdigit((unsigned char)token->text[i]))
			digits++;
	return digits == token->len - 3 && colon != token->text + 1 && colon != token->text + token->len - 2;
}

static void chain_line(struct stream *stream, struct line *line)
{
	struct token name = token_after(line->text, line->len, 1);
	struct token policy = token_next(line->text, line->len, &name);
	struct token counters = token_next(line->text, line->len, &policy);

	if (!stream->open_table)
		complain(stream, line, DIAG_STRUCTURE, &line_start,
			 "this chain is outside of a table: is the line with *filter, *nat, ... missing?");
	else if (name.len == 0)
		complain(stream, line, DIAG_STRUCTURE, &name, "the name of a chain is missing, as in :INPUT DROP [0:0]");
	else if (name.len > STREAM_CHAIN_MAX)
		complain(stream, line, DIAG_LIMIT, &name, "chain names have at most 28 bytes");
	else if (policy.len == 0)
		complain(stream, line, DIAG_STRUCTURE, &policy,
			 "the policy is missing: ACCEPT or DROP for a built-in chain, - for a user-defined chain");
	else if (counters.len > 0 && !counters_are_fine(&counters))
		complain(stream, line, DIAG_STRUCTURE, &counters, "counters must have the form [packets:bytes]");
}

static void commit_line(struct stream *stream, struct line *line)
{
	struct token rest = { .column = 7, .len = line->len - 6 };

	if (line->len > 6)
		complain(stream, line, DIAG_STRUCTURE, &rest,
			 "nothing may follow COMMIT, not even a blank: iptables-restore refuses it");
	else if (!stream->open_table)
		complain(stream, line, DIAG_STRUCTURE, &line_start, "COMMIT outside of a table");
	if (stream->open_table)
		stream->tables.item[stream->tables.len - 1].committed = true;
	stream->open_table = false;
}

/* A misspelt COMMIT, such as COMIT, is reported and ends the table, so that its end is not reported as missing too. */
static bool misspelt_commit(struct stream *stream, struct line *line, const struct token *first)
{
	static const char *const commit[] = { "COMMIT" };
	char word[STREAM_CHAIN_MAX + 1];

	if (first->len != line->len || first->len >= sizeof(word))
		return false;
	memcpy(word, first->text, first->len);
	word[first->len] = '\0';
	if (suggest_nearest(word, commit, ARRAY_LEN(commit)) == NULL && strcasecmp(word, "COMMIT") != 0)
		return false;
	complain(stream, line, DIAG_STRUCTURE, first, "a rule begins with a command, as in -A INPUT; did you mean COMMIT?");
	if (stream->open_table)
		stream->tables.item[stream->tables.len - 1].committed = true;
	stream->open_table = false;
	return true;
}

/* The -4 and -6 before the command or right after its chain. The model finds those at other places. */
static enum family rule_marks(const struct line *line)
{
	struct token word = token_after(line->text, line->len, 0);
	enum family marks = FAMILY_BOTH;
	int past_command = 0;

	if (word.len > 0 && word.text[0] == '[')
		word = token_next(line->text, line->len, &word);
	for (; word.len > 0 && past_command < 3; word = token_next(line->text, line->len, &word)) {
		enum family mark = token_mark(&word);

		if (mark != FAMILY_NONE)
			marks &= mark;
		else
			past_command++;
	}
	return marks;
}

/* The message for text that is not a line of a table: what it seems to be, and what to do. */
static const char *stray_text(const struct stream *stream, const struct token *first)
{
	static const char *const programs[] = { "iptables", "ip6tables", "sudo", "/sbin/iptables", "/usr/sbin/iptables" };

	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		if (token_is(first, programs[i]))
			return "this is a shell command: remove the name of the program, so that it begins with -A, and put it between "
			       "*filter (or *nat ...) and COMMIT";
	if (first->len >= 3 && memcmp(first->text, "\xef\xbb\xbf", 3) == 0)
		return "the text begins with a byte order mark: save it as UTF-8 without one";
	if (first->column > 1 && (first->text[0] == '*' || first->text[0] == ':'))
		return "tables and chains begin in the first column: remove the leading blanks";
	return stream->open_table ? "a rule begins with a command, as in -A INPUT; remove text that is not a rule" :
				    "this is not iptables-restore text: remove what was pasted around the rules";
}

static void rule_line(struct stream *stream, struct line *line)
{
	struct token first = token_after(line->text, line->len, 0);

	if (first.len == 0) {
		first = (struct token){ .column = 1, .len = line->len };
		complain(stream, line, DIAG_STRUCTURE, &first, "a line of blanks: iptables-restore refuses it; remove it");
	} else if (first.text[0] == '#') {
		complain(stream, line, DIAG_STRUCTURE, &first,
			 "a comment must begin in the first column, or iptables-restore reads it as a rule");
	} else if (!stream->open_table) {
		complain(stream, line, DIAG_STRUCTURE, &first,
			 first.text[0] == '-' || first.text[0] == '[' ?
				 "this rule is outside of a table: is the line with *filter, *nat, ... missing?" :
				 stray_text(stream, &first));
	} else if (first.text[0] == '[' && !counters_are_fine(&first)) {
		complain(stream, line, DIAG_STRUCTURE, &first, "counters must have the form [packets:bytes]");
	} else if (first.text[0] == '[' && first.column > 1) {
		complain(stream, line, DIAG_STRUCTURE, &first,
			 "counters must begin in the first column, or iptables-restore reads them as a word of the rule");
	} else if (first.text[0] != '-' && first.text[0] != '[' && !misspelt_commit(stream, line, &first)) {
		complain(stream, line, DIAG_STRUCTURE, &first, stray_text(stream, &first));
	} else if (line->kind != LINE_BAD) {
		line->families = rule_marks(line);
	}
}

void structure_line(struct stream *stream, struct line *line)
{
	if (stream->sealed_off && line->kind != LINE_BAD) {
		complain(stream, line, DIAG_TRUNCATED, &line_start, "text after `#@ end`: are these two streams?");
		return;
	}
	switch (line->kind) {
	case LINE_DIRECTIVE:
		directive_line(stream, line);
		break;
	case LINE_TABLE:
		table_line(stream, line);
		break;
	case LINE_CHAIN:
		chain_line(stream, line);
		break;
	case LINE_COMMIT:
		commit_line(stream, line);
		break;
	case LINE_RULE:
		rule_line(stream, line);
		break;
	case LINE_BLANK:
	case LINE_COMMENT:
	case LINE_BAD:
		break;
	}
}

void structure_end(struct stream *stream)
{
	struct where at = { .file = stream->name, .line = (unsigned)stream->lines.len };
	const struct stream_table *last = stream->tables.len > 0 ? &stream->tables.item[stream->tables.len - 1] : NULL;

	if (stream->open_table && last != NULL)
		diag_add(stream->log, DIAG_TRUNCATED, &at, NULL,
			 "table %s (line %u) is not committed: COMMIT or the end of the text is missing", last->name,
			 stream->lines.item[last->line].number);
	if (stream->sealed && !stream->sealed_off)
		diag_add(stream->log, DIAG_TRUNCATED, &at, NULL,
			 "the text begins with `#@ stream` but has no `#@ end`: the rest is missing");
	if (stream->tables.len > 0 || diag_errors(stream->log) > stream->errors_before)
		return;
	at.line = 0;
	diag_add(stream->log, DIAG_EMPTY, &at, NULL,
		 stream->lines.len == 0 ? "the input is empty: did the previous program in the pipe fail?" :
					  "this text has no table, so it has no rules");
}
