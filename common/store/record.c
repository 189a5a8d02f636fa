/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/record.h"
#include "base/number.h"
#include "text/seal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void record_open(struct strbuf *out, const char *kind, unsigned version)
{
	strbuf_printf(out, "#@ %s %u\n", kind, version);
}

void record_field(struct strbuf *out, const char *key, const char *value)
{
	strbuf_printf(out, "%s ", key);
	for (; *value != '\0'; value++)
		strbuf_putc(out, (unsigned char)*value < ' ' || *value == 0x7f ? '?' : *value);
	strbuf_putc(out, '\n');
}

void record_number(struct strbuf *out, const char *key, long long number)
{
	strbuf_printf(out, "%s %lld\n", key, number);
}

void record_block(struct strbuf *out, const char *key, const char *bytes, size_t len)
{
	strbuf_printf(out, "%s:%zu\n", key, len);
	strbuf_add(out, bytes, len);
	strbuf_putc(out, '\n');
}

/* Writes the last line for the len bytes before it. */
static void write_seal(struct strbuf *out, const char *bytes, size_t len)
{
	strbuf_printf(out, "#@ end length=%zu crc32=%08lx\n", len, (unsigned long)seal_crc(bytes, len));
}

void record_close(struct strbuf *out)
{
	write_seal(out, strbuf_text(out), out->len);
}

/* Where the last line begins; NULL: the text does not end with a complete line. */
static const char *last_line(const struct strbuf *text)
{
	const char *data = strbuf_text(text), *before;

	if (text->len < 2 || data[text->len - 1] != '\n')
		return NULL;
	before = memrchr(data, '\n', text->len - 1);
	return before != NULL ? before + 1 : NULL;
}

static bool is_sealed(const struct strbuf *text, const char *last)
{
	size_t len = (size_t)(last - text->data);
	struct strbuf seal = STRBUF_INIT;
	bool good;

	write_seal(&seal, text->data, len);
	good = !seal.failed && seal.len == text->len - len && memcmp(seal.data, last, seal.len) == 0;
	strbuf_free(&seal);
	return good;
}

int record_begin(struct record *record, const struct strbuf *text, const char *kind, unsigned version)
{
	const char *last = last_line(text);
	char first[64];
	size_t len = (size_t)snprintf(first, sizeof(first), "#@ %s %u\n", kind, version);

	*record = (struct record){ .bad = true };
	if (last == NULL || !is_sealed(text, last) || (size_t)(last - text->data) < len ||
	    memcmp(text->data, first, len) != 0)
		return -EBADMSG;
	*record = (struct record){ .at = text->data + len, .end = last };
	return 0;
}

/* Reads the bytes of a block, whose length is in the line. */
static bool take_block(struct record *record, struct record_field *field)
{
	size_t left = (size_t)(record->end - record->at);
	long long len;

	field->block = false;
	if (!field_number(field, (long long)left, &len) || (size_t)len >= left || record->at[len] != '\n')
		return false;
	field->block = true;
	field->value = record->at;
	field->len = (size_t)len;
	record->at += len + 1;
	return true;
}

static bool take_field(struct record *record, struct record_field *field)
{
	size_t left = (size_t)(record->end - record->at), key;
	const char *line = record->at, *stop = memchr(line, '\n', left);

	if (stop == NULL)
		return false;
	for (key = 0; line + key < stop && line[key] != ' ' && line[key] != ':';)
		key++;
	if (key == 0 || key >= sizeof(field->key) || line + key == stop)
		return false;
	memcpy(field->key, line, key);
	field->key[key] = '\0';
	field->value = line + key + 1;
	field->len = (size_t)(stop - field->value);
	field->block = false;
	record->at = stop + 1;
	return line[key] == ' ' || take_block(record, field);
}

bool record_next(struct record *record, struct record_field *field)
{
	if (record->bad || record->at == record->end)
		return false;
	record->bad = !take_field(record, field);
	return !record->bad;
}

bool field_is(const struct record_field *field, const char *key)
{
	return strcmp(field->key, key) == 0;
}

bool field_number(const struct record_field *field, long long max, long long *number)
{
	uint64_t value = 0;
	bool good = !field->block && number_read_bytes(field->value, field->len, (uint64_t)max, &value);

	*number = (long long)value;
	return good;
}

bool field_copy(const struct record_field *field, char *out, size_t size)
{
	if (field->block || field->len >= size)
		return false;
	memcpy(out, field->value, field->len);
	out[field->len] = '\0';
	return true;
}
