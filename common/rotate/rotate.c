/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/rotate.h"
#include "base/json.h"
#include "rotate/adopt.h"
#include "rotate/commit.h"
#include "rotate/compress.h"
#include "rotate/expand.h"
#include "rotate/job.h"
#include "rotate/prune.h"
#include "rotate/repair.h"
#include "rotate/schedule.h"
#include "rotate/script.h"
#include "rotate/writers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The rotation of one block. */
struct rotate_batch {
	struct rotate_run *run;
	const struct rotate_block *block;
	const struct rotate_logs *logs; /* borrowed */
	struct log_job *jobs;  /* owned; one a path */
};

/* The latest stamp that is not in the future; if there is none, the earliest one. */
static time_t last_stamp(const struct archives *list, time_t now)
{
	int64_t last = list->all.item[0].when;

	for (size_t i = 1; i < list->all.len; i++) {
		int64_t when = list->all.item[i].when;

		if (last > now ? when < last : when > last && when <= now)
			last = when;
	}
	return (time_t)last;
}

/*
 * The names tell the time of the last rotation, if they have it to the second. If not, the note in the lock file does;
 * without a note that fits, what the names tell, or the last write to the newest archive. Never a ctime: it changes
 * with the owner and the mode, and when a backup is restored.
 */
static time_t last_rotation(const struct log_job *job, time_t now)
{
	const struct archive *newest = job->archives.all.len > 0 ? &job->archives.all.item[0] : NULL;
	struct lock_record record;

	if (newest == NULL)
		return job_birth(job);
	if (job_keeps_record(job->set) && lock_recorded(job->lock, &record) && newest->written >= record.written)
		return (time_t)record.rotated;
	return newest->when != 0 ? last_stamp(&job->archives, now) : (time_t)newest->written;
}

static bool is_due(struct log_job *job)
{
	struct occasion at = { .now = time(NULL), .force = job->run->force };
	enum schedule_verdict verdict;

	if (job->fd < 0 || job->run->repair_only)
		return false;
	if (job->st.st_nlink != 1 && !job->set->allowhardlink) {
		diag_add(job->run->log, DIAG_ROTATE_UNSAFE, NULL, NULL,
			 "%s: the log has several hard links: allowhardlink permits this", job->path);
		job->failed = true;
		return false;
	}
	at.last = last_rotation(job, at.now);
	at.written = job->st.st_mtim.tv_sec;
	at.bytes = (uint64_t)job->st.st_size;
	verdict = schedule_decide(job->set, &at);
	if (verdict == NOT_DUE_FUTURE)
		job_warn(job, "the last rotation is in the future: until then, only the size of the log counts");
	else if (verdict == DUE && at.last > at.now + 1 && job->set->schedule != BY_SIZE && !at.force)
		job_warn(job, "the last rotation is in the future: the clock was wrong then, or is wrong now");
	if (verdict != DUE && job->run->verbose)
		(void)!job_step(job, verdict == NOT_DUE_EMPTY ? "empty, not rotated" : "not due");
	return verdict == DUE;
}

/* Runs a script, as the user who started us and not as the user of `su`. 0 or -errno, reported. */
static int as_ourselves(struct rotate_batch *batch, enum rotate_script which, const char *first, const char *second)
{
	static const char *const names[] = { "firstaction", "prerotate", "postrotate", "preremove", "lastaction" };
	const struct rotate_settings *set = &batch->block->settings;
	struct strbuf what = STRBUF_INIT;
	int err;

	if (set->scripts[which] == NULL)
		return 0;
	strbuf_printf(&what, "%s: %s", first, names[which]);
	if (batch->run->dry || batch->run->verbose)
		fprintf(batch->run->out, "%s: run %s\n", first, names[which]);
	identity_return(set);
	err = batch->run->dry ? 0 :
				script_run(set, strbuf_text(&what), set->scripts[which], first, second, batch->run->log);
	if (identity_take(set) != 0)
		err = -EPERM;
	strbuf_free(&what);
	return err;
}

static int tell_writers(struct rotate_batch *batch, const char *first, const char *second)
{
	const struct rotate_settings *set = &batch->block->settings;
	int err = as_ourselves(batch, SCRIPT_POST, first, second);

	if (set->reopen == NULL)
		return err;
	if (batch->run->dry || batch->run->verbose)
		fprintf(batch->run->out, "%s: reopen by %s\n", first, set->reopen);
	identity_return(set);
	if (err == 0 && !batch->run->dry)
		err = reopen_run(set, batch->run->log);
	if (identity_take(set) != 0)
		err = -EPERM;
	return err;
}

/* Notes that the writers have been told, or that this failed. */
static void job_told(struct log_job *job, int err)
{
	if (err != 0)
		job->failed = true;
	else if (!job->run->dry)
		lock_note(job->lock, "");
}

/* Tells the writers of one log. The second argument of a script is the path of the plain archive. */
static int tell_writers_of(struct rotate_batch *batch, struct log_job *job)
{
	struct strbuf archive = STRBUF_INIT;
	int err;

	strbuf_printf(&archive, "%s/%s", job->old.dir >= 0 ? job->old.path : job->at.path,
		      job->rotated ? job->archive : job->interrupted);
	err = tell_writers(batch, job->path, strbuf_text(&archive));
	strbuf_free(&archive);
	return err;
}

static void rotate_job(struct rotate_batch *batch, struct log_job *job)
{
	bool shared = job->set->sharedscripts;
	int err = 0;

	if (!shared)
		err = as_ourselves(batch, SCRIPT_PRE, job->path, NULL);
	if (err == 0 && job->set->copytruncate)
		err = writers_all_append(job) ? commit_copy(job, time(NULL)) : -EINVAL;
	else if (err == 0)
		err = commit_rotation(job, time(NULL));
	if (err != 0)
		job->failed = true;
	if (job->rotated && !job->run->dry && job_keeps_record(job->set))
		lock_remember(job->lock, &(struct lock_record){ .rotated = time(NULL), .written = job->st.st_mtim.tv_sec });
	/* Even if the sync failed, the writers must change over to the new log. */
	if (!shared && job->rotated)
		job_told(job, tell_writers_of(batch, job));
}

static void open_jobs(struct rotate_batch *batch)
{
	for (size_t i = 0; i < batch->logs->paths.len; i++) {
		struct log_job *job = &batch->jobs[i];

		if (!job_open(job, batch->run, &batch->block->settings, batch->logs->paths.item[i]))
			continue;
		if (batch->run->adopt)
			adopt_archives(job, time(NULL));
		if (batch->run->adopt || repair_archives(job) != 0)
			continue;
		if (job->untold)
			job_told(job, tell_writers_of(batch, job));
		else if (job->interrupted[0] != '\0' && !batch->run->dry)
			lock_note(job->lock, "");
		job->due = !job->failed && is_due(job);
	}
}

static bool any_due(const struct rotate_batch *batch)
{
	bool any = false;

	for (size_t i = 0; i < batch->logs->paths.len; i++)
		any |= batch->jobs[i].due;
	return any;
}

/* Rotates the logs that are due. False: firstaction failed, and nothing was rotated. */
static bool rotate_due(struct rotate_batch *batch)
{
	const struct rotate_settings *set = &batch->block->settings;
	bool shared = set->sharedscripts, any = false;
	int err = as_ourselves(batch, SCRIPT_FIRST, batch->block->title, NULL);

	if (err != 0)
		return false;
	if (shared)
		err = as_ourselves(batch, SCRIPT_PRE, batch->block->title, NULL);
	for (size_t i = 0; i < batch->logs->paths.len && err == 0; i++) {
		if (batch->jobs[i].due)
			rotate_job(batch, &batch->jobs[i]);
		any |= batch->jobs[i].rotated;
	}
	if (!shared || !any)
		return true;
	err = tell_writers(batch, batch->block->title, NULL);
	for (size_t i = 0; i < batch->logs->paths.len; i++)
		if (batch->jobs[i].rotated)
			job_told(&batch->jobs[i], err);
	return true;
}

/* Compresses and prunes, after the writers were told. If the log failed, all its archives stay as they are. */
static void finish_job(struct log_job *job)
{
	bool touched = job->rotated || job->untold || job->run->repair_only;

	if (job->failed || job->busy || job->lock < 0 || job->run->adopt)
		return;
	if (touched && !job->run->dry)
		archives_refresh(&job->archives, job->archive_dir);
	if (touched)
		prune_for_room(job);
	if (job->set->compress && job->set->keep != 0)
		compress_archives(job);
	if (touched && !job->failed)
		prune_archives(job, time(NULL));
}

static void report_job(const struct log_job *job)
{
	struct strbuf line = STRBUF_INIT;

	if (!job->run->json || job->path == NULL)
		return;
	strbuf_puts(&line, "{");
	json_member(&line, "log", job->path);
	strbuf_puts(&line, ",");
	json_member(&line, "archive", job->archive);
	fprintf(job->run->out, "%s,\"rotated\":%s,\"deferred\":%s,\"compressed\":%u,\"removed\":%u,\"result\":\"%s\"}\n",
		strbuf_text(&line), job->rotated ? "true" : "false", job->deferred ? "true" : "false", job->compressed,
		job->removed, job->busy ? "busy" : job->failed ? "failed" : "done");
	strbuf_free(&line);
}

static void rotate_block(struct rotate_run *run, const struct rotate_block *block, const struct rotate_logs *logs)
{
	struct rotate_batch batch = { .run = run, .block = block, .logs = logs };
	int err = identity_take(&block->settings);
	bool ran = false;

	if (err == 0 && logs->paths.len > 0)
		batch.jobs = calloc(logs->paths.len, sizeof(*batch.jobs));
	if (err == 0 && logs->paths.len > 0 && batch.jobs == NULL)
		(void)!diag_memory(run->log);
	if (batch.jobs != NULL) {
		open_jobs(&batch);
		ran = any_due(&batch) && rotate_due(&batch);
		for (size_t i = 0; i < logs->paths.len; i++)
			finish_job(&batch.jobs[i]);
		if (ran)
			(void)!as_ourselves(&batch, SCRIPT_LAST, block->title, NULL);
		for (size_t i = 0; i < logs->paths.len; i++) {
			report_job(&batch.jobs[i]);
			job_close(&batch.jobs[i]);
		}
	}
	free(batch.jobs);
	identity_return(&block->settings);
}

int rotate_blocks(struct rotate_run *run, const struct rotate_block *blocks, size_t count)
{
	struct rotate_logs *logs = calloc(count + 1, sizeof(*logs));
	int err = logs == NULL ? diag_memory(run->log) : expand_blocks(run, blocks, count, logs);

	for (size_t i = 0; err == 0 && i < count; i++)
		rotate_block(run, &blocks[i], &logs[i]);
	for (size_t i = 0; logs != NULL && i < count; i++)
		expand_free(&logs[i]);
	free(logs);
	return err;
}
