/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/state.h"
#include "base/file.h"
#include "base/number.h"
#include "store/disk.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const suffixes[] = { ".gz", ".new", ".v4.gz", ".v6.gz" };

void state_begin(struct state *state, const char *dir)
{
	*state = (struct state){ .dir = dir };
	if (strcmp(dir, STATE_DIR) == 0)
		snprintf(state->run, sizeof(state->run), "%s", STATE_RUN);
	else
		snprintf(state->run, sizeof(state->run), "%s/run", dir);
	host_boot_id(state->boot);
}

int state_make(const struct state *state)
{
	struct strbuf path = STRBUF_INIT;
	int err = disk_make(state, state->dir);

	if (err == 0)
		err = disk_make(state, state_path(state, "generations", &path));
	if (err == 0)
		err = disk_make(state, state->run);
	strbuf_free(&path);
	return err;
}

int state_format(const struct state *state)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	int err = file_read_own(state_path(state, "format", &path), &text, 64);
	const char *end = strbuf_text(&text);
	uint64_t format = 0;
	bool good = number_take(&end, 10, 999999, &format) && strcmp(end, "\n") == 0 && format >= 2;

	strbuf_free(&path);
	strbuf_free(&text);
	if (err == -ENOENT)
		return 1;
	return err != 0 ? err : good ? (int)format : -EBADMSG;
}

const char *state_path(const struct state *state, const char *name, struct strbuf *out)
{
	strbuf_reset(out);
	strbuf_printf(out, "%s/%s", state->dir, name);
	return strbuf_text(out);
}

const char *state_run_path(const struct state *state, const char *name, struct strbuf *out)
{
	strbuf_reset(out);
	strbuf_printf(out, "%s/%s", state->run, name);
	return strbuf_text(out);
}

static const char *named_path(const struct state *state, unsigned generation, const char *suffix, struct strbuf *out)
{
	char name[64];

	snprintf(name, sizeof(name), "generations/%06u%s", generation, suffix);
	return state_path(state, name, out);
}

const char *state_file_path(const struct state *state, unsigned generation, enum state_file file, struct strbuf *out)
{
	return named_path(state, generation, suffixes[file], out);
}

/* The number of a file in generations/; 0: not one of our files. */
static unsigned number_of(const char *name, bool *is_new)
{
	const char *end = name;
	uint64_t number = 0;
	bool good = number_take(&end, 10, 999999999, &number);

	*is_new = strcmp(end, suffixes[STATE_NEW]) == 0;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (good && strcmp(end, suffixes[i]) == 0)
			return (unsigned)number;
	return 0;
}

unsigned state_link(const struct state *state, const char *name)
{
	struct strbuf path = STRBUF_INIT;
	char target[256];
	ssize_t len = readlink(state_path(state, name, &path), target, sizeof(target) - 1);
	const char *slash;
	unsigned number;
	bool is_new;

	strbuf_free(&path);
	if (len < 0)
		return 0;
	target[len] = '\0';
	slash = strrchr(target, '/');
	number = number_of(slash != NULL ? slash + 1 : target, &is_new);
	return is_new ? 0 : number;
}

static int number_order(const void *left, const void *right)
{
	const unsigned *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static void sort_once(state_numbers *numbers)
{
	size_t kept = 0;

	if (numbers->len > 1)
		qsort(numbers->item, numbers->len, sizeof(*numbers->item), number_order);
	for (size_t i = 0; i < numbers->len; i++)
		if (kept == 0 || numbers->item[kept - 1] != numbers->item[i])
			numbers->item[kept++] = numbers->item[i];
	numbers->len = kept;
}

int state_list(const struct state *state, enum state_file file, state_numbers *out)
{
	struct strbuf path = STRBUF_INIT;
	DIR *dir = opendir(state_path(state, "generations", &path));
	int err = dir != NULL || errno == ENOENT ? 0 : -errno;

	strbuf_free(&path);
	for (struct dirent *entry; err == 0 && dir != NULL && (entry = readdir(dir)) != NULL;) {
		bool is_new;
		unsigned number = number_of(entry->d_name, &is_new);

		if (number != 0 && is_new == (file == STATE_NEW) && !vec_push(out, number))
			err = -ENOMEM;
	}
	if (dir != NULL)
		closedir(dir);
	sort_once(out);
	return err;
}

unsigned state_newest(const struct state *state)
{
	unsigned good = state_link(state, "good"), previous = state_link(state, "previous");
	unsigned newest = good > previous ? good : previous;

	for (enum state_file file = STATE_KEPT; file <= STATE_NEW; file++) {
		state_numbers numbers = { 0 };

		if (state_list(state, file, &numbers) == 0 && numbers.len > 0 && numbers.item[numbers.len - 1] > newest)
			newest = numbers.item[numbers.len - 1];
		vec_free(&numbers);
	}
	return newest;
}

unsigned long long state_size(const struct state *state, unsigned generation)
{
	struct strbuf path = STRBUF_INIT;
	unsigned long long size = 0;
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (lstat(named_path(state, generation, suffixes[i], &path), &st) == 0)
			size += (unsigned long long)st.st_size;
	strbuf_free(&path);
	return size;
}

int state_remove(const struct state *state, unsigned generation)
{
	struct strbuf path = STRBUF_INIT;
	int err = 0;

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		int one = disk_remove(state, named_path(state, generation, suffixes[i], &path));

		err = err == 0 ? one : err;
	}
	strbuf_free(&path);
	return err;
}

int state_run_write(const struct state *state, const char *name, const char *text, size_t len)
{
	struct strbuf path = STRBUF_INIT, copy = STRBUF_INIT;
	int err;

	strbuf_add(&copy, text, len);
	err = disk_write(state, state_run_path(state, name, &path), &copy);
	strbuf_free(&path);
	strbuf_free(&copy);
	return err;
}

void state_run_remove(const struct state *state, const char *name)
{
	struct strbuf path = STRBUF_INIT;

	(void)!disk_remove(state, state_run_path(state, name, &path));
	strbuf_free(&path);
}

int state_run_read(const struct state *state, const char *name, struct strbuf *out)
{
	struct strbuf path = STRBUF_INIT;
	int err = file_read_own(state_run_path(state, name, &path), out, STATE_TEXT_MAX);

	strbuf_free(&path);
	return err;
}

bool state_entered(const struct state *state)
{
	struct strbuf boot = STRBUF_INIT;
	bool same = state_run_read(state, "entered", &boot) == 0 && strcmp(strbuf_text(&boot), state->boot) == 0;

	strbuf_free(&boot);
	return same;
}

void state_enter(const struct state *state)
{
	if (!state_entered(state))
		(void)!state_run_write(state, "entered", state->boot, strlen(state->boot));
}
