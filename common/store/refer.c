/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/refer.h"
#include "base/number.h"
#include "base/textmap.h"
#include "base/vec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const heads[2] = {
	"#= lines of the input that are not marked -6\n",
	"#= lines of the input that are not marked -4\n",
};

typedef VEC(struct piece) text_lines;

static bool starts(const struct piece *line, const char *with)
{
	return line->len >= strlen(with) && memcmp(line->text, with, strlen(with)) == 0;
}

static void skip(struct piece *line, size_t bytes)
{
	line->text += bytes;
	line->len -= (unsigned)bytes;
}

/* Removes counters and mark from a line. False: it is marked for the other family. */
static bool bare(struct piece *line, int family)
{
	const char *end;

	if (starts(line, "[") && (end = memchr(line->text, ']', line->len)) != NULL &&
	    end + 1 < line->text + line->len && end[1] == ' ')
		skip(line, (size_t)(end + 2 - line->text));
	if (starts(line, family == 0 ? "-6 " : "-4 "))
		return false;
	if (starts(line, family == 0 ? "-4 " : "-6 "))
		skip(line, 3);
	return true;
}

/* Splits a text into lines. family -1: all lines, unchanged. */
static bool split(const struct strbuf *text, int family, text_lines *out)
{
	const char *at = strbuf_text(text), *end = at + text->len;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct piece line = { .text = at, .len = (unsigned)((stop != NULL ? stop : end) - at) };

		at = stop != NULL ? stop + 1 : end;
		if (family >= 0 && !bare(&line, family))
			continue;
		if (!vec_push(out, line))
			return false;
	}
	return true;
}

/* Lines to look up, and where each different line occurs first. */
struct line_index {
	struct textmap map;
	VEC(size_t) first; /* by number in the map */
};

static bool index_lines(const text_lines *lines, struct line_index *index)
{
	bool good = textmap_reserve(&index->map, lines->len) && vec_reserve(&index->first, lines->len);

	for (size_t i = 0; good && i < lines->len; i++) {
		size_t number = textmap_add(&index->map, &lines->item[i]);

		good = number != TEXTMAP_NONE && (number < index->first.len || vec_push(&index->first, i));
	}
	return good;
}

/* Writes a run of lines that both texts share. */
static void write_run(struct strbuf *out, size_t start, size_t count)
{
	if (count > 0)
		strbuf_printf(out, "=%zu+%zu\n", start + 1, count);
}

static void encode(const text_lines *lines, const text_lines *other, const struct line_index *index, struct strbuf *out)
{
	size_t start = 0, count = 0;

	for (size_t i = 0; i < lines->len; i++) {
		const struct piece *line = &lines->item[i];
		size_t number;

		if (count > 0 && start + count < other->len && piece_equal(line, &other->item[start + count])) {
			count++;
			continue;
		}
		write_run(out, start, count);
		count = 0;
		number = textmap_find(&index->map, line);
		if (number != TEXTMAP_NONE) {
			start = index->first.item[number];
			count = 1;
		} else {
			strbuf_putc(out, '+');
			strbuf_add(out, line->text, line->len);
			strbuf_putc(out, '\n');
		}
	}
	write_run(out, start, count);
}

int refer_encode(const struct strbuf *text, const struct strbuf *other, int family, struct strbuf *out)
{
	text_lines lines = { 0 }, known = { 0 };
	struct line_index index = { .first = { 0 } };
	bool good = split(text, -1, &lines) && split(other, family, &known) && index_lines(&known, &index);

	if (good) {
		strbuf_puts(out, heads[family]);
		encode(&lines, &known, &index, out);
	}
	textmap_free(&index.map);
	vec_free(&index.first);
	vec_free(&lines);
	vec_free(&known);
	return good && !out->failed ? 0 : -ENOMEM;
}

bool refer_is(const struct strbuf *text)
{
	return strncmp(strbuf_text(text), "#= ", 3) == 0;
}

/* Writes the lines of =START+COUNT. False: malformed, or there are no such lines. */
static bool write_known(const struct piece *line, const text_lines *known, struct strbuf *out)
{
	const char *plus = memchr(line->text, '+', line->len), *end = line->text + line->len;
	uint64_t start, count;

	if (plus == NULL || !number_read_bytes(line->text + 1, (size_t)(plus - line->text) - 1, known->len, &start) || start == 0 ||
	    !number_read_bytes(plus + 1, (size_t)(end - plus) - 1, known->len - (start - 1), &count))
		return false;
	for (size_t i = start - 1; i < start - 1 + count; i++) {
		strbuf_add(out, known->item[i].text, known->item[i].len);
		strbuf_putc(out, '\n');
	}
	return true;
}

int refer_decode(const struct strbuf *coded, const struct strbuf *other, int family, struct strbuf *out)
{
	text_lines lines = { 0 }, known = { 0 };
	bool good = strncmp(strbuf_text(coded), heads[family], strlen(heads[family])) == 0, memory;

	memory = split(coded, -1, &lines) && split(other, family, &known);
	for (size_t i = 1; memory && good && i < lines.len; i++) {
		const struct piece *line = &lines.item[i];

		if (starts(line, "+")) {
			strbuf_add(out, line->text + 1, line->len - 1);
			strbuf_putc(out, '\n');
		} else {
			good = starts(line, "=") && write_known(line, &known, out);
		}
	}
	vec_free(&lines);
	vec_free(&known);
	return !memory || out->failed ? -ENOMEM : good ? 0 : -EBADMSG;
}
