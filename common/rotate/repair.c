/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/repair.h"
#include "base/pack.h"
#include "rotate/compress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMPARE_SIZE ((size_t)64 * 1024)
#define BAD_MAX      1000u

static void note(struct log_job *job, const char *text, const char *name)
{
	diag_add(job->run->log, DIAG_ROTATE_NOTE, NULL, NULL, "%s: repaired: %s %s", job->path, name, text);
}

static int remove_temporaries(struct log_job *job)
{
	struct strbuf fresh = STRBUF_INIT;
	struct stat st;
	int err = 0;

	for (size_t i = 0; i < job->archives.temporaries.len; i++) {
		const char *name = job->archives.temporaries.item[i];

		if (job_step(job, "remove %s, left over from a killed run", name) && unlinkat(job->archive_dir, name, 0) != 0)
			err = job_fail(job, -errno, "cannot remove %s, left over from a killed run", name);
	}
	/* The new log of exchange_by_links; it is always empty. */
	strbuf_printf(&fresh, ".%s.new.tmp", job->at.name);
	if (!fresh.failed && fstatat(job->at.dir, fresh.data, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size == 0 && job_step(job, "remove %s, left over from a killed run", fresh.data) &&
	    unlinkat(job->at.dir, fresh.data, 0) != 0)
		err = job_fail(job, -errno, "cannot remove %s, left over from a killed run", fresh.data);
	strbuf_free(&fresh);
	return err;
}

/* Renames NAME.gz to NAME.gz.bad, or NAME.gz.bad-2 and so on, without replacing a file. */
static int set_aside(struct log_job *job, const char *packed)
{
	struct strbuf bad = STRBUF_INIT;
	int err = -EEXIST;

	for (unsigned i = 1; err == -EEXIST && i < BAD_MAX; i++) {
		strbuf_reset(&bad);
		strbuf_printf(&bad, "%s.bad", packed);
		if (i > 1)
			strbuf_printf(&bad, "-%u", i);
		err = bad.failed ? -ENOMEM : job_rename(job->archive_dir, packed, job->archive_dir, bad.data);
	}
	strbuf_free(&bad);
	return err;
}

int repair_remove_plain(struct log_job *job, const char *plain, const char *packed)
{
	if (!job_step(job, "remove %s, because %s has the same content", plain, packed))
		return 0;
	if (unlinkat(job->archive_dir, plain, 0) != 0)
		return job_fail(job, -errno, "cannot repair %s", plain);
	note(job, "is compressed already and was removed", plain);
	return 0;
}

int repair_set_aside(struct log_job *job, const char *plain, const char *packed)
{
	int err;

	if (!job_step(job, "set %s aside, because %s has other content", packed, plain))
		return 0;
	err = set_aside(job, packed);
	if (err != 0)
		return job_fail(job, err, "cannot repair %s", plain);
	note(job, "differs from the plain archive and was set aside as .bad", packed);
	return 0;
}

/* 1: both files have the same content; 0: they differ; or -errno. */
static int compare_pair(struct log_job *job, const char *name, const char *packed, enum pack_format format)
{
	struct stat st;
	int plain = job_open_file(job->archive_dir, name, &st);
	int gz = job_open_file(job->archive_dir, packed, &st);
	int result = plain < 0 ? plain : gz < 0 ? gz : pack_compare(gz, format, plain);

	if (plain >= 0)
		close(plain);
	if (gz >= 0)
		close(gz);
	return result;
}

static int repair_pair(struct log_job *job, struct archive *one, enum pack_format format)
{
	struct strbuf packed = STRBUF_INIT;
	int same, err = 0;

	if (!archive_file(&packed, one, format))
		return diag_memory(job->run->log);
	same = compare_pair(job, one->name, packed.data, format);
	if (same < 0) {
		err = job_fail(job, same, "cannot compare %s and %s", one->name, packed.data);
	} else if (same == 1) {
		err = repair_remove_plain(job, one->name, packed.data);
		one->plain = false;
	} else {
		err = repair_set_aside(job, one->name, packed.data);
		one->packed &= ~(1U << format);
	}
	strbuf_free(&packed);
	return err;
}

/* True if the log begins with the content of this file. Then copytruncate was interrupted before the truncation. */
static bool log_begins_with(const struct log_job *job, int fd)
{
	char *buffer = malloc(2 * COMPARE_SIZE);
	off_t at = 0;
	bool same = buffer != NULL;

	while (same) {
		ssize_t got = pread(fd, buffer, COMPARE_SIZE, at);

		if (got <= 0) {
			same = got == 0;
			break;
		}
		same = pread(job->fd, buffer + COMPARE_SIZE, (size_t)got, at) == got &&
		       memcmp(buffer, buffer + COMPARE_SIZE, (size_t)got) == 0;
		at += got;
	}
	free(buffer);
	return same;
}

/* True if this archive, which an interrupted run was making, holds no line that the log does not hold. */
static bool is_void(struct log_job *job, const char *name)
{
	struct stat st;
	int fd = job_open_file(job->archive_dir, name, &st);
	bool result;

	if (fd < 0)
		return false;
	if (job->fd >= 0 && st.st_dev == job->st.st_dev && st.st_ino == job->st.st_ino)
		result = true; /* exchange_by_links was interrupted: the log has two names */
	else if (st.st_size == 0)
		result = lease_take(fd) == LEASE_TAKEN; /* with a writer, it is the old log, empty so far */
	else
		result = job->set->copytruncate && job->fd >= 0 && log_begins_with(job, fd);
	close(fd);
	return result;
}

static int repair_interrupted(struct log_job *job)
{
	struct archive *one = job->interrupted[0] == '\0' ? NULL : archives_find(&job->archives, job->interrupted);
	int err = 0;

	if (one == NULL || !one->plain)
		return 0;
	if (!is_void(job, one->name)) {
		job->untold = !job->set->copytruncate;
		return 0;
	}
	if (!job_step(job, "remove %s, left over from a rotation that did not happen", one->name))
		return 0;
	if (unlinkat(job->archive_dir, one->name, 0) != 0)
		return job_fail(job, -errno, "cannot remove %s, left over from a rotation that did not happen", one->name);
	archives_drop(&job->archives, (size_t)(one - job->archives.all.item));
	if (job->fd >= 0 && fstat(job->fd, &job->st) != 0)
		err = job_fail(job, -errno, "cannot stat the log");
	return err;
}

int repair_archives(struct log_job *job)
{
	int err = remove_temporaries(job);

	for (size_t i = 0; err == 0 && i < job->archives.all.len; i++) {
		struct archive *one = &job->archives.all.item[i];

		for (enum pack_format format = 0; err == 0 && format < PACK_FORMATS; format++)
			if (one->plain && (one->packed & 1U << format) != 0)
				err = repair_pair(job, one, format);
	}
	return err != 0 ? err : repair_interrupted(job);
}
