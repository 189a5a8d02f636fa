/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One log on its way through a run. The steps, each in its own file, are called by rotate.c in this order:
 * job_open, repair, commit, compress, prune, job_close. None of them goes by a path: all names are in the
 * directories that job_open opened.
 */
#ifndef FW_ROTATE_JOB_H
#define FW_ROTATE_JOB_H

#include "rotate/archive.h"
#include "rotate/place.h"
#include "rotate/run.h"

#include <sys/stat.h>

struct log_job {
	const struct rotate_settings *set; /* borrowed, as are run and path */
	struct rotate_run *run;
	const char *path;
	struct log_place at;
	struct log_place old;  /* olddir; dir -1: none */
	int archive_dir;   /* borrowed from one of the two */
	int lock;          /* owned, -1: none */
	int fd;            /* owned, -1: none; the log, and after the commit the archive's plain file */
	struct stat st;    /* of fd, when it was opened */
	struct archives archives;
	char archive[ARCHIVE_NAME_MAX];     /* what this rotation made, "": nothing */
	char interrupted[ARCHIVE_NAME_MAX]; /* what a killed run made without telling the writers */
	int64_t deadline;  /* monotonic ms: until then writers are waited for; 0: not begun */
	bool due, rotated, failed, busy, untold, deferred;
	unsigned compressed, removed;
};

/*
 * Opens the directories, takes the lock, opens the log and reads the archives. False: not to be gone on with; reported, or
 * the log is missing and may be, or busy. job_close must follow in either case.
 */
must_check bool job_open(struct log_job *job, struct rotate_run *run, const struct rotate_settings *set, const char *path);

void job_close(struct log_job *job);

/* Reports "LOG: text: reason" and marks the job as failed. err 0: no reason. Returns err. */
int job_fail(struct log_job *job, int err, const char *format, ...) printf_like(3, 4);

void job_warn(struct log_job *job, const char *format, ...) printf_like(2, 3);

/* Says what is about to be done when the run is verbose or dry. False: dry, so do not do it. */
must_check bool job_step(struct log_job *job, const char *format, ...) printf_like(2, 3);

/* A rename that never replaces anything. 0 or -errno. */
must_check int job_rename(int from_dir, const char *from, int to_dir, const char *to);

/* Opens a regular file of ours for reading, nothing else. The descriptor or -errno. */
must_check int job_open_file(int dir, const char *name, struct stat *st);

/* Owner, mode, ACL and security label of one file for another. What the file system or our rights do not allow stays. */
must_check int job_copy_attributes(int from, const struct stat *st, int to);

/* When the log was made, as far as the file system knows it; else its last write. Seconds since 1970. */
time_t job_birth(const struct log_job *job);

int64_t monotonic_ms(void);

#endif
