/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-load/run.h"
#include "host/bounds.h"
#include "host/guard.h"
#include "host/limits.h"
#include "host/modules.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { INPUT_MAX = 64 << 20 };

static long long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void run_begin(struct load_run *run, struct cli *cli, const struct fw_load_options *options)
{
	*run = (struct load_run){ .options = *options, .cli = cli };
	run->progress.started = run->progress.shown = milliseconds();
	run->progress.verbose = options->verbose;
	state_begin(&run->state, options->state_dir);
	state_run_path(&run->state, "guard", &run->guard_lock);
}

void run_end(struct load_run *run)
{
	run_phase(run, NULL);
	door_close(&run->door);
	for (int i = 0; i < FAMILIES; i++)
		canon_free(&run->canon[i]);
	extras_free(&run->extras);
	stream_free(&run->stream);
	strbuf_free(&run->text);
	strbuf_free(&run->guard_lock);
	vec_free(&run->options.keep);
	session_free(&run->session);
}

/* Once a second, rewrites a progress line on the terminal. */
void run_tick(void *arg)
{
	struct load_run *run = arg;
	struct progress *progress = &run->progress;
	long long now = milliseconds();

	if (progress->phase == NULL || now - progress->shown < 1000)
		return;
	progress->shown = now;
	progress->ticked = true;
	fprintf(stderr, "\r\033[Kfw-load: %s, %lld s", progress->phase, (now - progress->started) / 1000);
	fflush(stderr);
}

void run_phase(void *arg, const char *phase)
{
	struct load_run *run = arg;
	struct progress *progress = &run->progress;

	if (progress->ticked)
		fputs("\r\033[K", stderr);
	progress->ticked = false;
	progress->phase = phase;
	if (phase != NULL && progress->verbose)
		fprintf(stderr, "fw-load: %s\n", phase);
	if (isatty(STDERR_FILENO))
		run_tick(run);
}

/* The result for what has been reported. */
static enum result as_logged(const struct load_run *run)
{
	return diag_status(&run->cli->log) == STATUS_REFUSED ? RESULT_REFUSED : RESULT_SYSTEM;
}

enum result run_read(struct load_run *run)
{
	const char *path = run->options.input;
	struct diag_log *log = &run->cli->log;

	if (cli_read(run->cli, path, &run->text, INPUT_MAX) &&
	    stream_read(&run->stream, cli_input_name(path), strbuf_text(&run->text), run->text.len, run->options.families, log) &&
	    extras_read(&run->extras, &run->stream, log) &&
	    canon_declared(&run->stream, run->stream.families, run->options.counters, run->canon, log))
		return RESULT_DONE;
	return as_logged(run);
}

/*
 * Rules of the other backend filter the same packets: a new load is refused. Booting, undoing and confirming only warn,
 * because they must proceed.
 */
static enum result look_at_other(struct load_run *run)
{
	bool new_load = run->options.action == ACTION_LOAD || run->options.action == ACTION_CHECK;
	const char *other = backend_conflict(run->door.kind);

	if (other == NULL)
		return RESULT_DONE;
	if (new_load) {
		diag_add(&run->cli->log, DIAG_SYSTEM, NULL, NULL,
			 "rules of %s are also in force and filter the same packets; remove them first, see fw-load(8)", other);
		return RESULT_BACKENDS;
	}
	diag_add(&run->cli->log, DIAG_LOAD_WARNING, NULL, NULL, "rules of %s are also in force and filter the same packets", other);
	return RESULT_DONE;
}

enum result run_machine(struct load_run *run)
{
	struct strbuf path = STRBUF_INIT;
	bool good = door_open(&run->door, run->options.backend, state_run_path(&run->state, "lock", &path),
			      isatty(STDERR_FILENO) ? run_tick : NULL, run, &run->cli->log);

	strbuf_free(&path);
	if (!good)
		return RESULT_SYSTEM;
	return run->options.assume_empty ? RESULT_DONE : look_at_other(run);
}

/* At boot, rules are loaded even if a folder cannot be written or a lock cannot be taken. */
static enum result no_lock(struct load_run *run, int err, const char *what)
{
	if (run->options.action == ACTION_BOOT) {
		diag_add(&run->cli->log, DIAG_LOAD_WARNING, NULL, NULL, "%s: %s: continuing without it", what,
			 err == -EWOULDBLOCK ? "another program holds it" : strerror(-err));
		return RESULT_DONE;
	}
	if (err == -EWOULDBLOCK) {
		diag_add(&run->cli->log, DIAG_SYSTEM, NULL, NULL, "%s is held by another program; waited %u s", what,
			 run->options.wait);
		return RESULT_LOCKED;
	}
	diag_system(&run->cli->log, err, "%s", what);
	return RESULT_SYSTEM;
}

static enum result take_lock(struct load_run *run, enum door_lock lock, const char *what)
{
	int err = run->door.lock(run->door.self, lock, run->options.wait);

	return err == 0 ? RESULT_DONE : no_lock(run, err, what);
}

enum result run_lock(struct load_run *run)
{
	struct strbuf fault = STRBUF_INIT;
	int err = state_check(&run->state, &fault);
	enum result result = RESULT_DONE;

	if (err != 0) {
		diag_add(&run->cli->log, run->options.action == ACTION_BOOT ? DIAG_LOAD_WARNING : DIAG_SYSTEM, NULL, NULL, "%s",
			 strbuf_text(&fault));
		run->distrusted = err == -EPERM;
		result = run->options.action == ACTION_BOOT ? RESULT_DONE : RESULT_SYSTEM;
	}
	strbuf_free(&fault);
	if (result == RESULT_DONE && (err = state_make(&run->state)) != 0)
		result = no_lock(run, err, run->state.dir);
	if (result == RESULT_DONE)
		result = take_lock(run, DOOR_LOCK_STATE, "the lock of fw-load");
	if (result == RESULT_DONE)
		result = take_lock(run, DOOR_LOCK_XTABLES, "the lock of iptables");
	return result;
}

enum result run_held(enum result (*work)(struct transaction *t), struct transaction *t)
{
	enum result result;

	host_hold_signals(true);
	result = work(t);
	host_hold_signals(false);
	return result;
}

/* Hook: loads modules. At boot the capability is kept, as another generation may need other modules. */
static bool load_modules(void *arg, const struct extras *extras, struct strbuf *plan)
{
	struct load_run *run = arg;
	bool good = modules_load(extras, plan, &run->cli->log);

	if (run->options.action != ACTION_BOOT)
		bounds_modules_done();
	return good;
}

void run_confine(struct load_run *run)
{
	static const unsigned may[] = {
		[ACTION_LOAD] = BOUNDS_CHANGE | BOUNDS_MODULES,	    [ACTION_CHECK] = BOUNDS_MOVE,   [ACTION_CONFIRM] = BOUNDS_CHANGE,
		[ACTION_ROLLBACK] = BOUNDS_CHANGE | BOUNDS_MODULES, [ACTION_STATUS] = BOUNDS_CHANGE, [ACTION_GUARD] = BOUNDS_CHANGE,
		[ACTION_BOOT] = BOUNDS_CHANGE | BOUNDS_MODULES,
	};
	const char *const folders[] = { run->state.dir, run->state.run, NULL };
	const struct fw_load_options *options = &run->options;
	struct strbuf gaps = STRBUF_INIT;

	if (options_look(options))
		session_find(&run->session, "/proc", getpid(), isatty(STDERR_FILENO) == 1);
	run->guard_unit = guard_may_be_unit();
	bounds_set((options->plan_only ? 0 : may[options->action]) | (options->confirm > 0 ? BOUNDS_GUARD : 0) |
			   (run->door.kind == BACKEND_LEGACY ? BOUNDS_LOCK : 0),
		   folders, options->verbose ? &gaps : NULL);
	fputs(strbuf_text(&gaps), stderr);
	strbuf_free(&gaps);
}

struct transaction_hooks run_hooks(struct load_run *run)
{
	return (struct transaction_hooks){ .phase = run_phase,
					   .guard_start = run_start_guard,
					   .guard_alive = run_guard_alive,
					   .modules = load_modules,
					   .connections = options_look(&run->options) ? run_connections : NULL,
					   .namespace_hint = host_hint_namespace,
					   .safe_rules = run->options.safe_rules,
					   .arg = run };
}
