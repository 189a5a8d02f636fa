/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/generation.h"
#include "base/file.h"
#include "store/generation_text.h"
#include "store/packed.h"
#include "store/record.h"
#include "store/refer.h"
#include "store/store_v1.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool fault(struct generation *generation, const char *path, const char *what)
{
	const char *name = strrchr(path, '/');

	if (generation->fault.len == 0)
		strbuf_printf(&generation->fault, "%s: %s", name != NULL ? name + 1 : path, what);
	return false;
}

/* Takes the rules of a family. They may refer to the input, which precedes them in the record. */
static bool take_rules(struct generation *generation, const struct record_field *field, int family)
{
	struct strbuf coded = STRBUF_INIT, *text = &generation->text[family];
	bool refers = field_is(field, rule_keys[family][KEY_REFERS]), good = field->block;

	generation->present |= family_bit(family);
	if (!refers) {
		strbuf_add(text, field->value, field->len);
	} else {
		strbuf_add(&coded, field->value, field->len);
		good = good && !coded.failed && refer_decode(&coded, &generation->input, family, text) == 0;
	}
	strbuf_free(&coded);
	return good && !text->failed;
}

/* Takes the directives. The text has no table, which stream_read would refuse. */
static bool take_extras(struct generation *generation, const struct record_field *field)
{
	struct diag_log silent = { .report = NULL };
	struct stream stream;
	const char *at = field->value, *end = at + field->len;
	bool good;

	stream_begin(&stream, "generation", FAMILY_BOTH, &silent);
	for (const char *stop; at < end && (stop = memchr(at, '\n', (size_t)(end - at))) != NULL; at = stop + 1)
		stream_feed(&stream, at, (size_t)(stop - at), true);
	good = field->block && at == end && diag_errors(&silent) == 0 &&
	       extras_read_stored(&generation->extras, &stream, &silent) && !stream.no_memory;
	stream_free(&stream);
	return good;
}

static bool take_field(struct generation *generation, const struct record_field *field)
{
	long long number;

	for (int i = 0; i < FAMILIES; i++)
		if (field_is(field, rule_keys[i][KEY_PLAIN]) || field_is(field, rule_keys[i][KEY_REFERS]))
			return take_rules(generation, field, i);
	if (field_is(field, "number"))
		return field_number(field, UINT_MAX, &number) && number == generation->number;
	if (field_is(field, "families")) {
		bool good = field_number(field, FAMILY_BOTH, &number);

		generation->families = (enum family)number;
		return good;
	}
	if (field_is(field, "when"))
		return field_copy(field, generation->when, sizeof(generation->when));
	if (field_is(field, "who"))
		return field_copy(field, generation->who, sizeof(generation->who));
	if (field_is(field, "from"))
		return field_copy(field, generation->from, sizeof(generation->from));
	if (field_is(field, "backend"))
		return field_copy(field, generation->backend, sizeof(generation->backend));
	if (field_is(field, "extras"))
		return take_extras(generation, field);
	if (field_is(field, "input"))
		strbuf_add(&generation->input, field->value, field->len);
	else
		return field_is(field, "kernel") || field_is(field, "cut");
	return field->block && !generation->input.failed;
}

static bool read_fields(struct generation *generation, struct record *record)
{
	struct record_field field;

	while (record_next(record, &field))
		if (!take_field(generation, &field))
			return false;
	return !record->bad && generation->families != FAMILY_NONE;
}

/*
 * Parses the fields. The file's checksum is right, so a failure here is a fault of the program that wrote it, or memory
 * ran out.
 */
static void parse(struct generation *generation, const char *path, struct record *record)
{
	struct diag_log silent = { .report = NULL };

	if (!read_fields(generation, record)) {
		fault(generation, path, "a field cannot be read");
		return;
	}
	for (int i = 0; i < FAMILIES; i++)
		if (!rules_read(&generation->rules[i], "generation", strbuf_text(&generation->text[i]),
				generation->text[i].len, &silent))
			fault(generation, path, "its rules cannot be read");
	/* the input is only used for messages */
	if (!stream_read(&generation->stream, "generation", strbuf_text(&generation->input), generation->input.len,
			 generation->families, &silent)) {
		stream_free(&generation->stream);
		generation->stream = (struct stream){ .name = "generation" };
	}
}

static bool is_of_format_1(const struct strbuf *text)
{
	return strncmp(strbuf_text(text), "#@ stream ", strlen("#@ stream ")) == 0;
}

static bool read_file(struct generation *generation, const struct state *state, unsigned number, enum state_file file)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	bool exact = false, old = false;
	struct record record;
	int err;

	*generation = (struct generation){ .number = number };
	err = packed_read(state_file_path(state, number, file, &path), &text, STATE_TEXT_MAX, &exact);
	if (err == -EBADMSG)
		fault(generation, strbuf_text(&path), "truncated or altered");
	else if (err != 0)
		fault(generation, strbuf_text(&path), file_own_error(err));
	else if (is_of_format_1(&text) && file == STATE_KEPT)
		old = true;
	else if (!exact || record_begin(&record, &text, "generation", GENERATION_VERSION) != 0)
		fault(generation, strbuf_text(&path), "wrong checksum");
	else
		parse(generation, strbuf_text(&path), &record);
	if (old) {
		strbuf_take(&generation->input, &text);
		v1_parse(generation, state);
	}
	strbuf_free(&path);
	strbuf_free(&text);
	return generation->fault.len == 0;
}

bool generation_read(struct generation *generation, const struct state *state, unsigned number)
{
	return read_file(generation, state, number, STATE_KEPT);
}

bool generation_read_waiting(struct generation *generation, const struct state *state, unsigned number)
{
	struct strbuf path = STRBUF_INIT;
	struct stat st;
	bool is_new = lstat(state_file_path(state, number, STATE_NEW, &path), &st) == 0;

	strbuf_free(&path);
	return read_file(generation, state, number, is_new ? STATE_NEW : STATE_KEPT);
}

unsigned generation_input_line(const struct generation *generation, const struct line *line)
{
	return line->number > generation->head ? line->number - generation->head : 0;
}

void generation_free(struct generation *generation)
{
	for (int i = 0; i < FAMILIES; i++) {
		rules_free(&generation->rules[i]);
		strbuf_free(&generation->text[i]);
	}
	extras_free(&generation->extras);
	stream_free(&generation->stream);
	strbuf_free(&generation->input);
	strbuf_free(&generation->fault);
}
