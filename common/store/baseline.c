/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/baseline.h"
#include "ruletext/sysctl.h"
#include "store/disk.h"
#include "store/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 1

static int add(struct baseline *baseline, char *key, char *value)
{
	struct baseline_value item = { key, value };

	if (key != NULL && value != NULL && vec_push(&baseline->values, item))
		return 0;
	free(key);
	free(value);
	return -ENOMEM;
}

/* Reads pairs of blocks: "set", the key, and "to", its value. */
static int read_values(struct record *record, struct baseline *baseline)
{
	struct record_field key, value;
	int err = 0;

	while (err == 0 && record_next(record, &key)) {
		if (!key.block || !field_is(&key, "set") || !record_next(record, &value) || !value.block ||
		    !field_is(&value, "to"))
			return -EBADMSG;
		err = add(baseline, strndup(key.value, key.len), strndup(value.value, value.len));
	}
	return err == 0 && record->bad ? -EBADMSG : err;
}

int baseline_read(const struct state *state, struct baseline *baseline)
{
	struct strbuf text = STRBUF_INIT;
	char boot[HOST_BOOT_ID];
	struct record record;
	struct record_field field;
	int err = state_run_read(state, "sysctls", &text);

	*baseline = (struct baseline){ .changed = false };
	if (err == 0)
		err = record_begin(&record, &text, "sysctls", VERSION);
	if (err == 0 && (!record_next(&record, &field) || !field_is(&field, "boot") ||
			 !field_copy(&field, boot, sizeof(boot))))
		err = -EBADMSG;
	if (err == 0 && strcmp(boot, state->boot) == 0)
		err = read_values(&record, baseline);
	if (err != 0)
		baseline_free(baseline);
	strbuf_free(&text);
	return err == -ENOENT ? 0 : err;
}

const char *baseline_find(const struct baseline *baseline, const char *key)
{
	for (size_t i = 0; i < baseline->values.len; i++)
		if (sysctl_same_key(baseline->values.item[i].key, key))
			return baseline->values.item[i].value;
	return NULL;
}

int baseline_note(struct baseline *baseline, const char *key, const char *value)
{
	if (baseline_find(baseline, key) != NULL)
		return 0;
	baseline->changed = true;
	return add(baseline, strdup(key), strdup(value));
}

int baseline_write(const struct state *state, struct baseline *baseline)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	int err;

	if (!baseline->changed)
		return 0;
	record_open(&text, "sysctls", VERSION);
	record_field(&text, "boot", state->boot);
	for (size_t i = 0; i < baseline->values.len; i++) {
		const struct baseline_value *item = &baseline->values.item[i];

		record_block(&text, "set", item->key, strlen(item->key));
		record_block(&text, "to", item->value, strlen(item->value));
	}
	record_close(&text);
	err = disk_write(state, state_run_path(state, "sysctls", &path), &text);
	if (err == 0)
		baseline->changed = false;
	strbuf_free(&path);
	strbuf_free(&text);
	return err;
}

void baseline_free(struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->values.len; i++) {
		free(baseline->values.item[i].key);
		free(baseline->values.item[i].value);
	}
	vec_free(&baseline->values);
	*baseline = (struct baseline){ .changed = false };
}
