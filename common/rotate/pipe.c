/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/pipe.h"
#include "base/file.h"
#include "rotate/commit.h"
#include "rotate/compress.h"
#include "rotate/job.h"
#include "rotate/prune.h"
#include "rotate/repair.h"
#include "rotate/source.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RETRY_MS 1000 /* the pause after a failed rotation, and between attempts while the disk is full */

/* The lines that are dropped while nothing can be written. */
struct gap {
	uint64_t lines, bytes;
	time_t from;
	int err;
	bool open;   /* lines are being dropped, and the log does not say so yet */
	bool inside; /* the last dropped byte was not a newline */
};

struct pipe_state {
	char note[64];  /* identifies our input in the lock file; "": it is not a pipe */
	bool continued; /* the input is that of the previous run */
	struct log_job job;
	const struct pipe_options *options;
	struct log_source source;
	int fd;          /* owned; `current`, for writing */
	off_t at;        /* its size */
	bool line_open;  /* its last byte is not a newline */
	bool dirty;      /* written since the last sync */
	int64_t synced;  /* monotonic ms */
	int64_t retry;   /* monotonic ms: no rotation before that */
	time_t born;     /* when the first line of current was written */
	pid_t child;     /* the child that compresses and prunes; 0: none */
	bool untidy;     /* an archive was made since the last child was started */
	struct gap gap;
};

/* Creates the directory (mode 0750) and `current` (mode 0640) if they do not exist. 0 or -errno, reported. */
static int make_current(const char *dir, struct diag_log *log)
{
	struct log_place at;
	int err, fd;

	if (mkdir(dir, 0750) != 0 && errno != EEXIST) {
		diag_add(log, DIAG_ROTATE, NULL, NULL, "%s: %s", dir, strerror(errno));
		return -errno;
	}
	err = place_open_directory(&at, dir, false, log);
	if (err != 0)
		return err;
	fd = openat(at.dir, "current", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0 && errno != EEXIST) {
		err = -errno;
		diag_add(log, DIAG_ROTATE, NULL, NULL, "%s/current: %s", at.path, strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	place_close(&at);
	return err;
}

/* Opens `current` twice: job.fd to archive it, fd to write to it. 0 or -errno, reported. */
static int open_current(struct pipe_state *state)
{
	struct log_job *job = &state->job;
	char last = '\n';
	int err = 0;

	if (job->fd >= 0)
		close(job->fd);
	if (state->fd >= 0)
		close(state->fd);
	state->fd = -1;
	job->fd = job_open_file(job->at.dir, job->at.name, &job->st);
	if (job->fd >= 0)
		state->fd = openat(job->at.dir, job->at.name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (job->fd < 0 || state->fd < 0)
		return job_fail(job, job->fd < 0 ? job->fd : -errno, "cannot open current");
	state->at = job->st.st_size;
	state->born = job_birth(job);
	if (state->at > 0 && pread(job->fd, &last, 1, state->at - 1) != 1)
		err = job_fail(job, -errno, "cannot read current");
	state->line_open = last != '\n';
	return err;
}

/* Appends the text completely or not at all: a part that still fitted on a full disk is truncated. */
static int put_line(struct pipe_state *state, const char *text, size_t len)
{
	size_t done = 0;
	int err = 0;

	while (done < len && err == 0) {
		ssize_t put = pwrite(state->fd, text + done, len - done, state->at + (off_t)done);

		if (put > 0)
			done += (size_t)put;
		else if (put == 0 || errno != EINTR)
			err = put == 0 ? -EIO : -errno;
	}
	if (err != 0) {
		(void)!ftruncate(state->fd, state->at);
		return err;
	}
	state->at += (off_t)len;
	state->dirty = true;
	state->line_open = false;
	return 0;
}

static bool child_running(struct pipe_state *state)
{
	if (state->child > 0 && waitpid(state->child, NULL, WNOHANG) != 0)
		state->child = 0;
	return state->child > 0;
}

/* Starts a child that compresses and prunes. It dies with us; the next run repairs what it left. */
static void tidy_in_child(struct pipe_state *state)
{
	struct log_job *job = &state->job;
	pid_t parent = getpid();

	state->untidy = false;
	state->child = fork();
	if (state->child < 0) {
		state->child = 0;
		job_warn(job, "cannot start a process that compresses: %s", strerror(errno));
	}
	if (state->child != 0)
		return;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_Exit(1);
	close(state->fd);
	job->deadline = monotonic_ms();
	prune_for_room(job);
	if (job->set->compress && job->set->keep != 0)
		compress_archives(job);
	prune_archives(job, time(NULL));
	_Exit(job->failed);
}

/* Lists the archives again, because a child may have changed them. */
static int read_archives(struct pipe_state *state)
{
	struct log_job *job = &state->job;
	int err;

	archives_free(&job->archives);
	err = archives_read(&job->archives, job->archive_dir, job->at.name, job->set);
	return err != 0 ? job_fail(job, err, "cannot list the archives") : 0;
}

static int archive_current(struct pipe_state *state)
{
	struct log_job *job = &state->job;
	int err = read_archives(state);

	if (err == 0 && fstat(state->fd, &job->st) != 0)
		err = job_fail(job, -errno, "cannot stat current");
	if (err == 0)
		err = commit_rotation(job, time(NULL));
	if (err != 0 && !job->rotated) {
		state->retry = monotonic_ms() + RETRY_MS;
		return 0; /* reported; `current` grows until the next attempt */
	}
	job->rotated = false;
	lock_note(job->lock, state->note);
	state->untidy = true;
	return open_current(state);
}

static bool is_old(const struct pipe_state *state)
{
	uint64_t every = state->options->every_ms;

	return every > 0 && (uint64_t)(time(NULL) - state->born) * 1000 >= every;
}

static uint64_t room_left(const struct pipe_state *state)
{
	uint64_t size = state->job.set->size;

	return (uint64_t)state->at < size ? size - (uint64_t)state->at : 0;
}

/* True if `current` has the wanted size, or if the next line would exceed it. */
static bool is_full(const struct pipe_state *state)
{
	const struct log_source *source = &state->source;
	uint64_t room = room_left(state);

	return room == 0 || (!state->line_open && source->len > room &&
			     memrchr(source->bytes + source->start, '\n', (size_t)room) == NULL);
}

/* With number naming, wait for the child, because a rotation renames the archives that it works on. */
static bool wants_archive(struct pipe_state *state)
{
	return state->at > 0 && (is_full(state) || is_old(state)) && monotonic_ms() >= state->retry &&
	       (state->job.set->naming == NAMING_DATE || !child_running(state));
}

/* How many of the waiting bytes belong in this file: all, the whole lines that fit, or the rest of the open line. */
static size_t part_for_current(const struct pipe_state *state, bool wanted)
{
	const struct log_source *source = &state->source;
	const char *bytes = source->bytes + source->start;
	uint64_t room = room_left(state);
	const char *end;

	if (!wanted && source->len <= room)
		return source->len;
	if (!wanted && room > 0) {
		end = memrchr(bytes, '\n', (size_t)room);
		if (end != NULL)
			return (size_t)(end - bytes) + 1;
	}
	end = memchr(bytes, '\n', source->len);
	return end != NULL ? (size_t)(end - bytes) + 1 : source->len;
}

/* Reports once that lines are dropped from now on. */
static void gap_begin(struct pipe_state *state, int err)
{
	if (state->gap.open)
		return;
	state->gap = (struct gap){ .open = true, .from = time(NULL), .err = err };
	job_fail(&state->job, err, "lines are dropped and counted");
}

/* Drops and counts the waiting bytes, up to the end of the last complete line. */
static int gap_drop(struct pipe_state *state)
{
	struct log_source *source = &state->source;
	const char *bytes = source->bytes + source->start;
	const char *end = memrchr(bytes, '\n', source->len);
	size_t count = end != NULL ? (size_t)(end - bytes) + 1 : source->len;

	for (const char *at = bytes; (at = memchr(at, '\n', (size_t)(bytes + count - at))) != NULL; at++)
		state->gap.lines++;
	state->gap.bytes += count;
	state->gap.inside = end == NULL;
	return source_drop(source, count);
}

/* Writes to the log what was dropped. 0, or -errno: there is still no room. */
static int gap_close(struct pipe_state *state)
{
	struct strbuf line = STRBUF_INIT;
	char from[32] = "";
	struct tm tm;
	int err;

	if (gmtime_r(&state->gap.from, &tm) != NULL)
		strftime(from, sizeof(from), "%Y-%m-%dT%H:%M:%SZ", &tm);
	strbuf_printf(&line, "%sct-rotate: gap: %llu lines (%llu bytes) dropped since %s: %s\n", state->line_open ? "\n" : "",
		      (unsigned long long)state->gap.lines, (unsigned long long)state->gap.bytes, from,
		      strerror(-state->gap.err));
	err = line.failed ? -ENOMEM : put_line(state, line.data, line.len);
	strbuf_free(&line);
	if (err == 0)
		state->gap = (struct gap){ 0 };
	return err;
}

/* The disk is full: ends a child and removes its temporary, or removes the oldest archive. True: try again. */
static bool make_room(struct pipe_state *state)
{
	struct log_job *job = &state->job;
	const struct rotate_settings *set = job->set;
	size_t before;

	if (child_running(state)) {
		kill(state->child, SIGKILL);
		waitpid(state->child, NULL, 0);
		state->child = 0;
		return read_archives(state) == 0 && repair_archives(job) == 0;
	}
	if (set->keep == ROTATE_KEEP_ALL && set->maxage == 0 && set->max_bytes == 0 && set->min_free == 0)
		return false;
	if (read_archives(state) != 0 || job->archives.all.len == 0)
		return false;
	before = job->archives.all.len;
	prune_oldest(job);
	return job->archives.all.len < before;
}

/* Moves the bytes that belong in this file, or drops them if they cannot be written. 0 or -errno, reported. */
static int take(struct pipe_state *state, bool wanted)
{
	struct log_source *source = &state->source;
	size_t most = part_for_current(state, wanted);
	ssize_t moved = source_move(source, state->fd, &state->at, most);

	if (moved > 0) {
		if (state->at == moved)
			state->born = time(NULL);
		state->line_open = source->bytes[source->start - 1] != '\n';
		state->dirty = true;
		return 0;
	}
	if (moved == 0 || moved == -EAGAIN)
		return 0;
	if (moved != -ENOSPC && moved != -EDQUOT && moved != -EFBIG && moved != -EIO)
		return job_fail(&state->job, (int)moved, "cannot write to current");
	if ((moved == -ENOSPC || moved == -EDQUOT) && make_room(state))
		return 0;
	gap_begin(state, (int)moved);
	return gap_drop(state);
}

static int sync_current(struct pipe_state *state)
{
	enum pipe_sync sync = state->options->sync;

	if (!state->dirty || sync == SYNC_ROTATE ||
	    (sync == SYNC_SECOND && monotonic_ms() - state->synced < 1000 && !state->source.ended))
		return 0;
	state->synced = monotonic_ms();
	state->dirty = false;
	return fdatasync(state->fd) == 0 ? 0 : job_fail(&state->job, -errno, "cannot sync current");
}

/* How long to wait for input, in ms. -1: for ever. */
static int wait_time(const struct pipe_state *state)
{
	if (*state->options->stop)
		return 0;
	if (state->child > 0 || state->gap.open || state->options->every_ms > 0 ||
	    (state->dirty && state->options->sync == SYNC_SECOND))
		return RETRY_MS;
	return -1;
}

/* Waits for input once and handles it. *more becomes false at the end. 0 or -errno, reported. */
static int turn(struct pipe_state *state, bool *more)
{
	struct log_source *source = &state->source;
	bool stopping = *state->options->stop;
	int err = source_look(source, wait_time(state));

	if (err != 0)
		return job_fail(&state->job, err, "cannot read the input");
	*more = source->len > 0 || (!source->ended && !stopping);
	if (state->gap.open && !state->gap.inside)
		(void)!gap_close(state);
	if (state->gap.open)
		return source->len > 0 ? gap_drop(state) : 0;
	if (state->untidy && !child_running(state) && read_archives(state) == 0)
		tidy_in_child(state);
	if (wants_archive(state)) {
		if (!state->line_open)
			return archive_current(state);
		if (source->len > 0)
			return take(state, true);
	} else if (source->len > 0) {
		err = take(state, false);
	}
	return err != 0 ? err : sync_current(state);
}

/*
 * If the previous run was killed in the middle of a line, the rest of that line is still in its pipe. Our input
 * continues the line only if it is the same pipe, which the lock file identifies.
 */
static void note_input(struct pipe_state *state, int input)
{
	struct stat st;

	if (fstat(input, &st) == 0 && S_ISFIFO(st.st_mode))
		snprintf(state->note, sizeof(state->note), "input:%llx:%llx", (unsigned long long)st.st_dev,
			 (unsigned long long)st.st_ino);
	state->continued = state->note[0] != '\0' && strcmp(state->job.interrupted, state->note) == 0;
	lock_note(state->job.lock, state->note);
}

static int begin(struct pipe_state *state, struct rotate_run *run, const struct rotate_settings *set, int input)
{
	struct log_job *job = &state->job;
	struct strbuf path = STRBUF_INIT;
	int err = make_current(state->options->dir, run->log);

	strbuf_printf(&path, "%s/current", state->options->dir);
	if (err == 0 && (path.failed || !job_open(job, run, set, path.data)))
		err = -EINVAL; /* reported */
	strbuf_free(&path);
	job->path = state->options->dir;
	if (err == 0)
		err = repair_archives(job);
	if (err == 0)
		err = open_current(state);
	if (err == 0) {
		note_input(state, input);
		tidy_in_child(state);
		err = source_open(&state->source, input);
	}
	if (err == 0 && state->line_open && !state->continued && put_line(state, "\n", 1) != 0)
		gap_begin(state, -ENOSPC);
	return err;
}

int pipe_run(struct rotate_run *run, const struct rotate_settings *set, const struct pipe_options *options, int input)
{
	struct pipe_state state = { .options = options, .fd = -1, .source = { .peek = { -1, -1 } } };
	bool more = true;
	int err;

	state.job.lock = state.job.fd = state.job.at.dir = state.job.old.dir = -1;
	err = begin(&state, run, set, input);
	while (err == 0 && more)
		err = turn(&state, &more);
	if (state.fd >= 0 && state.gap.open)
		(void)!gap_close(&state);
	if (state.fd >= 0 && state.dirty && fdatasync(state.fd) != 0 && err == 0)
		err = job_fail(&state.job, -errno, "cannot sync current");
	if (state.child > 0)
		waitpid(state.child, NULL, 0);
	if (err == 0 && state.untidy && read_archives(&state) == 0) {
		tidy_in_child(&state);
		if (state.child > 0)
			waitpid(state.child, NULL, 0);
	}
	if (state.fd >= 0)
		close(state.fd);
	source_close(&state.source);
	job_close(&state.job);
	return err;
}
