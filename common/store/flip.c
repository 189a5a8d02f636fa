/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Changes which generation is the good one. */
#include "store/disk.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GOOD_NEW     ".good.tmp"
#define PREVIOUS_NEW ".previous.tmp"

/* Replaces a link of the state. */
static int make_link(const struct state *state, const char *name, unsigned generation)
{
	struct strbuf path = STRBUF_INIT;
	char target[64];
	int err;

	snprintf(target, sizeof(target), "generations/%06u.gz", generation);
	err = disk_link(state, target, state_path(state, name, &path));
	strbuf_free(&path);
	return err;
}

static int remove_link(const struct state *state, const char *name)
{
	struct strbuf path = STRBUF_INIT;
	int err = disk_remove(state, state_path(state, name, &path));

	strbuf_free(&path);
	return err;
}

static int rename_link(const struct state *state, const char *from, const char *to, bool exchange)
{
	struct strbuf old = STRBUF_INIT, new = STRBUF_INIT;
	int err = disk_rename(state, state_path(state, from, &old), state_path(state, to, &new), exchange);

	strbuf_free(&old);
	strbuf_free(&new);
	return err;
}

/* Renames the file of a generation, from unconfirmed to kept or back. */
static int rename_file(const struct state *state, unsigned generation, enum state_file from, enum state_file to)
{
	struct strbuf old = STRBUF_INIT, new = STRBUF_INIT, dir = STRBUF_INIT;
	int err = disk_rename(state, state_file_path(state, generation, from, &old),
			      state_file_path(state, generation, to, &new), false);

	if (err == 0)
		err = disk_sync(state, state_path(state, "generations", &dir));
	strbuf_free(&old);
	strbuf_free(&new);
	strbuf_free(&dir);
	return err;
}

/*
 * Replaces `previous` first. If the machine then goes down, `previous` names the good generation, and PREVIOUS_NEW the
 * old target, which state_tidy restores. Replacing `good` comes last and decides.
 */
static int place_links(const struct state *state, unsigned generation, unsigned good, unsigned previous)
{
	int err = make_link(state, GOOD_NEW, generation);

	if (err == 0 && good != 0)
		err = make_link(state, PREVIOUS_NEW, good);
	if (err == 0 && good != 0) {
		err = rename_link(state, PREVIOUS_NEW, "previous", previous != 0);
		if (err == -EINVAL && previous != 0) /* this file system cannot exchange two names */
			err = rename_link(state, PREVIOUS_NEW, "previous", false);
	}
	if (err == 0)
		err = rename_link(state, GOOD_NEW, "good", false);
	if (err == 0)
		err = disk_sync(state, state->dir);
	return err;
}

/* Restores a link. Best effort. */
static void restore_link(const struct state *state, const char *name, const char *temporary, unsigned generation)
{
	if (state_link(state, name) != generation) {
		if (generation == 0)
			(void)!remove_link(state, name);
		else if (make_link(state, temporary, generation) == 0)
			(void)!rename_link(state, temporary, name, false);
	}
	(void)!remove_link(state, temporary);
}

int state_flip(const struct state *state, unsigned generation)
{
	unsigned good = state_link(state, "good"), previous = state_link(state, "previous");
	struct strbuf path = STRBUF_INIT;
	bool fresh = access(state_file_path(state, generation, STATE_KEPT, &path), F_OK) != 0;
	int err = 0;

	strbuf_free(&path);
	if (good == generation)
		return 0;
	if (fresh)
		err = rename_file(state, generation, STATE_NEW, STATE_KEPT);
	if (err == 0)
		err = place_links(state, generation, good, previous);
	if (err == 0) {
		(void)!remove_link(state, PREVIOUS_NEW); /* if this fails, state_tidy removes it */
		return 0;
	}
	restore_link(state, "good", GOOD_NEW, good);
	if (state_link(state, "good") == generation) { /* not undone: after an error the caller would undo its rules */
		(void)!remove_link(state, PREVIOUS_NEW);
		return 0;
	}
	restore_link(state, "previous", PREVIOUS_NEW, previous);
	if (fresh)
		(void)!rename_file(state, generation, STATE_KEPT, STATE_NEW);
	return err;
}

/* Repairs what an interrupted flip left. */
static int finish_flip(const struct state *state)
{
	unsigned good = state_link(state, "good"), older = state_link(state, PREVIOUS_NEW);
	int err = remove_link(state, GOOD_NEW);

	if (err == 0 && good != 0 && state_link(state, "previous") == good) /* interrupted before `good` was replaced */
		err = older != 0 && older != good ? rename_link(state, PREVIOUS_NEW, "previous", false) :
						    remove_link(state, "previous");
	return err == 0 ? remove_link(state, PREVIOUS_NEW) : err;
}

/* Is this a temporary file of base/atomic.c: .NAME.HEX.tmp? */
static bool is_temporary(const char *name)
{
	size_t len = strlen(name), end = len - strlen(".tmp"), start = end;

	if (name[0] != '.' || len <= strlen("..0.tmp") || strcmp(name + end, ".tmp") != 0)
		return false;
	while (start > 0 && strchr("0123456789abcdef", name[start - 1]) != NULL)
		start--;
	return start < end && start > 2 && name[start - 1] == '.';
}

static int tidy_dir(const struct state *state, const char *path)
{
	DIR *dir = opendir(path);
	int err = dir != NULL || errno == ENOENT ? 0 : -errno;

	for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
		struct strbuf name = STRBUF_INIT;
		int one = 0;

		strbuf_printf(&name, "%s/%s", path, entry->d_name);
		if (is_temporary(entry->d_name))
			one = disk_remove(state, strbuf_text(&name));
		err = err == 0 ? one : err;
		strbuf_free(&name);
	}
	if (dir != NULL)
		closedir(dir);
	return err;
}

int state_tidy(const struct state *state)
{
	struct strbuf path = STRBUF_INIT;
	int errs[] = {
		finish_flip(state),
		tidy_dir(state, state->dir),
		tidy_dir(state, state_path(state, "generations", &path)),
		tidy_dir(state, state->run),
	};

	strbuf_free(&path);
	for (size_t i = 0; i < ARRAY_LEN(errs); i++)
		if (errs[i] != 0)
			return errs[i];
	return 0;
}
