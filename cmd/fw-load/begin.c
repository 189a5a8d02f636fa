/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load.h"
#include "system/lock.h"

#include <errno.h>
#include <stdio.h>
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

void load_begin(struct load *load, struct cli *cli, const struct load_opts *opts)
{
	*load = (struct load){ .opts = *opts, .cli = cli, .log = &cli->log };
	load->started = load->shown = milliseconds();
	pthread_mutex_init(&load->telling, NULL);
	state_begin(&load->state, opts->state_dir);
	load->locks[0] = load->locks[1] = -1;
	load->backend.lock_fd[0] = load->backend.lock_fd[1] = -1;
	for (int i = 0; i < FAMILIES; i++) {
		load->side[i].load = load;
		load->side[i].family = i;
	}
}

static void side_free(struct side *side)
{
	rules_free(&side->base);
	rules_free(&side->live);
	rules_free(&side->next);
	rules_free(&side->want);
	strbuf_free(&side->base_text);
	strbuf_free(&side->live_text);
	strbuf_free(&side->now_text);
	strbuf_free(&side->next_text);
	strbuf_free(&side->file);
	strbuf_free(&side->program);
	merge_free(&side->merge);
}

void load_unlock(struct load *load)
{
	for (size_t i = 0; i < ARRAY_LEN(load->locks); i++) {
		if (load->locks[i] >= 0)
			close(load->locks[i]);
		load->locks[i] = -1;
	}
}

void load_end(struct load *load)
{
	(void)!load_recorded(load);
	load_drop_result(load);
	load_phase(load, NULL);
	for (int i = 0; i < FAMILIES; i++)
		side_free(&load->side[i]);
	load_unlock(load);
	plan_free(&load->plan);
	backend_free(&load->backend);
	nftgen_close(&load->nftgen);
	extras_free(&load->extras);
	stream_free(&load->stream);
	strbuf_free(&load->packed);
	strbuf_free(&load->history);
	strbuf_free(&load->text);
	vec_free(&load->opts.keep);
}

/* A line on a terminal that is written over, once a second, in a run that takes longer than that. */
static void show_progress(void *arg)
{
	struct load *load = arg;
	long long now = milliseconds();

	pthread_mutex_lock(&load->telling);
	if (load->phase != NULL && now - load->shown >= 1000) {
		load->shown = now;
		load->ticked = true;
		fprintf(stderr, "\r\033[Kfw-load: %s, %lld s", load->phase, (now - load->started) / 1000);
		fflush(stderr);
	}
	pthread_mutex_unlock(&load->telling);
}

void load_phase(struct load *load, const char *phase)
{
	bool terminal = isatty(STDERR_FILENO);

	pthread_mutex_lock(&load->telling);
	if (load->ticked)
		fputs("\r\033[K", stderr);
	load->ticked = false;
	load->phase = phase;
	if (phase != NULL && load->opts.verbose)
		fprintf(stderr, "fw-load: %s\n", phase);
	pthread_mutex_unlock(&load->telling);
	if (terminal)
		show_progress(load);
}

bool load_read(struct load *load)
{
	const char *path = load->opts.input;
	bool good = cli_read(load->cli, path, &load->text, INPUT_MAX) &&
		    stream_read(&load->stream, cli_input_name(path), strbuf_text(&load->text), load->text.len,
				load->opts.families, load->log);

	load->families = load->stream.families;
	return good && extras_read(&load->extras, &load->stream, load->log);
}

static bool locked(struct load *load, int lock, const char *what)
{
	if (lock == -EWOULDBLOCK) {
		diag_add(load->log, DIAG_SYSTEM, NULL, NULL, "%s is held by another program; waited %u seconds", what,
			 load->opts.wait);
		load->status = STATUS_LOCKED;
	} else if (lock < 0) {
		diag_system(load->log, lock, "%s", what);
	}
	return lock >= 0;
}

/* At boot a state that cannot be written must not keep its rules from being loaded. */
static bool lock_state(struct load *load)
{
	struct strbuf path = STRBUF_INIT;
	int err = state_make(&load->state);
	bool good;

	load->locks[0] = err == 0 ? lock_file(state_run_path(&load->state, "lock", &path), load->opts.wait) : err;
	if (load->locks[0] < 0 && load->locks[0] != -EWOULDBLOCK && load->opts.action == ACTION_BOOT) {
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "%s cannot be written, going on without: %s",
			 load->state.dir, strerror(-load->locks[0]));
		load->read_only = true;
		good = true;
	} else {
		good = locked(load, load->locks[0], err == 0 ? strbuf_text(&path) : load->state.dir);
	}
	strbuf_free(&path);
	return good;
}

bool load_lock(struct load *load)
{
	if (!lock_state(load))
		return false;
	/* The nft kind takes no lock. The legacy kind's is ours now, and its programs get one of their own. */
	if (load->backend.kind != BACKEND_LEGACY)
		return true;
	load->locks[1] = lock_xtables(load->opts.wait);
	if (load->locks[1] < 0 && load->opts.action == ACTION_BOOT) { /* better a race than an open host */
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "the lock of iptables is held by another program: going on");
		return true;
	}
	return locked(load, load->locks[1], "the lock of iptables");
}

bool load_backend(struct load *load)
{
	if (!backend_find(&load->backend, load->opts.backend, load->log))
		return false;
	if (isatty(STDERR_FILENO)) {
		load->backend.tick = show_progress;
		load->backend.tick_arg = load;
	}
	return true;
}

bool load_find(struct load *load)
{
	struct backend other = { .lock_fd = { -1, -1 } };
	bool used;

	if (!load_backend(load))
		return false;
	load->backend.held = load->locks;
	used = !load->opts.assume_empty &&
	       !backend_untouched(load->backend.kind == BACKEND_NFT ? BACKEND_LEGACY : BACKEND_NFT) &&
	       backend_other(&other, &load->backend) && backend_in_use(&other);
	backend_free(&other);
	/* Who boots, undoes or confirms must get on with it; only a new load can be asked to wait. */
	if (used && load->opts.action != ACTION_LOAD && load->opts.action != ACTION_CHECK) {
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL,
			 "rules of %s are in force too, and filter the same packets", other.restore[0]);
		return true;
	}
	if (used) {
		diag_add(load->log, DIAG_SYSTEM, NULL, NULL,
			 "rules of %s are in force too, and filter the same packets; remove them first: see fw-load(8)",
			 other.restore[0]);
		load->status = STATUS_BACKENDS;
	}
	return !used;
}
