/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The commands of fw-load, except the guard. */
#include "fw-load/run.h"
#include "host/limits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct transaction *begin(struct load_run *run)
{
	struct transaction_hooks hooks = run_hooks(run);

	run_confine(run);
	return transaction_begin(&run->door, &run->state, &hooks, &run->cli->log);
}

/* Prints the plan; or commits, and waits for the confirmation. */
static enum result finish(struct load_run *run, struct transaction *t)
{
	struct strbuf plan = STRBUF_INIT;
	enum result result = RESULT_DONE;

	if (run->options.plan_only) {
		transaction_print(t, &plan);
		fputs(strbuf_text(&plan), stdout);
	} else {
		result = run_held(transaction_commit, t);
		if (result == RESULT_DONE && run->options.confirm > 0 && transaction_generation(t) != 0)
			result = run_wait(run, t);
	}
	strbuf_free(&plan);
	return result;
}

static enum result change(struct load_run *run, struct request *request)
{
	struct transaction *t = begin(run);
	enum result result = RESULT_SYSTEM;

	request->keep = &run->options.keep;
	request->unknown = run->options.unknown;
	request->confirm = run->options.confirm;
	request->plan_only = run->options.plan_only;
	request->counters = run->options.counters;
	request->assume_empty = run->options.assume_empty;
	if (t != NULL)
		result = run->options.plan_only ? RESULT_DONE : run_held(transaction_recover, t);
	if (result == RESULT_DONE)
		result = transaction_prepare(t, request);
	if (result == RESULT_DONE)
		result = finish(run, t);
	transaction_end(t);
	return result;
}

static enum result reach_machine(struct load_run *run)
{
	enum result result = run_machine(run);

	return result == RESULT_DONE ? run_lock(run) : result;
}

static struct request request_of(const struct load_run *run)
{
	return (struct request){ .families = run->stream.families, .input = &run->text, .stream = &run->stream,
				 .canon = run->canon, .extras = &run->extras, .rehearse = !run->options.no_rehearsal };
}

enum result run_load(struct load_run *run)
{
	enum result result = run_read(run);
	struct request request;

	if (result == RESULT_DONE)
		result = run->options.plan_only ? run_machine(run) : reach_machine(run);
	request = request_of(run);
	return result == RESULT_DONE ? change(run, &request) : result;
}

enum result run_check(struct load_run *run)
{
	enum result result = run_read(run);
	struct request request = request_of(run);
	struct transaction *t;

	if (result == RESULT_DONE &&
	    !door_open(&run->door, run->options.backend, NULL, isatty(STDERR_FILENO) ? run_tick : NULL, run, &run->cli->log))
		result = RESULT_SYSTEM;
	if (result != RESULT_DONE)
		return result;
	t = begin(run);
	request.counters = run->options.counters;
	result = t != NULL ? transaction_check(t, &request) : RESULT_SYSTEM;
	transaction_end(t);
	return result;
}

enum result run_rollback(struct load_run *run)
{
	struct request request = { .families = FAMILY_BOTH, .generation = run->options.generation };
	enum result result = reach_machine(run);

	if (result != RESULT_DONE)
		return result;
	if (request.generation == 0)
		request.generation = state_link(&run->state, "previous");
	if (request.generation == 0) {
		diag_add(&run->cli->log, DIAG_LOAD, NULL, NULL, "there is no previous generation");
		return RESULT_REFUSED;
	}
	return change(run, &request);
}

enum result run_confirm(struct load_run *run)
{
	enum result result = reach_machine(run);
	struct transaction *t;

	if (result != RESULT_DONE)
		return result;
	t = begin(run);
	result = t != NULL ? run_held(transaction_confirm, t) : RESULT_SYSTEM;
	transaction_end(t);
	return result;
}

static void print_generation(const struct load_run *run, const char *name)
{
	unsigned generation = state_link(&run->state, name);

	if (generation != 0)
		printf("%s %06u\n", name, generation);
	else
		printf("%s none\n", name);
}

/* Is there nothing to recover? A load that waits for its confirmation counts as settled while its guard is alive. */
static bool is_settled(struct load_run *run, const struct transaction *t)
{
	unsigned generation;

	return (transaction_pending(t, &generation) >= 0 && run_guard_alive(run)) || !transaction_unfinished(t);
}

/*
 * Recovers an interrupted load. Checks again with the lock: what looked interrupted may by now wait for its
 * confirmation.
 */
static enum result recover(struct load_run *run, struct transaction *t)
{
	enum result result = is_settled(run, t) ? RESULT_DONE : run_lock(run);

	return result != RESULT_DONE || is_settled(run, t) ? result : run_held(transaction_recover, t);
}

static void print_status(const struct load_run *run, const struct transaction *t)
{
	unsigned generation;
	long long left = transaction_pending(t, &generation);

	printf("backend %s\n", backend_name(run->door.kind));
	print_generation(run, "good");
	print_generation(run, "previous");
	if (left >= 0)
		printf("pending %06u, %lld s left to confirm\n", generation, left / 1000);
}

enum result run_status(struct load_run *run)
{
	struct transaction *t;
	enum result result;

	if (access(run->state.dir, R_OK | X_OK) != 0 && errno == EACCES) {
		diag_system(&run->cli->log, errno, "%s", run->state.dir);
		return RESULT_SYSTEM;
	}
	result = run_machine(run);
	if (result != RESULT_DONE)
		return result;
	t = begin(run);
	result = t != NULL ? recover(run, t) : RESULT_SYSTEM;
	if (result == RESULT_DONE)
		print_status(run, t);
	transaction_end(t);
	return result;
}

enum result run_boot(struct load_run *run)
{
	bool first = !state_entered(&run->state);
	enum result result;
	struct transaction *t;

	if (!host_may_change_rules(&run->cli->log))
		return RESULT_SYSTEM;
	result = run_machine(run);
	if (result != RESULT_DONE)
		return result == RESULT_SYSTEM ? RESULT_FALLBACK : result;
	run->options.wait = run->options.wait < 5 ? run->options.wait : 5;
	result = run_lock(run);
	t = result == RESULT_DONE ? begin(run) : NULL;
	if (t == NULL)
		return result == RESULT_DONE ? RESULT_FALLBACK : result;
	host_hold_signals(true);
	result = run->distrusted ? transaction_boot_bare(t) : transaction_boot(t, &run->options.keep, first);
	transaction_end(t);
	return result;
}
