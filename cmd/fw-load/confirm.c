/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A load that must be confirmed. A guard of its own process, session and, under systemd, unit waits
 * beside the foreground: whatever happens to terminal and session, it undoes the load in time. Both
 * decide under the lock of the state, by what `pending` says then.
 */
#include "load.h"
#include "system/lock.h"
#include "system/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ENVIRONMENT = 3 };

static const struct timespec moment = { .tv_nsec = 50 * 1000 * 1000 };

bool guard_is_there(const struct load *load)
{
	struct strbuf path = STRBUF_INIT;
	bool held = lock_is_held(state_run_path(&load->state, "guard", &path));

	strbuf_free(&path);
	return held;
}

/* A unit of systemd lives in the first network namespace: of use only if we do too. */
static bool under_systemd(void)
{
	struct stat unit, first, own;

	return stat("/run/systemd/system", &unit) == 0 && stat("/proc/1/ns/net", &first) == 0 &&
	       stat("/proc/self/ns/net", &own) == 0 && first.st_ino == own.st_ino;
}

/* Relative to the directory that we were started in: the guard has another. */
static const char *absolute(const char *path, struct strbuf *out)
{
	char *here = path[0] != '/' ? getcwd(NULL, 0) : NULL;

	if (here != NULL)
		strbuf_printf(out, "%s/", here);
	free(here);
	strbuf_puts(out, path);
	return strbuf_text(out);
}

/* A unit starts with an environment of its own: what tells where programs and locks are goes with it. */
static size_t pass_environment(struct spawn *spawn, size_t n, struct strbuf *texts)
{
	static const char *const names[ENVIRONMENT] = { "PATH", "XTABLES_LOCKFILE", "XTABLES_LIBDIR" };

	for (size_t i = 0; i < ENVIRONMENT; i++) {
		const char *value = getenv(names[i]);

		if (value == NULL)
			continue;
		strbuf_printf(&texts[i], "--setenv=%s=%s", names[i], value);
		spawn->argv[n++] = strbuf_text(&texts[i]);
	}
	return n;
}

static bool start_unit(const char *self, const char *const *guard)
{
	struct strbuf texts[ENVIRONMENT] = { STRBUF_INIT, STRBUF_INIT, STRBUF_INIT };
	struct spawn spawn = SPAWN_INIT;
	size_t n = 0;
	bool good;

	spawn.argv[n++] = "systemd-run";
	spawn.argv[n++] = "--quiet";
	spawn.argv[n++] = "--collect";
	spawn.argv[n++] = "--description=fw-load: undo what nobody confirms";
	n = pass_environment(&spawn, n, texts);
	spawn.argv[n++] = self;
	for (size_t i = 1; guard[i] != NULL; i++)
		spawn.argv[n++] = guard[i];
	spawn_run(&spawn, 1);
	good = spawn_good(&spawn);
	spawn_free(&spawn);
	for (size_t i = 0; i < ENVIRONMENT; i++)
		strbuf_free(&texts[i]);
	return good;
}

static int start_guard(const struct load *load)
{
	struct strbuf dir = STRBUF_INIT, safe = STRBUF_INIT;
	const char *const guard[] = { "/proc/self/exe",
				      "--guard",
				      "-s",
				      absolute(load->opts.state_dir, &dir),
				      "-b",
				      backend_name(load->backend.kind),
				      "--safe-rules",
				      absolute(load->opts.safe_rules, &safe),
				      NULL };
	char self[4096];
	ssize_t len = readlink(guard[0], self, sizeof(self) - 1);
	int err = dir.failed || safe.failed ? -ENOMEM : 0;

	self[len > 0 ? len : 0] = '\0';
	if (err == 0 && (!under_systemd() || len <= 0 || !start_unit(self, guard)))
		err = spawn_detached(guard);
	strbuf_free(&dir);
	strbuf_free(&safe);
	return err;
}

bool guard_start(void *arg)
{
	struct load *load = arg;
	int err;

	if (!load_recorded(load))
		return false;
	err = start_guard(load);
	for (int i = 0; err == 0 && i < 100 && !guard_is_there(load); i++)
		nanosleep(&moment, NULL);
	if (err == 0 && guard_is_there(load))
		return true;
	diag_system(load->log, err != 0 ? err : -ETIMEDOUT, "the guard of an unconfirmed load");
	return false;
}

/* Under the lock: is this generation still to be decided? */
static bool still_pending(struct load *load, struct pending *pending)
{
	return state_read_pending(&load->state, pending) == 0 && pending->generation != 0;
}

/* Under the lock, once the time is over. A load that took longer than its own time moves the end of it. */
static bool time_is_over(struct load *load, struct pending *pending)
{
	for (;;) {
		while (still_pending(load, pending) && state_uptime() < pending->deadline)
			nanosleep(&moment, NULL);
		if (!load_lock(load) || !still_pending(load, pending) || pending->deadline == 0)
			return false;
		if (state_uptime() >= pending->deadline)
			return true;
		load_unlock(load);
	}
}

void guard_run(struct load *load)
{
	struct strbuf path = STRBUF_INIT;
	int own = lock_file(state_run_path(&load->state, "guard", &path), 5);
	struct pending pending;

	if (own < 0) {
		diag_system(load->log, own, "%s", strbuf_text(&path));
	} else {
		load->opts.wait = 3600;
		if (load_find(load) && time_is_over(load, &pending)) {
			load->status = STATUS_UNCONFIRMED;
			load_undo(load, pending.generation);
		}
		close(own);
	}
	strbuf_free(&path);
}

/* Confirms, under the lock that the caller holds. */
static void confirm(struct load *load)
{
	struct pending pending;

	if (!still_pending(load, &pending)) {
		diag_add(load->log, DIAG_LOAD, NULL, NULL, "no load waits for a confirmation");
	} else if (state_uptime() >= pending.deadline || !guard_is_there(load)) {
		diag_add(load->log, DIAG_LOAD, NULL, NULL, "too late: generation %06u is undone", pending.generation);
	} else {
		load->generation = pending.generation;
		load->keep_generation = true;
		load_flip(load);
	}
}

void confirm_now(struct load *load)
{
	if (load_find(load) && load_lock(load))
		confirm(load);
}

/* The word yes on the terminal; false: nothing yet, or another word. */
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

/* The time begins when the rules are in force, however long it took to put them there. */
static void begin_time(const struct load *load)
{
	struct pending pending = { .generation = load->generation,
				   .deadline = state_uptime() + load->opts.confirm };
	int err;

	host_boot_id(pending.boot);
	err = state_write_pending(&load->state, &pending);
	if (err != 0)
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL,
			 "the time to confirm began before the load: %s/pending cannot be written: %s", load->state.dir,
			 strerror(-err));
}

void load_wait(struct load *load)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	struct pending pending;

	begin_time(load);
	load_unlock(load);
	load_phase(load, NULL);
	diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL,
		 "generation %06u is in force for %u s; keep it with: fw-load --confirm-now%s", load->generation,
		 load->opts.confirm, tty >= 0 ? ", or with the word yes here" : "");
	while (still_pending(load, &pending) && pending.generation == load->generation) {
		if (terminal_says_yes(tty) && load_lock(load)) {
			confirm(load);
			load_unlock(load);
		}
		/* The guard was killed: then it is for us to undo. */
		if (!guard_is_there(load) && still_pending(load, &pending) && state_uptime() > pending.deadline + 1 &&
		    (!load_lock(load) || !load_recover(load)))
			break;
		nanosleep(&moment, NULL);
	}
	if (tty >= 0)
		close(tty);
	if (state_link(&load->state, "good") != load->generation) {
		diag_add(load->log, DIAG_LOAD, NULL, NULL, "generation %06u was not confirmed and is undone",
			 load->generation);
		load->status = STATUS_UNCONFIRMED;
	}
}
