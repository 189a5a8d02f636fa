/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/canon.h"
#include "model/canon_work.h"
#include "model/lost.h"
#include "model/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A child that says nothing for so many seconds hangs on an extension. */
#define PATIENCE 30

/* What one family's child says. */
struct told {
	struct wire_finding finding;
	char *text; /* owned */
	enum family families;
};

struct canon_reading {
	const struct stream *declared; /* NULL: saved */
	struct canon_task task[FAMILIES];
	struct child child[FAMILIES];
	bool started[FAMILIES];
	struct strbuf answer[FAMILIES]; /* empty: none */
	VEC(struct told) told;
	bool no_memory;
	unsigned long failures; /* answers that did not come; reported */
};

/* --- the children --------------------------------------------------------------------------------- */

static void tell(struct canon_reading *reading, const struct wire_finding *finding, char *text, int family)
{
	struct told told = { .finding = *finding, .text = text, .families = family_bit(family) };

	if (text == NULL || !vec_push(&reading->told, told)) {
		free(text);
		reading->no_memory = true;
	}
}

/* A child without a whole answer, at the line where it was: of a declaration, this line cannot be read. */
static void tell_end(struct canon_reading *reading, int family, const struct child_end *end)
{
	bool declared = reading->declared != NULL && end->place > 0;
	struct wire_finding finding = { .id = declared ? DIAG_SYNTAX : DIAG_SYSTEM, .line = end->place };
	struct strbuf text = STRBUF_INIT;

	if (!declared)
		strbuf_printf(&text, "%s: ", family_name(family));
	lost_explain(&text, end, PATIENCE);
	tell(reading, &finding, text.failed ? NULL : strdup(strbuf_text(&text)), family);
	strbuf_free(&text);
}

static void tell_findings(struct canon_reading *reading, int family)
{
	struct wire_record record;
	struct wire_finding finding;
	size_t at = 0;
	char *text;

	while (wire_next(&reading->answer[family], &at, &record))
		if (record.kind == WIRE_FINDING && wire_take_finding(&record, &finding, &text))
			tell(reading, &finding, text, family);
		else if (record.kind == WIRE_FINDING)
			reading->no_memory = true;
}

static void finish(struct canon_reading *reading, int family, struct diag_log *log)
{
	struct child_end end;
	int err = child_finish(&reading->child[family], PATIENCE, &reading->answer[family], &end);

	if (err == -ECHILD || (err == 0 && !wire_is_whole(&reading->answer[family])))
		tell_end(reading, family, &end);
	else if (err != 0)
		diag_system(log, err, "%s: the answer of the process that reads the rules", family_name(family));
	else
		tell_findings(reading, family);
}

static void run(struct canon_reading *reading, struct diag_log *log)
{
	for (int i = 0; i < FAMILIES; i++) {
		int err;

		if (reading->task[i].family == FAMILY_NONE)
			continue;
		err = child_start(&reading->child[i], canon_work, &reading->task[i]);
		reading->started[i] = err == 0;
		if (err != 0)
			diag_system(log, err, "a process to read the rules");
	}
	for (int i = 0; i < FAMILIES; i++)
		if (reading->started[i])
			finish(reading, i, log);
}

/* --- findings ------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct told *x = a, *y = b;
	int texts;

	if (x->finding.line != y->finding.line)
		return x->finding.line < y->finding.line ? -1 : 1;
	if (x->finding.column != y->finding.column)
		return x->finding.column < y->finding.column ? -1 : 1;
	texts = strcmp(x->text, y->text);
	return texts != 0 ? texts : (int)x->families - (int)y->families;
}

static bool same(const struct told *x, const struct told *y)
{
	return x->finding.id == y->finding.id && x->finding.line == y->finding.line &&
	       x->finding.column == y->finding.column && strcmp(x->text, y->text) == 0;
}

/* In the order of the lines; what both families say is said once. */
static void merge(struct canon_reading *reading)
{
	size_t kept = 0;

	if (reading->told.len > 0)
		qsort(reading->told.item, reading->told.len, sizeof(*reading->told.item), compare);
	for (size_t i = 0; i < reading->told.len; i++) {
		struct told *next = &reading->told.item[i];

		if (kept > 0 && same(&reading->told.item[kept - 1], next)) {
			reading->told.item[kept - 1].families |= next->families;
			free(next->text);
		} else {
			reading->told.item[kept++] = *next;
		}
	}
	reading->told.len = kept;
}

/* The line of a saver's text, by its number from 1. */
static struct where place_in_text(const struct strbuf *text, int family, unsigned number)
{
	struct where where = { .file = family == 0 ? "iptables-save" : "ip6tables-save", .line = number };
	const char *at = text->data, *end = text->data + text->len;

	for (unsigned i = 1; at != NULL && at < end; i++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		if (i == number) {
			where.source = at;
			where.source_len = (size_t)((newline != NULL ? newline : end) - at);
			break;
		}
		at = newline != NULL ? newline + 1 : NULL;
	}
	return where;
}

static const struct line *line_of(const struct canon_reading *reading, const struct told *told)
{
	const struct stream *stream = reading->declared;

	if (stream == NULL || told->finding.line == 0 || told->finding.line > stream->lines.len)
		return NULL;
	return &stream->lines.item[told->finding.line - 1];
}

/* Does only one family object to a line that is for both? Then it may just lack a mark. */
static bool is_one_sided(const struct canon_reading *reading, const struct told *told, const struct line *line)
{
	return line != NULL && line->kind == LINE_RULE && line->families == FAMILY_BOTH && told->families != FAMILY_BOTH &&
	       diag_kinds[told->finding.id].level == LEVEL_ERROR && reading->started[0] && reading->started[1];
}

static void report(const struct canon_reading *reading, const struct told *told, struct diag_log *log)
{
	const struct line *line = line_of(reading, told);
	enum diag_id id = (enum diag_id)told->finding.id;
	int family = told->families == FAMILY_IPV6 ? 1 : 0;
	struct where at = { .file = NULL }, origin = { .file = NULL };

	if (line != NULL) {
		at = stream_where(reading->declared, line, told->finding.column, told->finding.width);
		origin = stream_origin_where(reading->declared, line);
	} else if (told->finding.line > 0 && reading->declared == NULL) {
		at = place_in_text(reading->task[family].saved, family, told->finding.line);
	}
	if (is_one_sided(reading, told, line))
		diag_add(log, DIAG_FAMILY, &at, &origin, "IPv%d cannot take this: %s; if it is for IPv%d alone, say -%d before -A",
			 family == 0 ? 4 : 6, told->text, family == 0 ? 6 : 4, family == 0 ? 6 : 4);
	else
		diag_add(log, id, at.file != NULL ? &at : NULL, origin.file != NULL ? &origin : NULL, "%s", told->text);
}

/* Runs the tasks and reports what they find. True when each has an answer and no errors. */
static bool read_all(struct canon_reading *reading, struct diag_log *log)
{
	unsigned long errors = diag_errors(log);

	run(reading, log);
	merge(reading);
	for (size_t i = 0; i < reading->told.len; i++)
		report(reading, &reading->told.item[i], log);
	if (reading->no_memory)
		diag_memory(log);
	return diag_errors(log) == errors;
}

static void reading_end(struct canon_reading *reading)
{
	for (size_t i = 0; i < reading->told.len; i++)
		free(reading->told.item[i].text);
	vec_free(&reading->told);
	for (int i = 0; i < FAMILIES; i++)
		strbuf_free(&reading->answer[i]);
}

/* --- answers ---------------------------------------------------------------------------------------- */

/* The text is of whole lines without NUL. *rules: how many lines are rules. */
static bool text_is_sound(const char *text, size_t len, size_t *rules, size_t *lines)
{
	const char *end = text + len;

	*rules = *lines = 0;
	if (memchr(text, '\0', len) != NULL)
		return false;
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		if (newline == NULL)
			return false;
		*rules += *text == '-' || *text == '[';
		++*lines;
		text = newline + 1;
	}
	return true;
}

static size_t count_rule_lines(const struct strbuf *text)
{
	const char *at = text->data, *end = text->data + text->len;
	size_t count = 0;

	while (at != NULL && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		count += *at == '-' || *at == '[';
		at = newline != NULL ? newline + 1 : NULL;
	}
	return count;
}

static bool find_record(const struct strbuf *answer, enum wire_kind kind, struct wire_record *record)
{
	size_t at = 0;

	while (wire_next(answer, &at, record))
		if (record->kind == kind)
			return true;
	return false;
}

static bool take_lines(struct canon *canon, const struct wire_record *record, size_t line_count)
{
	for (size_t i = 0; i < record->len / sizeof(uint32_t); i++) {
		uint32_t line;

		memcpy(&line, record->bytes + i * sizeof(line), sizeof(line));
		if (line >= line_count || !vec_push(&canon->lines, line))
			return false;
	}
	return true;
}

/* The answer becomes the text, without a second copy of it. */
static void take_text(struct strbuf *out, struct strbuf *answer, const struct wire_record *text)
{
	size_t len = text->len;

	memmove(answer->data, text->bytes, len);
	answer->data[len] = '\0';
	answer->len = len;
	strbuf_take(out, answer);
}

static bool take_declared(struct canon *canon, struct strbuf *answer, size_t line_count)
{
	struct wire_record text, lines;
	size_t rules, all;

	if (!find_record(answer, WIRE_TEXT, &text) || !find_record(answer, WIRE_LINES, &lines) ||
	    !text_is_sound(text.bytes, text.len, &rules, &all) || lines.len != rules * sizeof(uint32_t))
		return false;
	if (!take_lines(canon, &lines, line_count))
		return false;
	take_text(&canon->text, answer, &text);
	return true;
}

static bool take_saved(struct strbuf *out, struct strbuf *answer, const struct strbuf *saved)
{
	struct wire_record text;
	size_t rules, all;

	if (!find_record(answer, WIRE_TEXT, &text) || !text_is_sound(text.bytes, text.len, &rules, &all) ||
	    rules != all || rules != count_rule_lines(saved))
		return false;
	take_text(out, answer, &text);
	return !out->failed;
}

static bool damaged(int family, struct diag_log *log)
{
	diag_add(log, DIAG_SYSTEM, NULL, NULL, "%s: the answer of the process that reads the rules is damaged", family_name(family));
	return false;
}

bool canon_declared(const struct stream *stream, enum family families, bool counters, struct canon canon[FAMILIES],
		    struct diag_log *log)
{
	struct canon_reading reading = { .declared = stream };
	bool good;

	for (int i = 0; i < FAMILIES; i++)
		if (family_has(families & stream->families, i))
			reading.task[i] = (struct canon_task){ .family = family_bit(i), .declared = stream, .counters = counters };
	good = read_all(&reading, log);
	for (int i = 0; i < FAMILIES && good; i++)
		if (reading.started[i] && !take_declared(&canon[i], &reading.answer[i], stream->lines.len))
			good = damaged(i, log);
	reading_end(&reading);
	return good;
}

bool canon_saved(enum family families, const struct strbuf texts[FAMILIES], struct strbuf out[FAMILIES],
		 struct diag_log *log)
{
	struct canon_reading reading = { .declared = NULL };
	bool good;

	for (int i = 0; i < FAMILIES; i++)
		if (family_has(families, i) && texts[i].len > 0)
			reading.task[i] = (struct canon_task){ .family = family_bit(i), .saved = &texts[i] };
	good = read_all(&reading, log);
	for (int i = 0; i < FAMILIES && good; i++)
		if (reading.started[i] && !take_saved(&out[i], &reading.answer[i], &texts[i]))
			good = damaged(i, log);
	reading_end(&reading);
	return good;
}

void canon_free(struct canon *canon)
{
	strbuf_free(&canon->text);
	vec_free(&canon->lines);
}
