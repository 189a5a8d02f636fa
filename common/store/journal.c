/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/journal.h"
#include "store/disk.h"
#include "store/record.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 1

static const char *const kinds[] = {
	[JOURNAL_SETTING] = "setting",
	[JOURNAL_SET] = "set",
	[JOURNAL_RULES] = "rules",
};

struct journal_step *journal_add(struct journal *journal, enum journal_kind kind, const char *name, int family)
{
	struct journal_step step = { .kind = kind, .family = family };

	if (name != NULL) {
		step.name = strdup(name);
		if (step.name == NULL)
			return NULL;
	}
	if (!vec_push(&journal->steps, step)) {
		free(step.name);
		return NULL;
	}
	return &journal->steps.item[journal->steps.len - 1];
}

static void write_step(struct strbuf *out, const struct journal_step *step)
{
	record_field(out, "step", kinds[step->kind]);
	if (step->name != NULL)
		record_block(out, "name", step->name, strlen(step->name));
	record_number(out, "family", step->family);
	record_number(out, "opens", step->opens);
	record_number(out, "existed", step->existed);
	record_number(out, "safe", step->safe);
	record_number(out, "read-at", step->read_at);
	record_block(out, "before", strbuf_text(&step->before), step->before.len);
	record_block(out, "after", strbuf_text(&step->after), step->after.len);
}

static bool is_whole(const struct journal *journal)
{
	for (size_t i = 0; i < journal->steps.len; i++)
		if (journal->steps.item[i].before.failed || journal->steps.item[i].after.failed)
			return false;
	return true;
}

int journal_write(const struct state *state, const struct journal *journal)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	int err = is_whole(journal) ? 0 : -ENOMEM;

	record_open(&text, "journal", VERSION);
	record_field(&text, "boot", journal->boot);
	record_number(&text, "generation", journal->generation);
	record_number(&text, "fresh", journal->fresh);
	record_number(&text, "rest", journal->rest);
	record_number(&text, "from", journal->from);
	record_number(&text, "families", journal->families);
	record_field(&text, "backend", journal->backend);
	record_number(&text, "deadline", journal->deadline);
	for (size_t i = 0; i < journal->steps.len; i++)
		write_step(&text, &journal->steps.item[i]);
	record_close(&text);
	if (text.len > STATE_TEXT_MAX)
		err = -EFBIG;
	if (err == 0)
		err = disk_write(state, state_run_path(state, "journal", &path), &text);
	strbuf_free(&path);
	strbuf_free(&text);
	return err;
}

static bool read_kind(const struct record_field *field, struct journal *journal)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (field->len == strlen(kinds[i]) && memcmp(field->value, kinds[i], field->len) == 0)
			return journal_add(journal, (enum journal_kind)i, NULL, 0) != NULL;
	return false;
}

/* Running out of memory counts as damage here: either way the journal cannot be used. */
static bool read_step_field(const struct record_field *field, struct journal_step *step)
{
	struct strbuf *text = field_is(field, "before") ? &step->before : field_is(field, "after") ? &step->after : NULL;
	long long number;

	if (text != NULL) {
		strbuf_add(text, field->value, field->len);
		return field->block && !text->failed;
	}
	if (field_is(field, "name")) {
		free(step->name);
		step->name = strndup(field->value, field->len);
		return field->block && step->name != NULL && strlen(step->name) == field->len;
	}
	if (field_is(field, "read-at"))
		return field_number(field, LLONG_MAX, &step->read_at);
	if (!field_number(field, 1, &number))
		return false;
	if (field_is(field, "family"))
		step->family = (int)number;
	else if (field_is(field, "opens"))
		step->opens = number != 0;
	else if (field_is(field, "existed"))
		step->existed = number != 0;
	else if (field_is(field, "safe"))
		step->safe = number != 0;
	else
		return false;
	return true;
}

static bool read_head_field(const struct record_field *field, struct journal *journal)
{
	long long number;

	if (field_is(field, "boot"))
		return field_copy(field, journal->boot, sizeof(journal->boot));
	if (field_is(field, "backend"))
		return field_copy(field, journal->backend, sizeof(journal->backend));
	if (field_is(field, "families") && field_number(field, FAMILY_BOTH, &number))
		journal->families = (enum family)number;
	else if (field_is(field, "generation") && field_number(field, UINT_MAX, &number))
		journal->generation = (unsigned)number;
	else if (field_is(field, "fresh") && field_number(field, 1, &number))
		journal->fresh = number != 0;
	else if (field_is(field, "rest") && field_number(field, 1, &number))
		journal->rest = number != 0;
	else if (field_is(field, "from") && field_number(field, UINT_MAX, &number))
		journal->from = (unsigned)number;
	else if (field_is(field, "deadline") && field_number(field, LLONG_MAX, &number))
		journal->deadline = number;
	else
		return false;
	return true;
}

static bool read_fields(struct record *record, struct journal *journal)
{
	struct record_field field;
	bool good = true;

	while (good && record_next(record, &field)) {
		size_t count = journal->steps.len;

		if (field_is(&field, "step"))
			good = read_kind(&field, journal);
		else if (count > 0)
			good = read_step_field(&field, &journal->steps.item[count - 1]);
		else
			good = read_head_field(&field, journal);
	}
	for (size_t i = 0; i < journal->steps.len; i++)
		good = good && (journal->steps.item[i].name != NULL || journal->steps.item[i].kind == JOURNAL_RULES);
	return good && !record->bad && journal->boot[0] != '\0';
}

int journal_read(const struct state *state, struct journal *journal)
{
	struct strbuf text = STRBUF_INIT;
	struct record record;
	int err = state_run_read(state, "journal", &text);

	*journal = (struct journal){ .generation = 0 };
	if (err == 0)
		err = record_begin(&record, &text, "journal", VERSION);
	if (err == 0 && !read_fields(&record, journal))
		err = -EBADMSG;
	strbuf_free(&text);
	return err;
}

int journal_remove(const struct state *state)
{
	struct strbuf path = STRBUF_INIT;
	int err = disk_remove(state, state_run_path(state, "journal", &path));

	if (err == 0)
		err = disk_sync(state, state->run);
	strbuf_free(&path);
	return err == -ENOENT ? 0 : err; /* -ENOENT: without the folder there is no journal */
}

int journal_set_aside(const struct state *state)
{
	struct strbuf path = STRBUF_INIT, aside = STRBUF_INIT;
	int err = 0;

	/* a folder cannot replace a file, nor a file a folder: try another name */
	state_run_path(state, "journal", &path);
	for (int i = 0; i < 10; i++) {
		state_run_path(state, "journal.bad", &aside);
		if (i > 0)
			strbuf_printf(&aside, ".%d", i);
		err = disk_rename(state, strbuf_text(&path), strbuf_text(&aside), false);
		if (err != -EISDIR && err != -ENOTDIR && err != -ENOTEMPTY && err != -EEXIST)
			break;
	}
	if (err == 0)
		err = disk_sync(state, state->run);
	strbuf_free(&path);
	strbuf_free(&aside);
	return err == -ENOENT ? 0 : err;
}

void journal_free(struct journal *journal)
{
	for (size_t i = 0; i < journal->steps.len; i++) {
		free(journal->steps.item[i].name);
		strbuf_free(&journal->steps.item[i].before);
		strbuf_free(&journal->steps.item[i].after);
	}
	vec_free(&journal->steps);
	*journal = (struct journal){ .generation = 0 };
}
