/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rotate/prune.h"
#include "rotate/compress.h"

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

/* 0: it is removed (or a dry run printed that); or -errno. */
static int remove_archive(struct log_job *job, size_t index, const char *why)
{
	const struct archive *one = &job->archives.all.item[index];
	struct strbuf packed = STRBUF_INIT;
	int err = 0;

	if (one->plain && !job->run->dry && has_writer(job, one->name)) {
		job->deferred = true;
		return -EBUSY;
	}
	strbuf_printf(&packed, "%s.gz", one->name);
	if (packed.failed)
		return diag_memory(job->run->log);
	if (job_step(job, "remove %s (%s)", one->packed ? packed.data : one->name, why)) {
		if (one->plain && unlinkat(job->archive_dir, one->name, 0) != 0)
			err = job_fail(job, -errno, "cannot remove %s", one->name);
		if (err == 0 && one->packed && unlinkat(job->archive_dir, packed.data, 0) != 0)
			err = job_fail(job, -errno, "cannot remove %s", packed.data);
	}
	strbuf_free(&packed);
	if (err == 0) {
		archives_drop(&job->archives, index);
		job->removed++;
	}
	return err;
}

/* The current size of an archive; compressing it may just have changed it. */
static uint64_t bytes_of(const struct log_job *job, const struct archive *one)
{
	struct strbuf name = STRBUF_INIT;
	uint64_t bytes = 0;
	struct stat st;

	strbuf_printf(&name, "%s%s", one->name, one->packed ? ".gz" : "");
	if (!name.failed && fstatat(job->archive_dir, name.data, &st, AT_SYMLINK_NOFOLLOW) == 0)
		bytes = (uint64_t)st.st_size;
	strbuf_free(&name);
	return bytes;
}

/* Why this archive should be removed, or NULL. `before`: the bytes of all newer ones. */
static const char *reason(const struct log_job *job, size_t index, uint64_t before, time_t now)
{
	const struct rotate_settings *set = job->set;
	const struct archive *one = &job->archives.all.item[index];
	int64_t age = now - (one->when != 0 ? one->when : one->written);
	bool too_many = set->keep != ROTATE_KEEP_ALL && index >= (size_t)set->keep;

	if (set->naming == NAMING_NUMBER && set->keep != ROTATE_KEEP_ALL && one->number > (unsigned)set->keep)
		too_many = true;
	if (index == 0 && set->keep != 0)
		return NULL;
	if (too_many)
		return "too many";
	if (set->maxage > 0 && one->changed != 0 && age > (int64_t)set->maxage * DAY)
		return "too old";
	if (set->max_bytes > 0 && before + bytes_of(job, one) > set->max_bytes)
		return "too large together";
	return NULL;
}

void prune_archives(struct log_job *job, time_t now)
{
	uint64_t before = 0;
	size_t keep = 0;

	/* Find the first one to remove from the newest on, to add up the sizes; then remove from the oldest on. */
	while (keep < job->archives.all.len && reason(job, keep, before, now) == NULL) {
		if (job->set->max_bytes > 0)
			before += bytes_of(job, &job->archives.all.item[keep]);
		keep++;
	}
	for (size_t i = job->archives.all.len; i-- > keep;) {
		const char *why = reason(job, i, before, now);

		if (strcmp(job->archives.all.item[i].name, job->archive) == 0 && job->set->keep != 0)
			continue; /* the clock was set back: this run's archive is the newest in spite of its name */
		if (remove_archive(job, i, why != NULL ? why : "too old") == -ENOMEM)
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
