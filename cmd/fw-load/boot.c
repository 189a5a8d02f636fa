/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One generation, through the same steps as any load, but without a rehearsal: it was in force before. */
static bool put_generation(struct load *load, unsigned generation)
{
	return generation != 0 && load_generation(load, generation) && load_modules(load) && load_snapshot(load) &&
	       load_merge(load) && load_plan(load) && load_commit(load);
}

/* Each try begins with a clean sheet; what was reported stays reported. */
static void start_again(struct load *load)
{
	struct load_opts opts = load->opts;
	struct cli *cli = load->cli;

	memset(&load->opts.keep, 0, sizeof(load->opts.keep));
	load_end(load);
	load_begin(load, cli, &opts);
}

static bool boot_good(struct load *load, unsigned good)
{
	if (!load_lock(load) || (!load->read_only && !load_recover(load) && load->status == STATUS_LOCKED))
		return false;
	load_base(load);
	return put_generation(load, good);
}

void load_boot(struct load *load)
{
	unsigned good = state_link(&load->state, "good"), previous = state_link(&load->state, "previous");

	load->opts.unknown = UNKNOWN_ADOPT;
	if (!load_find(load)) {
		load->status = load->status == STATUS_BACKENDS ? STATUS_BACKENDS : STATUS_FALLBACK;
		return;
	}
	if (boot_good(load, good) || load->status == STATUS_LOCKED)
		return;
	diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL,
		 good == 0 ? "there is no good generation in %s" : "the good generation in %s could not be put in force",
		 load->state.dir);
	start_again(load);
	if (load_find(load) && previous != 0 && boot_good(load, previous)) {
		load->status = STATUS_FALLBACK;
		return;
	}
	load_safe(load);
}

void load_rollback(struct load *load)
{
	unsigned generation = load->opts.generation;

	if (!load_find(load) || !load_lock(load) || (!load->opts.plan_only && !load_recover(load)))
		return;
	if (generation == 0)
		generation = state_link(&load->state, "previous");
	if (generation == 0) {
		diag_add(load->log, DIAG_LOAD, NULL, NULL, "there is no generation before this one");
		return;
	}
	load_base(load);
	if (!load_generation(load, generation)) {
		diag_add(load->log, DIAG_LOAD, NULL, NULL, "there is no whole generation %06u in %s", generation,
			 load->state.dir);
		return;
	}
	if (load_modules(load) && load_snapshot(load) && load_merge(load) && load_plan(load)) {
		if (load->opts.plan_only)
			plan_print(&load->plan, stdout);
		else if (load_commit(load) && load->opts.confirm > 0)
			load_wait(load);
	}
}

static void print_generation(const struct load *load, const char *name)
{
	unsigned generation = state_link(&load->state, name);

	if (generation != 0)
		printf("%s %06u\n", name, generation);
	else
		printf("%s none\n", name);
}

void load_status(struct load *load)
{
	struct pending pending;

	if (access(load->state.dir, R_OK | X_OK) != 0 && errno == EACCES) {
		diag_system(load->log, errno, "%s", load->state.dir);
		return;
	}
	if (!load_find(load))
		return;
	/* What an interrupted run left is put right first; what waits for its confirmation is told. */
	if (state_read_pending(&load->state, &pending) == 0 && pending.generation != 0 && !guard_is_there(load) &&
	    (!load_lock(load) || !load_recover(load)))
		return;
	printf("backend %s\n", backend_name(load->backend.kind));
	print_generation(load, "good");
	print_generation(load, "previous");
	if (state_read_pending(&load->state, &pending) == 0 && pending.generation != 0)
		printf("pending %06u, %lld s left to confirm\n", pending.generation, pending.deadline - state_uptime());
}
