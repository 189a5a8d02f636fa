/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of fw-load: what was asked for, and the machine it is asked of. */
#ifndef FW_CMD_LOAD_RUN_H
#define FW_CMD_LOAD_RUN_H

#include "fw-load/options.h"

/* What a terminal is told while a run takes long. */
struct progress {
	const char *phase;
	long long started, shown; /* milliseconds since the boot */
	bool ticked;              /* a line is on the screen */
	bool verbose;
};

struct load_run {
	struct fw_load_options options;
	struct cli *cli;
	struct progress progress;
	struct door door;
	struct state state;
	struct strbuf guard_lock; /* owned; a path */
	struct strbuf text;       /* owned; the input */
	struct stream stream;
	struct extras extras;
	struct canon canon[FAMILIES];
	bool distrusted; /* at boot: others may write to the state's folders */
	bool guard_unit; /* the guard can be a unit of systemd */
};

/* machine.c: each RESULT_DONE, or the reason after a report */
void run_begin(struct load_run *run, struct cli *cli, const struct fw_load_options *options);
void run_end(struct load_run *run);
must_check enum result run_read(struct load_run *run);    /* the input */
must_check enum result run_machine(struct load_run *run); /* the door, and that only this kind of iptables is in use */
must_check enum result run_lock(struct load_run *run);    /* the state, then iptables */
must_check enum result run_held(enum result (*work)(struct transaction *t), struct transaction *t); /* signals wait until it is done */
void run_confine(struct load_run *run);        /* from now on: once, when the state is there if it will ever be */
struct transaction_hooks run_hooks(struct load_run *run);
void run_phase(void *run, const char *phase);
void run_tick(void *run);

/* confirm.c */
must_check int run_start_guard(void *run);
bool run_guard_alive(void *run);
must_check enum result run_wait(struct load_run *run, struct transaction *t); /* for the confirmation */
must_check enum result run_guard(struct load_run *run);

/* load.c */
must_check enum result run_load(struct load_run *run);
must_check enum result run_check(struct load_run *run);
must_check enum result run_confirm(struct load_run *run);
must_check enum result run_rollback(struct load_run *run);
must_check enum result run_status(struct load_run *run);
must_check enum result run_boot(struct load_run *run);

#endif
