/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/history.h"
#include "base/atomic.h"
#include "conntrack/input.h"
#include "conntrack/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE_MAX   ((size_t)1 << 20)
#define STATE_NAME  "ct-stat-state"
#define STATE_TITLE STATE_NAME " 1"

void history_free(struct history *history)
{
	snapshot_free(&history->then);
}

static const struct history_number {
	const char *name;
	size_t at;
} numbers[] = {
	{ "boottime", offsetof(struct history, then.boottime) },
	{ "wall", offsetof(struct history, then.wall) },
	{ "namespace", offsetof(struct history, then.place.cookie) },
	{ "count", offsetof(struct history, then.count) },
	{ "max", offsetof(struct history, then.max) },
	{ "logged", offsetof(struct history, logged) },
};

static uint64_t *number_at(struct history *history, const struct history_number *number)
{
	return (uint64_t *)(void *)((char *)history + number->at);
}

/* Reads "0 drop=3 early_drop=0 ...", and skips names that this version does not know. */
static int read_cpu(struct history *history, char *words)
{
	char *save = NULL, *word = strtok_r(words, " ", &save), *equals;
	struct counter_line *line;
	uint64_t number;

	if (word == NULL || !text_to_number(word, UINT32_MAX, &number))
		return -EBADMSG;
	line = counters_line(&history->then.counters, (uint32_t)number);
	if (line == NULL)
		return -ENOMEM;
	while ((word = strtok_r(NULL, " ", &save)) != NULL) {
		equals = strchr(word, '=');
		if (equals == NULL || !text_to_number(equals + 1, UINT32_MAX, &number))
			return -EBADMSG;
		*equals = '\0';
		for (unsigned i = 0; i < COUNTER_COUNT; i++) {
			if (strcmp(counter_kinds[i].name, word) != 0)
				continue;
			line->value[i] = (uint32_t)number;
			line->known |= 1u << i;
		}
	}
	return 0;
}

static int read_line(struct history *history, char *line)
{
	char *value = strchr(line, ' ');
	uint64_t number;

	if (value == NULL)
		return -EBADMSG;
	*value++ = '\0';
	if (strcmp(line, "cpu") == 0)
		return read_cpu(history, value);
	if (strcmp(line, "boot_id") == 0) {
		snprintf(history->then.place.boot_id, sizeof(history->then.place.boot_id), "%s", value);
		return 0;
	}
	if (!text_to_number(value, UINT64_MAX, &number))
		return -EBADMSG;
	if (strcmp(line, "level") == 0)
		history->level = (int)(number & 3);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (strcmp(numbers[i].name, line) == 0)
			*number_at(history, &numbers[i]) = number;
	return 0;
}

/* The first line names the format; the last one, "end", shows that the file is complete. */
static int parse(struct history *history, char *text)
{
	char *save = NULL, *line = strtok_r(text, "\n", &save);
	int err = line != NULL && strcmp(line, STATE_TITLE) == 0 ? 0 : -EBADMSG;
	bool ended = false;

	while (err == 0 && !ended && (line = strtok_r(NULL, "\n", &save)) != NULL) {
		ended = strcmp(line, "end") == 0;
		if (!ended)
			err = read_line(history, line);
	}
	return err == 0 && !ended ? -EBADMSG : err;
}

int history_read(struct history *history, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	int err = input_read(path, &text, STATE_MAX);

	*history = (struct history){ 0 };
	if (err == 0 && strncmp(strbuf_text(&text), STATE_NAME, text.len < strlen(STATE_NAME) ? text.len : strlen(STATE_NAME)) != 0)
		err = -EILSEQ;
	if (err == 0)
		err = text.len > 4 && strcmp(text.data + text.len - 4, "end\n") == 0 ? parse(history, text.data)
										     : -EBADMSG;
	if (err != 0) {
		history_free(history);
		*history = (struct history){ 0 };
	}
	strbuf_free(&text);
	return err;
}

bool history_is_foreign(int err)
{
	return err == -EILSEQ || err == -EISDIR || err == -ENOTSUP;
}

const char *history_error(int err)
{
	if (err == -EILSEQ)
		return "not a state file of ct-stat";
	return err == -EBADMSG ? "damaged; starting over" : input_error(err);
}

int history_write(const struct history *history, const char *path)
{
	struct strbuf out = STRBUF_INIT;
	struct history copy = *history;
	int err;

	strbuf_printf(&out, STATE_TITLE "\nboot_id %s\nlevel %d\n",
		      history->then.place.boot_id[0] != '\0' ? history->then.place.boot_id : "unknown", history->level);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		strbuf_printf(&out, "%s %" PRIu64 "\n", numbers[i].name, *number_at(&copy, &numbers[i]));
	for (size_t i = 0; i < history->then.counters.lines.len; i++) {
		const struct counter_line *line = &history->then.counters.lines.item[i];

		strbuf_printf(&out, "cpu %" PRIu32, line->cpu);
		for (unsigned n = 0; n < COUNTER_COUNT; n++)
			if ((line->known & (1u << n)) != 0)
				strbuf_printf(&out, " %s=%" PRIu32, counter_kinds[n].name, line->value[n]);
		strbuf_putc(&out, '\n');
	}
	strbuf_puts(&out, "end\n");
	err = out.failed ? -ENOMEM : atomic_replace(path, 0644, out.data, out.len);
	strbuf_free(&out);
	return err;
}

const char *history_mismatch(const struct history *history, const struct snapshot *now)
{
	const char *boot_id = now->place.boot_id[0] != '\0' ? now->place.boot_id : "unknown";

	if (strcmp(history->then.place.boot_id, boot_id) != 0)
		return "is of another boot";
	if (history->then.place.cookie != now->place.cookie)
		return "is of another network namespace";
	if (history->then.boottime > now->boottime)
		return "is from the future";
	return NULL;
}
