/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/expand.h"
#include "rotate/archive.h"
#include "rotate/place.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

/* A log that was named. */
struct named_log {
	char *path;     /* owned; absolute */
	char *archives; /* owned; the path that its archives have, with * for the date or number */
	size_t block;
};

struct expansion {
	struct rotate_run *run;
	const struct rotate_block *blocks;
	size_t block; /* the one that is being expanded */
	struct rotate_logs *logs;
	VEC(struct named_log) seen;
};

/* What the archives of this log are called: PATH*, or OLDDIR/NAME*. NULL: no memory. */
static char *archive_path(const struct rotate_settings *set, const char *path)
{
	const char *name = strrchr(path, '/');
	struct strbuf text = STRBUF_INIT;
	char *result;

	if (set->olddir == NULL || set->olddir[0] != '/')
		strbuf_printf(&text, "%.*s/", (int)(name - path), path);
	if (set->olddir != NULL)
		strbuf_printf(&text, "%s/", set->olddir);
	archive_put_name(&text, set, name + 1, "*");
	result = text.failed ? NULL : place_absolute(text.data);
	strbuf_free(&text);
	return result;
}

/* Notes the log. 0; -EEXIST: it is to be left out; -EINVAL, reported: its archives would be those of another; -ENOMEM. */
static int note_log(struct expansion *all, const char *path)
{
	const struct rotate_block *block = &all->blocks[all->block];
	struct named_log log = { .path = place_absolute(path), .block = all->block };
	int err = 0;

	if (log.path == NULL)
		return 0; /* place_open reports it */
	log.archives = archive_path(&block->settings, log.path);
	if (log.archives == NULL)
		err = -ENOMEM;
	for (size_t i = 0; err == 0 && i < all->seen.len; i++) {
		const struct named_log *other = &all->seen.item[i];

		if (strcmp(other->path, log.path) == 0) {
			err = -EEXIST;
			if (other->block != all->block && !block->literal && !block->settings.ignoreduplicates &&
			    !all->blocks[other->block].settings.ignoreduplicates)
				diag_add(all->run->log, DIAG_ROTATE, NULL, NULL,
					 "%s: an earlier block has this log too, and only that one rotates it", log.path);
		} else if (strcmp(other->archives, log.archives) == 0) {
			err = -EINVAL;
			diag_add(all->run->log, DIAG_ROTATE_CONFIG, NULL, NULL,
				 "the archives of %s and %s would have the same names: give each log its own olddir",
				 other->path, log.path);
		}
	}
	if (err == 0 && !vec_push(&all->seen, log))
		err = -ENOMEM;
	if (err != 0) {
		free(log.path);
		free(log.archives);
	}
	return err;
}

static int add_path(struct expansion *all, const char *path)
{
	int err = note_log(all, path);
	char *copy = err == 0 ? strdup(path) : NULL;

	if (err == -EEXIST)
		return 0;
	if (err == 0 && copy != NULL && vec_push(&all->logs[all->block].paths, copy))
		return 0;
	free(copy);
	return err == -EINVAL ? err : diag_memory(all->run->log);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* True if this is the archive of a log that matches too: LOG.1 beside LOG, or a.1.log beside a.log. */
static bool is_archive(const struct rotate_settings *set, const glob_t *found, size_t index)
{
	const char *path = found->gl_pathv[index], *entry = last_part(path);
	size_t dir = (size_t)(entry - path);

	if (archive_looks(set, entry))
		return true;
	for (size_t i = 0; i < found->gl_pathc; i++) {
		const char *other = found->gl_pathv[i], *log = last_part(other);
		struct archive parsed;
		size_t len;

		if (i != index && (size_t)(log - other) == dir && strncmp(path, other, dir) == 0 &&
		    archive_parse(set, log, entry, &parsed, &len) != ARCHIVE_FOREIGN)
			return true;
	}
	return false;
}

/* Adds the logs that match, without the archives that a pattern such as LOG* matches too. */
static int expand_pattern(struct expansion *all, const char *pattern)
{
	const struct rotate_settings *set = &all->blocks[all->block].settings;
	glob_t found = { 0 };
	int state = glob(pattern, 0, NULL, &found);
	int err = 0;

	for (size_t i = 0; state == 0 && err == 0 && i < found.gl_pathc; i++)
		if (!is_archive(set, &found, i))
			err = add_path(all, found.gl_pathv[i]);
	if (state == GLOB_NOSPACE)
		err = diag_memory(all->run->log);
	else if (state != 0 && !set->missingok)
		diag_add(all->run->log, DIAG_ROTATE, NULL, NULL, "%s: no log matches this pattern", pattern);
	globfree(&found);
	return err;
}

/* Expands one block, as the user of `su`, who may see more or less than we do. */
static int expand_block(struct expansion *all)
{
	const struct rotate_block *block = &all->blocks[all->block];
	int err = identity_take(&block->settings);

	if (err != 0)
		diag_add(all->run->log, DIAG_ROTATE, NULL, NULL, "su: %s", strerror(-err));
	for (size_t i = 0; err == 0 && i < block->patterns.len; i++) {
		const char *pattern = block->patterns.item[i];

		if (!block->literal && strpbrk(pattern, "*?[") != NULL)
			err = expand_pattern(all, pattern);
		else
			err = add_path(all, pattern);
	}
	identity_return(&block->settings);
	return err == -EPERM ? 0 : err; /* the other blocks do not need this user */
}

int expand_blocks(struct rotate_run *run, const struct rotate_block *blocks, size_t count, struct rotate_logs *logs)
{
	struct expansion all = { .run = run, .blocks = blocks, .logs = logs };
	int err = 0;

	for (all.block = 0; err == 0 && all.block < count; all.block++)
		err = expand_block(&all);
	for (size_t i = 0; i < all.seen.len; i++) {
		free(all.seen.item[i].path);
		free(all.seen.item[i].archives);
	}
	vec_free(&all.seen);
	return err;
}

void expand_free(struct rotate_logs *logs)
{
	for (size_t i = 0; i < logs->paths.len; i++)
		free(logs->paths.item[i]);
	vec_free(&logs->paths);
}
