/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/refer.h"
#include "base/number.h"
#include "base/vec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const heads[2] = {
	"#= lines of the input that are not marked -6\n",
	"#= lines of the input that are not marked -4\n",
};

struct text_line {
	const char *text; /* borrowed */
	size_t len;
	unsigned hash;
};

typedef VEC(struct text_line) text_lines;

/* Eight bytes at a time: lines differ in a few places, and equal ones are compared anyway. */
static unsigned hash_of(const char *text, size_t len)
{
	uint64_t hash = len, word;

	for (; len >= sizeof(word); text += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
		hash ^= hash >> 32;
	}
	word = 0;
	memcpy(&word, text, len);
	hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
	return (unsigned)(hash >> 32);
}

static bool starts(const struct text_line *line, const char *with)
{
	return line->len >= strlen(with) && memcmp(line->text, with, strlen(with)) == 0;
}

static void skip(struct text_line *line, size_t bytes)
{
	line->text += bytes;
	line->len -= bytes;
}

/* Without counters and mark; false: it is marked for the other family. */
static bool bare(struct text_line *line, int family)
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

/* family -1: every line as it is. */
static bool split(const struct strbuf *text, int family, text_lines *out)
{
	const char *at = strbuf_text(text), *end = at + text->len;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct text_line line = { .text = at, .len = (size_t)((stop != NULL ? stop : end) - at) };

		at = stop != NULL ? stop + 1 : end;
		if (family >= 0 && !bare(&line, family))
			continue;
		if (!vec_push(out, line))
			return false;
	}
	return true;
}

static bool same(const struct text_line *a, const struct text_line *b)
{
	return a->hash == b->hash && a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static void hash_lines(text_lines *lines)
{
	for (size_t i = 0; i < lines->len; i++)
		lines->item[i].hash = hash_of(lines->item[i].text, lines->item[i].len);
}

/* Where each line stands first: index + 1, by hash. */
static unsigned *index_lines(const text_lines *lines, size_t *size)
{
	unsigned *slots;

	for (*size = 64; *size < 2 * lines->len + 2;)
		*size *= 2;
	slots = calloc(*size, sizeof(*slots));
	for (size_t i = 0; slots != NULL && i < lines->len; i++) {
		size_t at = lines->item[i].hash & (*size - 1);

		while (slots[at] != 0 && !same(&lines->item[slots[at] - 1], &lines->item[i]))
			at = (at + 1) & (*size - 1);
		if (slots[at] == 0)
			slots[at] = (unsigned)i + 1;
	}
	return slots;
}

/* The run of equal lines is written when it ends. */
static void write_run(struct strbuf *out, size_t start, size_t count)
{
	if (count > 0)
		strbuf_printf(out, "=%zu+%zu\n", start + 1, count);
}

static void encode(const text_lines *lines, const text_lines *other, const unsigned *slots, size_t size,
		   struct strbuf *out)
{
	size_t start = 0, count = 0;

	for (size_t i = 0; i < lines->len; i++) {
		const struct text_line *line = &lines->item[i];
		size_t at = line->hash & (size - 1);

		if (count > 0 && start + count < other->len && same(line, &other->item[start + count])) {
			count++;
			continue;
		}
		write_run(out, start, count);
		count = 0;
		while (slots[at] != 0 && !same(&other->item[slots[at] - 1], line))
			at = (at + 1) & (size - 1);
		if (slots[at] != 0) {
			start = slots[at] - 1;
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
	unsigned *slots = NULL;
	size_t size = 0;

	if (split(text, -1, &lines) && split(other, family, &known)) {
		hash_lines(&lines);
		hash_lines(&known);
		slots = index_lines(&known, &size);
	}
	if (slots != NULL) {
		strbuf_puts(out, heads[family]);
		encode(&lines, &known, slots, size, out);
	}
	free(slots);
	vec_free(&lines);
	vec_free(&known);
	return slots != NULL && !out->failed ? 0 : -ENOMEM;
}

bool refer_is(const struct strbuf *text)
{
	return strncmp(strbuf_text(text), "#= ", 3) == 0;
}

/* =START+COUNT; false: not that, or not there. */
static bool write_known(const struct text_line *line, const text_lines *known, struct strbuf *out)
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
		const struct text_line *line = &lines.item[i];

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
