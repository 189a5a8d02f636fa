/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/job.h"
#include "base/escape.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>
#ifndef STATX_BTIME
#include <linux/stat.h>
#endif

#define ATTRIBUTE_MAX 65536 /* XATTR_SIZE_MAX, include/uapi/linux/limits.h */

int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int job_fail(struct log_job *job, int err, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	if (err != 0)
		strbuf_printf(&text, ": %s", strerror(err < 0 ? -err : err));
	diag_add(job->run->log, DIAG_ROTATE, NULL, NULL, "%s: %s", job->path, strbuf_text(&text));
	strbuf_free(&text);
	job->failed = true;
	return err;
}

void job_warn(struct log_job *job, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	diag_add(job->run->log, DIAG_ROTATE_WARNING, NULL, NULL, "%s: %s", job->path, strbuf_text(&text));
	strbuf_free(&text);
}

bool job_step(struct log_job *job, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT, line = STRBUF_INIT;
	va_list args;

	if (job->run->dry || job->run->verbose) {
		strbuf_printf(&text, "%s: ", job->path);
		va_start(args, format);
		strbuf_vprintf(&text, format, args);
		va_end(args);
		strbuf_escape(&line, strbuf_text(&text), text.len);
		fprintf(job->run->out, "%s\n", strbuf_text(&line));
		strbuf_free(&text);
		strbuf_free(&line);
	}
	return !job->run->dry;
}

int job_rename(int from_dir, const char *from, int to_dir, const char *to)
{
	int err = file_rename(from_dir, from, to_dir, to, RENAME_NOREPLACE);

	if (err != -EINVAL && err != -ENOSYS)
		return err;
	/* The file system does not know RENAME_NOREPLACE. link(2) does not replace a file either. */
	if (linkat(from_dir, from, to_dir, to, 0) != 0)
		return -errno;
	return unlinkat(from_dir, from, 0) == 0 ? 0 : -errno;
}

int job_open_file(int dir, const char *name, struct stat *st)
{
	int fd = -1, err = 0;

	/* Check before opening: opening a device or a FIFO can have effects. */
	if (fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) != 0)
		return -errno;
	if (!S_ISREG(st->st_mode))
		return S_ISDIR(st->st_mode) ? -EISDIR : S_ISLNK(st->st_mode) ? -ELOOP : -ENOTSUP;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, st) != 0)
		err = -errno;
	else if (!S_ISREG(st->st_mode))
		err = -ENOTSUP;
	if (err != 0) {
		close(fd);
		return err;
	}
	return fd;
}

static int copy_attribute(int from, int to, const char *name)
{
	static const int harmless[] = { ENODATA, ENOTSUP, EPERM, EACCES, ENOSYS, EINVAL };
	char value[ATTRIBUTE_MAX];
	ssize_t len = fgetxattr(from, name, value, sizeof(value));

	if (len >= 0 && fsetxattr(to, name, value, (size_t)len, 0) == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
		if (errno == harmless[i])
			return 0;
	return -errno;
}

bool job_keeps_record(const struct rotate_settings *set)
{
	return set->naming == NAMING_NUMBER || set->dateformat != NULL || set->dateyesterday || set->datehourago;
}

time_t job_birth(const struct log_job *job)
{
	struct statx stx;

	/* By number, because musl before 1.2.4 has no statx. */
	if (syscall(SYS_statx, job->fd, "", AT_EMPTY_PATH, STATX_BTIME, &stx) == 0 && (stx.stx_mask & STATX_BTIME) != 0)
		return (time_t)stx.stx_btime.tv_sec;
	return job->st.st_mtim.tv_sec;
}

/* Without a list in `from`, removes the one that `to` has by default of its directory. */
static int copy_list(int from, int to)
{
	static const char name[] = "system.posix_acl_access";
	int err = copy_attribute(from, to, name);

	if (err == 0 && fgetxattr(from, name, NULL, 0) < 0 && errno == ENODATA && fremovexattr(to, name) != 0 &&
	    errno != ENODATA && errno != ENOTSUP)
		err = -errno;
	return err;
}

int job_copy_attributes(int from, const struct stat *st, int to, bool list)
{
	struct stat now;
	int err;

	/* Owner first, because changing it clears the set-id bits. EPERM is no error: only root may change it. */
	if (fstat(to, &now) != 0)
		return -errno;
	if ((now.st_uid != st->st_uid || now.st_gid != st->st_gid) && fchown(to, st->st_uid, st->st_gid) != 0 &&
	    errno != EPERM)
		return -errno;
	/* The list before the mode, which widens the mask of a list. */
	err = list ? copy_list(from, to) : 0;
	if (err == 0 && fchmod(to, st->st_mode & 07777) != 0)
		err = -errno;
	return err != 0 ? err : copy_attribute(from, to, "security.selinux");
}

/* The owner and mode of directories that are created. False, reported: other users could replace archives in them. */
static bool find_attributes(struct log_job *job, struct stat *want)
{
	const struct rotate_owner *owner = &job->set->olddir_owner;

	if (fstat(job->at.dir, want) != 0)
		return job_fail(job, -errno, "cannot stat the directory of the log") == 0;
	want->st_uid = owner->has_owner ? owner->owner : want->st_uid;
	want->st_gid = owner->has_group ? owner->group : want->st_gid;
	want->st_mode = owner->has_mode ? owner->mode : want->st_mode & 07777;
	if (job->set->su || ((want->st_uid == 0 || want->st_uid == geteuid()) && (want->st_mode & S_IWOTH) == 0 &&
			     ((want->st_mode & S_IWGRP) == 0 || want->st_gid == 0)))
		return true;
	diag_add(job->run->log, DIAG_ROTATE_UNSAFE, NULL, NULL,
		 "%s: createolddir would let another user replace the archives: use su", job->path);
	job->failed = true;
	return false;
}

/* Creates the directory place->name. One that another program has just created is left as it is. 0 or -errno. */
static int create_in(const struct log_place *place, const struct stat *want)
{
	int fd, err;

	if (mkdirat(place->dir, place->name, 0700) != 0)
		return errno == EEXIST ? 0 : -errno;
	fd = openat(place->dir, place->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchown(fd, want->st_uid, want->st_gid) != 0 || fchmod(fd, want->st_mode) != 0 ||
	    fsync(place->dir) != 0)
		err = -errno;
	else
		err = 0;
	if (fd >= 0)
		close(fd);
	if (err != 0)
		unlinkat(place->dir, place->name, AT_REMOVEDIR);
	return err;
}

/* Creates this directory, and first those above it. 0, or -errno after a report. */
static int create_path(struct log_job *job, char *path, const struct stat *want)
{
	struct log_place place;
	char *slash = strrchr(path, '/');
	int err = place_open(&place, path, job->set->su, job->run->log);

	if (err == -ENOENT && slash != NULL && slash != path) {
		*slash = '\0';
		err = create_path(job, path, want);
		*slash = '/';
		if (err == 0)
			err = place_open(&place, path, job->set->su, job->run->log);
	}
	if (err != 0) {
		job->failed = true;
		return err;
	}
	err = create_in(&place, want);
	place_close(&place);
	return err == 0 ? 0 : job_fail(job, err, "cannot create olddir %s", path);
}

/* Creates the directory. 0; -errno, reported; or -ECANCELED: this is a dry run. */
static int create_olddir(struct log_job *job, const char *text)
{
	char *path = place_absolute(text);
	struct stat want;
	int err;

	if (path == NULL)
		err = diag_memory(job->run->log);
	else if (!find_attributes(job, &want))
		err = -EPERM;
	else if (!job_step(job, "create the directory %s", path))
		err = -ECANCELED;
	else
		err = create_path(job, path, &want);
	free(path);
	return err;
}

/* 0; or -errno, reported. -ECANCELED is no failure. */
static int open_directory(struct log_job *job, const char *path)
{
	int err = place_open_directory(&job->old, path, job->set->su, job->run->log);
	struct stat here, there;

	if (err == -ENOENT && job->set->createolddir) {
		err = create_olddir(job, path);
		if (err != 0)
			return err;
		err = place_open_directory(&job->old, path, job->set->su, job->run->log);
	}
	if (err == -ENOENT)
		return job_fail(job, err, "olddir %s", path);
	if (err != 0) {
		job->failed = true;
		return err;
	}
	if (fstat(job->at.dir, &here) != 0 || fstat(job->old.dir, &there) != 0)
		return job_fail(job, -errno, "olddir %s", path);
	return here.st_dev == there.st_dev ? 0 : job_fail(job, -EXDEV, "olddir %s must be on the log's file system", path);
}

/*
 * Opens job->old, which becomes job->archive_dir. With createolddir, creates it and the directories above it that are
 * missing, all with the same owner and mode. False: reported, and job->failed is set; or this is a dry run.
 */
static bool open_olddir(struct log_job *job)
{
	struct strbuf path = STRBUF_INIT;
	int err;

	if (job->set->olddir[0] != '/')
		strbuf_printf(&path, "%s/", job->at.path);
	strbuf_puts(&path, job->set->olddir);
	err = path.failed ? diag_memory(job->run->log) : open_directory(job, path.data);
	strbuf_free(&path);
	job->archive_dir = job->old.dir;
	return err == 0;
}

/* Opens the log, which must be a regular file. False: reported. */
static bool open_log(struct log_job *job)
{
	struct rotate_run *run = job->run;

	job->fd = job_open_file(job->at.dir, job->at.name, &job->st);
	if (job->fd == -ENOENT) {
		job->missing = true;
		if (job->set->missingok || job->run->adopt)
			return true;
		job_fail(job, ENOENT, "the log is missing");
		return false;
	}
	if (job->fd == -ELOOP)
		diag_add(run->log, DIAG_ROTATE_UNSAFE, NULL, NULL, "%s: the log is a symbolic link: give the real path", job->path);
	else if (job->fd == -EISDIR || job->fd == -ENOTSUP)
		diag_add(run->log, DIAG_ROTATE_UNSAFE, NULL, NULL, "%s: the log is not a regular file", job->path);
	else if (job->fd < 0)
		job_fail(job, job->fd, "cannot open the log");
	if (job->fd >= 0)
		return true;
	job->failed = true;
	return false;
}

static bool lock_and_read(struct log_job *job)
{
	int err = place_lock(&job->at, job->run->wait_ms, &job->lock, job->run->log);

	if (err == -EWOULDBLOCK) {
		job_warn(job, "another instance works on this log; --wait waits for it");
		job->busy = true;
		job->run->busy++;
		return false;
	}
	if (err != 0) {
		job->failed = true;
		return false;
	}
	lock_read(job->lock, job->interrupted, sizeof(job->interrupted));
	err = archives_read(&job->archives, job->archive_dir, job->at.name, job->set);
	if (err != 0)
		job_fail(job, err, "cannot list the archives");
	return err == 0;
}

bool job_open(struct log_job *job, struct rotate_run *run, const struct rotate_settings *set, const char *path)
{
	int err;

	*job = (struct log_job){ .set = set, .run = run, .path = path, .lock = -1, .fd = -1 };
	job->old.dir = job->archive_dir = -1;
	err = place_open(&job->at, path, set->su, run->log);
	if (err == -ENOENT && !set->missingok)
		job_fail(job, err, "the directory of the log is missing");
	if (err != 0) {
		job->failed = err != -ENOENT || !set->missingok;
		return false;
	}
	job->archive_dir = job->at.dir;
	if (set->olddir != NULL && !open_olddir(job))
		return false;
	return lock_and_read(job) && open_log(job);
}

void job_close(struct log_job *job)
{
	if (job->lock >= 0 && job->fd < 0) /* there is no log: leave nothing behind */
		place_remove_lock(&job->at, job->lock, job->missing && job->archives.all.len == 0);
	archives_free(&job->archives);
	if (job->fd >= 0)
		close(job->fd);
	if (job->lock >= 0)
		close(job->lock);
	place_close(&job->old);
	place_close(&job->at);
	job->fd = job->lock = job->archive_dir = -1;
}
