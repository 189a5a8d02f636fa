/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/prune.h"
#include "rotate/compress.h"
#include "rotate/script.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DAY 86400

/* True if a program still has the archive open for writing, so that removing it would lose lines. */
static bool has_writer(struct log_job *job, const char *name)
{
	struct stat st;
	int fd = job_open_file(job->archive_dir, name, &st);
	bool held = fd >= 0 && lease_wait(job, fd) == LEASE_HELD_BY_WRITER;

	if (fd >= 0)
		close(fd);
	return held;
}

/* Runs preremove for this file, as the user who started us and not as the user of `su`. 0 or -errno, reported. */
static int run_preremove(struct log_job *job, const char *file)
{
	const char *script = job->set->scripts[SCRIPT_REMOVE];
	struct strbuf path = STRBUF_INIT, what = STRBUF_INIT;
	int err;

	if (script == NULL || !job_step(job, "run preremove for %s", file))
		return 0;
	strbuf_printf(&path, "%s/%s", job->old.dir >= 0 ? job->old.path : job->at.path, file);
	strbuf_printf(&what, "%s: preremove, so that %s stays", job->path, file);
	identity_return(job->set);
	err = script_run(job->set, strbuf_text(&what), script, strbuf_text(&path), NULL, job->run->log);
	if (identity_take(job->set) != 0)
		err = -EPERM;
	job->failed |= err != 0;
	strbuf_free(&path);
	strbuf_free(&what);
	return err;
}

/* Removes one file of an archive. 0, also if it is gone already; or -errno, reported. */
static int remove_file(struct log_job *job, const char *file, const char *why)
{
	int err = run_preremove(job, file);

	if (err == 0 && job_step(job, "remove %s (%s)", file, why) && unlinkat(job->archive_dir, file, 0) != 0 &&
	    errno != ENOENT)
		err = job_fail(job, -errno, "cannot remove %s", file);
	return err;
}

/* 0: it is removed, by us or by a script (or a dry run printed that); or -errno. */
static int remove_archive(struct log_job *job, size_t index, const char *why)
{
	const struct archive *one = &job->archives.all.item[index];
	struct strbuf file = STRBUF_INIT;
	int err = 0;

	if (one->plain && !job->run->dry && has_writer(job, one->name)) {
		job->deferred = true;
		return -EBUSY;
	}
	if (one->plain)
		err = remove_file(job, one->name, why);
	for (enum pack_format format = 0; err == 0 && format < PACK_FORMATS; format++)
		if ((one->packed & 1U << format) != 0)
			err = archive_file(&file, one, format) ? remove_file(job, file.data, why) :
								 diag_memory(job->run->log);
	strbuf_free(&file);
	if (err == 0) {
		archives_drop(&job->archives, index);
		job->removed++;
	}
	return err;
}

static uint64_t bytes_in(const struct log_job *job, const char *file)
{
	struct stat st;

	return fstatat(job->archive_dir, file, &st, AT_SYMLINK_NOFOLLOW) == 0 ? (uint64_t)st.st_size : 0;
}

/* The current size of an archive; compressing it may just have changed it. */
static uint64_t bytes_of(const struct log_job *job, const struct archive *one)
{
	uint64_t bytes = one->plain ? bytes_in(job, one->name) : 0;
	struct strbuf file = STRBUF_INIT;

	for (enum pack_format format = 0; format < PACK_FORMATS; format++)
		if ((one->packed & 1U << format) != 0 && archive_file(&file, one, format))
			bytes += bytes_in(job, file.data);
	strbuf_free(&file);
	return bytes;
}

/* True if this archive is older than maxage. Its own age counts, not that of its neighbours. */
static bool is_too_old(const struct log_job *job, const struct archive *one, time_t now)
{
	return job->set->maxage > 0 && one->changed != 0 && one->since != ARCHIVE_AGE_UNKNOWN &&
	       now - one->since > (int64_t)job->set->maxage * DAY;
}

/* Sets `why` of each archive, from the newest on, because the number and the size of those that stay are limited. */
static void choose(struct log_job *job, time_t now)
{
	const struct rotate_settings *set = job->set;
	uint64_t bytes = 0;
	size_t kept = 0;

	for (size_t i = 0; i < job->archives.all.len; i++) {
		struct archive *one = &job->archives.all.item[i];
		bool newest = set->keep != 0 && (i == 0 || strcmp(one->name, job->archive) == 0);

		one->why = NULL;
		if (!newest && is_too_old(job, one, now))
			one->why = "too old";
		else if (!newest && set->keep != ROTATE_KEEP_ALL && kept >= (size_t)set->keep)
			one->why = "too many";
		if (one->why != NULL)
			continue;
		bytes += set->max_bytes > 0 ? bytes_of(job, one) : 0;
		if (!newest && set->max_bytes > 0 && bytes > set->max_bytes)
			one->why = "too large together";
		else
			kept++;
	}
}

void prune_archives(struct log_job *job, time_t now)
{
	choose(job, now);
	for (size_t i = job->archives.all.len; i-- > 0;) {
		const char *why = job->archives.all.item[i].why;

		if (why != NULL && remove_archive(job, i, why) == -ENOMEM)
			return;
	}
}

static bool room_is_low(const struct log_job *job)
{
	struct statvfs fs;

	return fstatvfs(job->archive_dir, &fs) == 0 && fs.f_blocks > 0 &&
	       (uint64_t)fs.f_bavail * 100 < (uint64_t)fs.f_blocks * job->set->min_free;
}

void prune_for_room(struct log_job *job)
{
	while (job->set->min_free > 0 && job->archives.all.len > 1 && room_is_low(job))
		if (job->run->dry || remove_archive(job, job->archives.all.len - 1, "the disk is nearly full") != 0)
			return;
}

void prune_oldest(struct log_job *job)
{
	if (job->archives.all.len > 0)
		(void)!remove_archive(job, job->archives.all.len - 1, "the disk is full");
}
