/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The state of one log during a run. rotate.c calls the steps, each in its own file, in this order: job_open, repair,
 * commit, compress, prune, job_close. No step uses a path: all names are relative to the directories that job_open
 * opened.
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
	int archive_dir;   /* borrowed: old.dir, or at.dir without an olddir */
	int lock;          /* owned, -1: none */
	int fd;            /* owned, -1: none; the log, which is the plain archive after the commit */
	struct stat st;    /* of fd, from when it was opened */
	struct archives archives;
	char archive[ARCHIVE_NAME_MAX];     /* the archive of this rotation; "": none */
	char interrupted[ARCHIVE_NAME_MAX]; /* the note in the lock file: an archive whose writers were not told */
	int64_t deadline;  /* monotonic ms: how long to wait for writers; 0: not set yet */
	bool due, rotated, failed;
	bool missing;      /* there is no log */
	bool busy;         /* another instance has the lock */
	bool untold;       /* a killed run rotated without telling the writers */
	bool deferred;     /* an archive stays for now, because a program writes to it */
	unsigned compressed, removed;
};

/*
 * Opens the directories, takes the lock, lists the archives and opens the log. job->fd is negative if the log is
 * missing but missingok allows that. False: do not go on. Then an error was reported and job->failed is set, job->busy
 * is set, or the directory is missing and missingok allows that. job_close must follow in either case.
 */
must_check bool job_open(struct log_job *job, struct rotate_run *run, const struct rotate_settings *set, const char *path);

void job_close(struct log_job *job);

/* Reports "LOG: text: reason" and sets job->failed. err is an errno of either sign; 0: no reason. Returns err. */
int job_fail(struct log_job *job, int err, const char *format, ...) printf_like(3, 4);

void job_warn(struct log_job *job, const char *format, ...) printf_like(2, 3);

/* In a verbose or dry run, prints what is about to be done. False: this is a dry run, so do not do it. */
must_check bool job_step(struct log_job *job, const char *format, ...) printf_like(2, 3);

/* Renames without replacing a file that exists. 0 or -errno. */
must_check int job_rename(int from_dir, const char *from, int to_dir, const char *to);

/* Opens a regular file for reading. The descriptor, which the caller closes, or -errno; -ELOOP: a symbolic link. */
must_check int job_open_file(int dir, const char *name, struct stat *st);

/*
 * Copies the mode and owner in *st, and the security label of `from`, to `to`, which nobody else can read so far. With
 * `list`, its access control list becomes that of `from`, or goes if `from` has none; else `to` keeps the list that
 * the directory gave it. What the file system or our privileges do not allow is left out. 0 or -errno.
 */
must_check int job_copy_attributes(int from, const struct stat *st, int to, bool list);

/* True if the names of the archives do not tell the second of a rotation, so that the lock file must. */
bool job_keeps_record(const struct rotate_settings *set);

/* When the log was created, in seconds since 1970; if the file system does not know that, its mtime. */
time_t job_birth(const struct log_job *job);

/* CLOCK_MONOTONIC, in milliseconds. */
int64_t monotonic_ms(void);

#endif
