/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/compress.h"
#include "base/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define READ_SIZE  ((size_t)256 * 1024)
#define POLL_FIRST 10  /* ms, doubled up to: */
#define POLL_MOST  160
#define TRIES      3   /* attempts, if the file changes during the compression */
#define BEST_RATIO 64u /* no real log is expected to compress better than this */

/* The compression of one archive. */
struct compress_work {
	struct log_job *job;
	const char *name;
	struct strbuf packed, temporary; /* names */
	int plain, out;                  /* owned, -1: none */
	bool leased;
	struct stat st; /* of plain, before the first byte is read */
};

enum lease lease_take(int fd)
{
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0)
		return LEASE_TAKEN;
	return errno == EAGAIN ? LEASE_HELD_BY_WRITER : LEASE_UNSUPPORTED;
}

enum lease lease_wait(struct log_job *job, int fd)
{
	int pause = POLL_FIRST;

	for (;;) {
		enum lease lease = lease_take(fd);
		int64_t left = job->deadline - monotonic_ms();

		if (lease != LEASE_HELD_BY_WRITER || left <= 0)
			return lease;
		poll(NULL, 0, left < pause ? (int)left : pause);
		pause = pause < POLL_MOST ? pause * 2 : pause;
	}
}

/* True if no program has opened the file for writing since, and its size and mtime are unchanged. */
static bool still_ours(const struct compress_work *work, uint64_t length)
{
	struct stat now;

	if (work->leased && fcntl(work->plain, F_GETLEASE) != F_RDLCK)
		return false;
	return fstat(work->plain, &now) == 0 && (uint64_t)now.st_size == length &&
	       now.st_mtim.tv_sec == work->st.st_mtim.tv_sec && now.st_mtim.tv_nsec == work->st.st_mtim.tv_nsec;
}

/* Compresses the whole plain file. -EAGAIN: a program opened it for writing, or it changed. */
static int pack_all(const struct compress_work *work, struct packer *packer)
{
	char *buffer = malloc(READ_SIZE);
	uint64_t at = 0;
	int err = buffer == NULL ? -ENOMEM : 0;

	while (err == 0) {
		ssize_t got = pread(work->plain, buffer, READ_SIZE, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			err = got < 0 ? -errno : 0;
			break;
		}
		at += (uint64_t)got;
		err = packer_write(packer, buffer, (size_t)got);
		if (err == 0 && work->leased && fcntl(work->plain, F_GETLEASE) != F_RDLCK)
			err = -EAGAIN;
	}
	free(buffer);
	if (err == 0)
		err = packer_finish(packer);
	return err == 0 && !still_ours(work, packer_length(packer)) ? -EAGAIN : err;
}

/* Writes and syncs the temporary, drops it from the page cache so that it is read from the disk, and checks it. */
static int write_temporary(const struct compress_work *work)
{
	const struct rotate_settings *set = work->job->set;
	struct pack_options options = { .format = set->format, .level = set->level, .threads = set->threads, .check = set->verify };
	struct packer *packer = packer_new(work->out, &options);
	int err = packer == NULL ? -ENOMEM : pack_all(work, packer);

	if (err == 0 && fsync(work->out) != 0)
		err = -errno;
	if (err == 0 && set->verify) {
		(void)posix_fadvise(work->out, 0, 0, POSIX_FADV_DONTNEED);
		err = packer_check(packer, work->out);
	}
	packer_free(packer);
	if (err == 0)
		err = job_copy_attributes(work->plain, &work->st, work->out, true);
	if (err == 0 && futimens(work->out, (struct timespec[]){ work->st.st_atim, work->st.st_mtim }) != 0)
		err = -errno;
	return err;
}

/* Renames the temporary to its final name, and only then removes the plain file. */
static int publish(const struct compress_work *work)
{
	int dir = work->job->archive_dir;
	int err = fsync(work->out) == 0 ? 0 : -errno;

	if (err == 0)
		err = job_rename(dir, work->temporary.data, dir, work->packed.data);
	if (err == 0 && fsync(dir) != 0)
		err = -errno;
	if (err != 0)
		return err;
	if (!still_ours(work, (uint64_t)work->st.st_size)) {
		unlinkat(dir, work->packed.data, 0);
		return -EAGAIN;
	}
	return unlinkat(dir, work->name, 0) == 0 ? 0 : -errno;
}

static int check_room(const struct compress_work *work)
{
	uint64_t bytes = (uint64_t)work->st.st_blocks * 512;
	struct statvfs fs;

	if (fstatvfs(work->plain, &fs) != 0)
		return 0;
	return (uint64_t)fs.f_bavail * fs.f_frsize < bytes / BEST_RATIO ? -ENOSPC : 0;
}

/* 0 or -errno. -EAGAIN: the file changed, try again; -EBUSY: a program writes to it, or may do so. */
static int compress_once(struct compress_work *work, bool newest)
{
	int dir = work->job->archive_dir;
	enum lease lease = lease_wait(work->job, work->plain);
	int err;

	work->leased = lease == LEASE_TAKEN;
	if (lease == LEASE_HELD_BY_WRITER || (lease == LEASE_UNSUPPORTED && newest))
		return -EBUSY;
	if (fstat(work->plain, &work->st) != 0)
		return -errno;
	err = check_room(work);
	if (err != 0)
		return err;
	work->out = openat(dir, work->temporary.data, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (work->out < 0)
		return -errno;
	err = write_temporary(work);
	if (err == 0)
		err = publish(work);
	if (err != 0)
		unlinkat(dir, work->temporary.data, 0);
	close(work->out);
	work->out = -1;
	if (work->leased)
		(void)fcntl(work->plain, F_SETLEASE, F_UNLCK);
	return err;
}

/* Reports an archive that stays plain for now. This is not a failure: a later run compresses it. */
static void defer(struct log_job *job, const char *name)
{
	job->deferred = true;
	diag_add(job->run->log, DIAG_ROTATE_NOTE, NULL, NULL, "%s: deferred: a program may still write to %s, which stays plain for now",
		 job->path, name);
}

static void compress_one(struct log_job *job, struct archive *one, bool newest)
{
	struct compress_work work = { .job = job, .name = one->name, .plain = -1, .out = -1 };
	int err = -EAGAIN;

	strbuf_printf(&work.packed, "%s%s", one->name, pack_kinds[job->set->format].suffix);
	strbuf_printf(&work.temporary, ".%s.tmp", strbuf_text(&work.packed));
	work.plain = job_open_file(job->archive_dir, one->name, &work.st);
	if (work.plain < 0)
		err = work.plain;
	else if (work.packed.failed || work.temporary.failed)
		err = -ENOMEM;
	else if (work.st.st_nlink != 1 && !job->set->allowhardlink)
		err = -EMLINK;
	for (int i = 0; err == -EAGAIN && i < TRIES; i++)
		err = compress_once(&work, newest);
	if (err == -EBUSY || err == -EAGAIN) {
		defer(job, one->name);
	} else if (err == -ENOENT && work.plain < 0) {
		one->plain = false; /* a script has moved or compressed it */
	} else if (err != 0) {
		job_fail(job, err, "cannot compress %s, which stays plain", one->name);
	} else {
		one->plain = false;
		one->packed = 1U << job->set->format;
		job->compressed++;
	}
	if (work.plain >= 0)
		close(work.plain);
	strbuf_free(&work.packed);
	strbuf_free(&work.temporary);
}

void compress_archives(struct log_job *job)
{
	/* One deadline for all archives: writers that were just told to reopen get the time of `settle` once. */
	if (job->deadline == 0)
		job->deadline = monotonic_ms() + (job->rotated || job->untold ? job->set->settle_ms : 0);
	for (size_t i = 0; i < job->archives.all.len; i++) {
		struct archive *one = &job->archives.all.item[i];

		if (!one->plain || one->packed != 0 || (i == 0 && job->set->delaycompress))
			continue;
		if (job_step(job, "compress %s", one->name))
			compress_one(job, one, i == 0);
	}
}
