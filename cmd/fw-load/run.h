/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* One run of fw-load: its options, and what it opened and read. */
#ifndef FW_CMD_LOAD_RUN_H
#define FW_CMD_LOAD_RUN_H

#include "cuts/session.h"
#include "fw-load/options.h"

/* The progress of a long run, shown on a terminal. */
struct progress {
	const char *phase;
	long long started, shown; /* milliseconds since boot */
	bool ticked;              /* a progress line is on the screen */
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
	struct session session; /* from which this program runs */
	bool distrusted; /* at boot: others can write to the state's folders */
	bool guard_unit; /* the guard can run as a systemd unit */
};

/* machine.c: each returns RESULT_DONE, or the reason of a failure, which is reported. */
void run_begin(struct load_run *run, struct cli *cli, const struct fw_load_options *options);
void run_end(struct load_run *run);
must_check enum result run_read(struct load_run *run);    /* reads and checks the input */
must_check enum result run_machine(struct load_run *run); /* opens the door, and refuses if both backends are in use */
must_check enum result run_lock(struct load_run *run);    /* takes the locks of the state, then of iptables */
must_check enum result run_held(enum result (*work)(struct transaction *t), struct transaction *t); /* holds signals back */
void run_confine(struct load_run *run);        /* confines the process: once, after the state's folders were created */
struct transaction_hooks run_hooks(struct load_run *run);
void run_phase(void *run, const char *phase);
void run_tick(void *run);

/* confirm.c */
must_check int run_start_guard(void *run);
bool run_guard_alive(void *run);
must_check enum result run_wait(struct load_run *run, struct transaction *t); /* waits for the confirmation */
must_check enum result run_guard(struct load_run *run);

/* connections.c */
must_check enum result run_connections(void *run, struct load_change *change, struct strbuf *plan);

/* load.c */
must_check enum result run_load(struct load_run *run);
must_check enum result run_check(struct load_run *run);
must_check enum result run_confirm(struct load_run *run);
must_check enum result run_rollback(struct load_run *run);
must_check enum result run_status(struct load_run *run);
must_check enum result run_boot(struct load_run *run);

#endif
