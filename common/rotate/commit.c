/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/commit.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <unistd.h>

#define COPY_SIZE ((size_t)64 * 1024)

/* The temporary name of the new log on a file system without RENAME_EXCHANGE: .LOG.new.tmp. */
static const char fresh_suffix[] = ".new.tmp";

/* Renames the files of an archive, plain and compressed. 0 or -errno; a script may have moved some away. */
static int rename_archive(struct log_job *job, const struct archive *one, const char *name)
{
	struct archive later = *one;
	struct strbuf from = STRBUF_INIT, to = STRBUF_INIT;
	int err = one->plain ? job_rename(job->archive_dir, one->name, job->archive_dir, name) : 0;

	later.name = (char *)(uintptr_t)name;
	for (enum pack_format format = 0; format < PACK_FORMATS && (err == 0 || err == -ENOENT); format++) {
		if ((one->packed & 1U << format) == 0)
			continue;
		if (archive_file(&from, one, format) && archive_file(&to, &later, format))
			err = job_rename(job->archive_dir, from.data, job->archive_dir, to.data);
		else
			err = -ENOMEM;
	}
	strbuf_free(&from);
	strbuf_free(&to);
	return err == -ENOENT ? 0 : err;
}

/* Number naming: frees LOG.1. Only the numbers up to the first gap move, so an interrupted shift can be repeated. */
static int shift_numbers(struct log_job *job)
{
	struct archives *list = &job->archives;
	size_t count = 0;

	while (count < list->all.len && list->all.item[count].number == count + 1)
		count++;
	for (size_t i = count; i-- > 0;) {
		struct archive *one = &list->all.item[i];
		struct strbuf middle = STRBUF_INIT, name = STRBUF_INIT;
		int err = 0;

		strbuf_printf(&middle, ".%u", one->number + 1);
		archive_put_name(&name, job->set, job->at.name, strbuf_text(&middle));
		if (middle.failed || name.failed)
			err = -ENOMEM;
		else if (job_step(job, "rename %s to %s", one->name, name.data))
			err = rename_archive(job, one, name.data);
		strbuf_free(&middle);
		if (err != 0) {
			job_fail(job, err, "cannot rename %s to %s", one->name, strbuf_text(&name));
			strbuf_free(&name);
			return err;
		}
		free(one->name);
		one->name = name.data;
		one->number++;
	}
	return 0;
}

/* The time that the name of an archive tells, for a rotation at `now`. */
static time_t named_time(const struct rotate_settings *set, time_t now)
{
	struct tm tm;

	if (set->dateyesterday && localtime_r(&now, &tm) != NULL) {
		tm.tm_mday--; /* not 24 hours: days of 23 and 25 hours count as one */
		tm.tm_isdst = -1;
		return mktime(&tm);
	}
	return set->datehourago ? now - 3600 : now;
}

/* Sets job->archive. With number naming, it first frees LOG.1. */
static int choose_name(struct log_job *job, time_t now)
{
	char name[ARCHIVE_NAME_MAX];
	int err = 0;

	if (job->set->naming == NAMING_NUMBER)
		err = shift_numbers(job);
	if (err != 0)
		return err;
	if (!archives_new_name(&job->archives, job->at.name, job->set, named_time(job->set, now), name))
		return job_fail(job, -ENAMETOOLONG, "cannot name the archive");
	memcpy(job->archive, name, sizeof(name));
	return 0;
}

/*
 * Gives the new log the attributes of the old one, except those that `create` sets. If it sets the mode, those whom the
 * access control list of the old log let in stay out.
 */
static int fresh_attributes(struct log_job *job, int fd)
{
	const struct rotate_settings *set = job->set;
	struct stat want = job->st;
	int err;

	if (set->create.has_owner)
		want.st_uid = set->create.owner;
	if (set->create.has_group)
		want.st_gid = set->create.group;
	if (set->create.has_mode)
		want.st_mode = set->create.mode;
	err = job_copy_attributes(job->fd, &want, fd, !set->create.has_mode);
	if (err == 0 && (set->create.has_owner || set->create.has_group) &&
	    (fstat(fd, &want) != 0 || (set->create.has_owner && want.st_uid != set->create.owner) ||
	     (set->create.has_group && want.st_gid != set->create.group)))
		err = -EPERM;
	return err;
}

/* Creates the new log, an empty file, under the name of the archive. */
static int make_fresh(struct log_job *job)
{
	int fd = openat(job->archive_dir, job->archive, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int err;

	if (fd < 0)
		return job_fail(job, -errno, "cannot create %s", job->archive);
	err = fresh_attributes(job, fd);
	close(fd);
	if (err != 0) {
		job_fail(job, err, "cannot set the owner and mode of the new log");
		unlinkat(job->archive_dir, job->archive, 0);
	}
	return err;
}

/*
 * The exchange without RENAME_EXCHANGE: rename the new log to a temporary name, link the log to the name of the
 * archive, and rename the new log over the log. The name of the log exists at every moment here too.
 */
static int exchange_by_links(struct log_job *job)
{
	struct strbuf fresh = STRBUF_INIT;
	int err = 0;

	strbuf_printf(&fresh, ".%s%s", job->at.name, fresh_suffix);
	if (fresh.failed)
		return -ENOMEM;
	if (renameat(job->archive_dir, job->archive, job->at.dir, fresh.data) != 0 ||
	    linkat(job->at.dir, job->at.name, job->archive_dir, job->archive, 0) != 0 ||
	    renameat(job->at.dir, fresh.data, job->at.dir, job->at.name) != 0)
		err = -errno;
	if (err != 0)
		unlinkat(job->at.dir, fresh.data, 0);
	strbuf_free(&fresh);
	return err;
}

static int exchange(struct log_job *job)
{
	int err = file_rename(job->at.dir, job->at.name, job->archive_dir, job->archive, RENAME_EXCHANGE);

	return err == -EINVAL || err == -ENOSYS ? exchange_by_links(job) : err;
}

/*
 * Checks that the archive is the file that was opened. If not, a user who can write to the directory has replaced the
 * log during the rotation; then the exchange is undone.
 */
static int check_exchanged(struct log_job *job)
{
	struct stat now;

	if (fstatat(job->archive_dir, job->archive, &now, AT_SYMLINK_NOFOLLOW) == 0 && now.st_dev == job->st.st_dev &&
	    now.st_ino == job->st.st_ino)
		return 0;
	if (!job->set->nocreate)
		(void)!file_rename(job->archive_dir, job->archive, job->at.dir, job->at.name, RENAME_EXCHANGE);
	diag_add(job->run->log, DIAG_ROTATE_UNSAFE, NULL, NULL, "%s: another file replaced the log during the rotation",
		 job->path);
	job->failed = true;
	return -EPERM;
}

static int sync_commit(struct log_job *job)
{
	if (fsync(job->fd) != 0 || fsync(job->archive_dir) != 0 ||
	    (job->archive_dir != job->at.dir && fsync(job->at.dir) != 0))
		return job_fail(job, -errno, "cannot sync %s", job->archive);
	return 0;
}

static int record_archive(struct log_job *job, time_t now)
{
	unsigned number = 1;

	if (job->set->naming == NAMING_DATE) {
		struct archive parsed;
		size_t len;

		if (archive_parse(job->set, job->at.name, job->archive, &parsed, &len) == ARCHIVE_PLAIN) {
			number = parsed.number;
			now = (time_t)parsed.when;
		}
	} else {
		now = 0;
	}
	job->rotated = true;
	return archives_add(&job->archives, job->archive, now, number) ? 0 : diag_memory(job->run->log);
}

int commit_rotation(struct log_job *job, time_t now)
{
	int err = choose_name(job, now);

	if (err != 0)
		return err;
	if (!job_step(job, "rotate to %s", job->archive))
		return record_archive(job, now);
	lock_note(job->lock, job->archive);
	if (!job->set->nocreate)
		err = make_fresh(job);
	if (err != 0)
		return err;
	if (job->set->nocreate)
		err = job_rename(job->at.dir, job->at.name, job->archive_dir, job->archive);
	else
		err = exchange(job);
	if (err != 0) {
		job_fail(job, err, "cannot rename the log to %s", job->archive);
		if (!job->set->nocreate)
			unlinkat(job->archive_dir, job->archive, 0);
		return err;
	}
	err = check_exchanged(job);
	if (err == 0)
		err = record_archive(job, now);
	return err != 0 ? err : sync_commit(job);
}

/* Makes a hole where `from` has one. Both descriptors advance to the next data, or to the end. 0 or -errno. */
static int skip_hole(int from, int to)
{
	off_t here = lseek(from, 0, SEEK_CUR), data;
	struct stat st;

	/* The size first: what a writer adds after it is not part of this hole. */
	if (fstat(from, &st) != 0)
		return -errno;
	data = lseek(from, here, SEEK_DATA);
	if (data < 0 && errno == ENXIO)
		data = st.st_size; /* nothing but a hole is left */
	else if (data < 0)
		data = here; /* the file system knows no holes */
	if (data <= here)
		return lseek(from, here, SEEK_SET) == here ? 0 : -errno;
	if (lseek(to, data - here, SEEK_CUR) < 0 || ftruncate(to, lseek(to, 0, SEEK_CUR)) != 0 ||
	    lseek(from, data, SEEK_SET) < 0)
		return -errno;
	return 0;
}

/* Copies the rest of `from`, with its holes; both descriptors advance. */
static int copy_rest(int from, int to)
{
	char buffer[COPY_SIZE];

	for (;;) {
		int err = skip_hole(from, to);
		ssize_t got = err != 0 ? 0 : read(from, buffer, sizeof(buffer));

		if (err != 0)
			return err;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		err = file_write(to, buffer, (size_t)got);
		if (err != 0)
			return err;
	}
}

/* Copies, syncs and names the archive; then copies what was written meanwhile and truncates the log immediately. */
static int copy_and_truncate(struct log_job *job, int log, int copy, const char *temporary)
{
	struct stat st;
	int err = fstat(log, &st) != 0				    ? -errno :
		  st.st_ino != job->st.st_ino || st.st_dev != job->st.st_dev ? -ESTALE :
									       copy_rest(log, copy);

	if (err == 0)
		err = job_copy_attributes(job->fd, &job->st, copy, true);
	if (err == 0 && fsync(copy) != 0)
		err = -errno;
	if (err == 0)
		err = job_rename(job->archive_dir, temporary, job->archive_dir, job->archive);
	if (err == 0)
		err = copy_rest(log, copy);
	if (err == 0 && ftruncate(log, 0) != 0)
		err = -errno;
	if (err == 0 && (futimens(copy, (struct timespec[]){ job->st.st_atim, job->st.st_mtim }) != 0 ||
			 fsync(copy) != 0 || fsync(job->archive_dir) != 0))
		err = -errno;
	return err;
}

int commit_copy(struct log_job *job, time_t now)
{
	struct strbuf temporary = STRBUF_INIT;
	int err = choose_name(job, now), log = -1, copy = -1;

	if (err != 0)
		return err;
	if (!job_step(job, "copy to %s and truncate", job->archive))
		return record_archive(job, now);
	strbuf_printf(&temporary, ".%s.tmp", job->archive);
	if (temporary.failed)
		return diag_memory(job->run->log);
	lock_note(job->lock, job->archive);
	log = openat(job->at.dir, job->at.name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	copy = openat(job->archive_dir, temporary.data, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	err = log < 0 || copy < 0 ? -errno : copy_and_truncate(job, log, copy, temporary.data);
	if (err != 0) {
		job_fail(job, err, "cannot copy the log to %s", job->archive);
		unlinkat(job->archive_dir, temporary.data, 0);
	}
	if (log >= 0)
		close(log);
	if (copy >= 0)
		close(copy);
	strbuf_free(&temporary);
	return err != 0 ? err : record_archive(job, now);
}
