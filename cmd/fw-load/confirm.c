/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A load that must be confirmed. The guard, in a process, session and, under systemd, unit of its own, waits beside the
 * foreground process: whatever happens to the terminal and the session, it undoes the load in time. Both take the
 * state's lock before they decide, by what the journal says then.
 */
#include "fw-load/run.h"
#include "base/file.h"
#include "host/guard.h"
#include "host/lock.h"
#include "store/outcome.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How long to wait for the guard to come up, or to finish writing, on a busy machine. */
enum { GUARD_SECONDS = 20 };

static const struct timespec moment = { .tv_nsec = 50 * 1000 * 1000 };

bool run_guard_alive(void *arg)
{
	struct load_run *run = arg;

	return guard_alive(strbuf_text(&run->guard_lock));
}

int run_start_guard(void *arg)
{
	struct load_run *run = arg;
	struct strbuf dir = STRBUF_INIT, safe = STRBUF_INIT;
	const char *const words[] = { "--guard",	"-s", file_absolute(run->options.state_dir, &dir),
				      "-b",		backend_name(run->door.kind),
				      "--safe-rules",	file_absolute(run->options.safe_rules, &safe),
				      NULL };
	int err = dir.failed || safe.failed ? -ENOMEM : guard_launch(words, run->guard_unit);

	outcome_remove(&run->state);
	if (err == 0)
		err = guard_wait(strbuf_text(&run->guard_lock), GUARD_SECONDS);
	strbuf_free(&dir);
	strbuf_free(&safe);
	return err;
}

static long long pending(struct load_run *run, unsigned *generation)
{
	struct transaction_hooks hooks = run_hooks(run);
	struct transaction *t = transaction_begin(&run->door, &run->state, &hooks, &run->cli->log);
	long long left = t != NULL ? transaction_pending(t, generation) : 0;

	transaction_end(t);
	return left;
}

/* Has somebody typed yes on the terminal? False: nothing yet, or something else. */
static bool terminal_says_yes(int tty)
{
	struct pollfd input = { .fd = tty, .events = POLLIN };
	char answer[64];
	ssize_t len;

	if (tty < 0 || poll(&input, 1, 0) <= 0 || (input.revents & POLLIN) == 0)
		return false;
	len = read(tty, answer, sizeof(answer) - 1);
	return len >= 3 && memcmp(answer, "yes", 3) == 0;
}

/* Reports what the guard, which has no terminal, wrote about a generation. RESULT_DONE: the guard did not undo it. */
static enum result tell_outcome(struct load_run *run, unsigned generation)
{
	struct strbuf said = STRBUF_INIT;
	int result = RESULT_DONE;
	bool found = outcome_read(&run->state, generation, &result, &said);

	for (const char *line = strbuf_text(&said), *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
		diag_add(&run->cli->log, DIAG_LOAD_WARNING, NULL, NULL, "%.*s", (int)(end - line), line);
	strbuf_free(&said);
	return found ? (enum result)result : RESULT_DONE;
}

/* The guard was killed: undo the load here. */
static enum result stand_in(struct load_run *run, struct transaction *t)
{
	enum result result = run_lock(run);

	return result == RESULT_DONE ? run_held(transaction_lapse, t) : result;
}

enum result run_wait(struct load_run *run, struct transaction *t)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	unsigned generation = 0, ours = transaction_generation(t);
	enum result result = RESULT_DONE;
	long long left;

	run->door.unlock(run->door.self);
	run_phase(run, NULL);
	diag_add(&run->cli->log, DIAG_LOAD_WARNING, NULL, NULL,
		 "generation %06u is in force for %u s; keep it with: fw-load --confirm-now%s", ours, run->options.confirm,
		 tty >= 0 ? ", or type yes here" : "");
	while (result == RESULT_DONE && (left = pending(run, &generation)) >= 0 && generation == ours) {
		if (terminal_says_yes(tty) && run_lock(run) == RESULT_DONE) {
			(void)!transaction_confirm(t);
			run->door.unlock(run->door.self);
		}
		if (left == 0 && !run_guard_alive(run) && pending(run, &generation) == 0)
			result = stand_in(run, t);
		nanosleep(&moment, NULL);
	}
	if (tty >= 0)
		close(tty);
	(void)!run->door.lock(run->door.self, DOOR_LOCK_STATE, GUARD_SECONDS); /* the guard may still be writing the outcome */
	result = result == RESULT_DONE ? tell_outcome(run, ours) : result;
	if (result == RESULT_DONE && state_link(&run->state, "good") == ours)
		return RESULT_DONE;
	result = result == RESULT_DONE ? RESULT_UNCONFIRMED : result;
	diag_add(&run->cli->log, DIAG_LOAD, NULL, NULL, "generation %06u was not confirmed and %s undone", ours,
		 result == RESULT_UNCONFIRMED ? "was" : "could not be");
	return result;
}

static enum result lapse(struct load_run *run, unsigned generation)
{
	struct transaction_hooks hooks = run_hooks(run);
	struct undo_outcome outcome = { .said = STRBUF_INIT, .log = &run->cli->log };
	struct diag_log log = { .report = outcome_note, .ctx = &outcome };
	struct transaction *t;
	enum result result;

	run->options.wait = 3600;
	result = run_lock(run);
	if (result != RESULT_DONE)
		return result;
	t = transaction_begin(&run->door, &run->state, &hooks, &log);
	result = t != NULL ? run_held(transaction_lapse, t) : RESULT_SYSTEM;
	transaction_end(t);
	if (result != RESULT_DONE)
		outcome_write(&run->state, generation, result, &outcome.said);
	strbuf_free(&outcome.said);
	return result;
}

enum result run_guard(struct load_run *run)
{
	int own = lock_file(strbuf_text(&run->guard_lock), 5);
	enum result result;
	unsigned generation;

	if (own < 0) {
		diag_system(&run->cli->log, own, "%s", strbuf_text(&run->guard_lock));
		return RESULT_SYSTEM;
	}
	result = run_machine(run);
	run_confine(run);
	while (result == RESULT_DONE && pending(run, &generation) >= 0) {
		if (pending(run, &generation) == 0)
			result = lapse(run, generation);
		run->door.unlock(run->door.self);
		nanosleep(&moment, NULL);
	}
	close(own);
	return result;
}
