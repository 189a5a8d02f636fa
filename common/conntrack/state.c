/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conntrack/state.h"
#include "base/atomic.h"
#include "base/file.h"
#include "conntrack/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE_MAX   ((size_t)1 << 20)
#define STATE_TITLE "ct-stat-state 1"

void state_free(struct state *state)
{
	snapshot_free(&state->then);
}

static const struct number {
	const char *name;
	size_t at;
} numbers[] = {
	{ "boottime", offsetof(struct state, then.boottime) },
	{ "wall", offsetof(struct state, then.wall) },
	{ "namespace", offsetof(struct state, then.cookie) },
	{ "count", offsetof(struct state, then.count) },
	{ "max", offsetof(struct state, then.max) },
	{ "logged", offsetof(struct state, logged) },
};

static uint64_t *number_at(struct state *state, const struct number *number)
{
	return (uint64_t *)(void *)((char *)state + number->at);
}

/* "cpu 0 drop=3 early_drop=0 ...": names of other versions are skipped. */
static int read_cpu(struct state *state, char *words)
{
	char *save = NULL, *word = strtok_r(words, " ", &save), *equals;
	struct counter_line *line;
	uint64_t number;

	if (word == NULL || !text_to_number(word, UINT32_MAX, &number))
		return -EBADMSG;
	line = counters_line(&state->then.counters, (uint32_t)number);
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

static int read_line(struct state *state, char *line)
{
	char *value = strchr(line, ' ');
	uint64_t number;

	if (value == NULL)
		return -EBADMSG;
	*value++ = '\0';
	if (strcmp(line, "cpu") == 0)
		return read_cpu(state, value);
	if (strcmp(line, "boot_id") == 0) {
		snprintf(state->then.boot_id, sizeof(state->then.boot_id), "%s", value);
		return 0;
	}
	if (!text_to_number(value, UINT64_MAX, &number))
		return -EBADMSG;
	if (strcmp(line, "level") == 0)
		state->level = (int)(number & 3);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (strcmp(numbers[i].name, line) == 0)
			*number_at(state, &numbers[i]) = number;
	return 0;
}

/* The first line says what it is, the last one that nothing is missing. */
static int parse(struct state *state, char *text)
{
	char *save = NULL, *line = strtok_r(text, "\n", &save);
	int err = line != NULL && strcmp(line, STATE_TITLE) == 0 ? 0 : -EBADMSG;
	bool ended = false;

	while (err == 0 && !ended && (line = strtok_r(NULL, "\n", &save)) != NULL) {
		ended = strcmp(line, "end") == 0;
		if (!ended)
			err = read_line(state, line);
	}
	return err == 0 && !ended ? -EBADMSG : err;
}

int history_read(struct state *state, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	int err = file_read_path(path, &text, STATE_MAX);

	*state = (struct state){ 0 };
	if (err == 0)
		err = text.len > 4 && strcmp(text.data + text.len - 4, "end\n") == 0 ? parse(state, text.data)
										     : -EBADMSG;
	if (err != 0) {
		state_free(state);
		*state = (struct state){ 0 };
	}
	strbuf_free(&text);
	return err;
}

int history_write(const struct state *state, const char *path)
{
	struct strbuf out = STRBUF_INIT;
	struct state copy = *state;
	int err;

	strbuf_printf(&out, STATE_TITLE "\nboot_id %s\nlevel %d\n",
		      state->then.boot_id[0] != '\0' ? state->then.boot_id : "unknown", state->level);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		strbuf_printf(&out, "%s %" PRIu64 "\n", numbers[i].name, *number_at(&copy, &numbers[i]));
	for (size_t i = 0; i < state->then.counters.lines.len; i++) {
		const struct counter_line *line = &state->then.counters.lines.item[i];

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

const char *state_mismatch(const struct state *state, const struct snapshot *now)
{
	const char *boot_id = now->boot_id[0] != '\0' ? now->boot_id : "unknown";

	if (strcmp(state->then.boot_id, boot_id) != 0)
		return "is of another boot";
	if (state->then.cookie != now->cookie)
		return "is of another network namespace";
	if (state->then.boottime > now->boottime)
		return "is from the future";
	return NULL;
}
