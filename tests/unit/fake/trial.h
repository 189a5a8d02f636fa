/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A load from one text to another, run again and again with another disturbance each time. The end and every point on the
 * way there are judged.
 */
#ifndef FW_TESTS_FAKE_TRIAL_H
#define FW_TESTS_FAKE_TRIAL_H

#include "fake/disk.h"
#include "fake/door.h"
#include "fake/side.h"

enum { TRIAL_POINTS = 512 };

enum trial_flow {
	FLOW_LOAD,
	FLOW_LAPSE,    /* a load that waits for its confirmation, and that the guard undoes */
	FLOW_CONFIRM,  /* such a load and its confirmation; if that fails, the guard undoes it */
	FLOW_ROLLBACK, /* the new text was loaded before the old one; its generation is put in force again */
	FLOW_BOOT,     /* the machine boots; the new text is the good generation, the old one the previous */
	TRIAL_FLOWS
};

/* The changes of another program, in one family. */
struct trial_writer {
	const char *name;
	bool rules;   /* it needs iptables' lock */
	bool setting; /* not about a family */
	bool opens;   /* packets are not judged any more */
	const char *chain; /* the chain of ours in which it writes; NULL: in none that a load makes */
	/* times: how often it wrote before. False: it could not write, because an object is missing. */
	bool (*write)(struct fake_kernel *kernel, int family, unsigned times);
	bool (*in_effect)(struct fake_kernel *kernel, int family); /* NULL: not checked */
	/* Takes the changes back in a copy; false: one is lost or there twice. expected: the kernel without them. */
	bool (*take_back)(struct fake_kernel *kernel, int family, unsigned times, const struct fake_kernel *expected);
};

struct moment { /* the state that a process leaves if it dies here */
	struct fake_kernel kernel;
	size_t disk; /* index in trial->disks */
	unsigned at;   /* the point */
	size_t traced; /* length of door.trace at that time */
};

struct trial {
	/* the case */
	enum backend_kind kind;
	enum trial_flow flow;
	unsigned from, to; /* enum side */
	bool first;        /* the first load */
	bool keep_moments;
	const struct trial_writer *writer; /* NULL: none */
	int writer_family;
	unsigned written; /* how often the writer wrote in this run */

	/* the machine */
	struct fake_door door;
	struct state state;
	char dir[64];
	struct fake_kernel boot, start, old, new; /* after the boot, before the run, and the two possible states after it */
	struct fake_disk disk;                    /* before the run */
	unsigned good, next;                      /* generations: the good one before the run, and the one that the run makes good */
	uint32_t may_accept[FAMILIES], may_forward[FAMILIES];
	bool may_open; /* packets are not judged any more */
	enum fake_point kinds[TRIAL_POINTS]; /* of the points of the last run */

	/* results */
	VEC(struct moment) moments;
	VEC(struct fake_disk) disks;
	bool disk_moved;   /* changed since the last of disks */
	bool disk_written; /* since trial_reset */
	enum result result;
	struct strbuf said; /* owned; the log's messages */
	const char *wrong;  /* the first fault of this run; NULL: none */
	unsigned long runs, failures;
};

/* Makes the machine, with the old text in force and recorded. False: that failed, and is reported. */
bool trial_begin(struct trial *trial, enum backend_kind kind, enum trial_flow flow, unsigned from, unsigned to, bool first);
void trial_end(struct trial *trial);

/* Restores machine and disk as trial_begin left them. The schedule is empty. */
void trial_reset(struct trial *trial);

/* Runs the flow and judges it. False: there was a fault, which is reported together with `what`. */
bool trial_run(struct trial *trial, const char *what);

/* Runs the flow, judges only the packets on the way, and keeps the moment of its end. */
void trial_run_blindly(struct trial *trial);

/* Judges the next load, a --boot, and a boot of the machine, each after the process died at this moment. */
bool trial_after_death(struct trial *trial, const struct moment *moment, const char *what);

/* Parts of the above, for tests of single situations. generation: 0, or the one to put in force again. */
enum result trial_load(struct trial *trial, unsigned side, unsigned confirm, unsigned generation);
enum result trial_plan(struct trial *trial, unsigned side, unsigned generation, struct strbuf *plan);
enum result trial_recover(struct trial *trial);
enum result trial_boot(struct trial *trial, bool first);
enum result trial_lapse(struct trial *trial);

/* Restores machine and disk as of a moment, or of the first moment after a line of the trace of a run. */
void trial_go_to(struct trial *trial, const struct moment *moment);
bool trial_go_behind(struct trial *trial, const char *line);
bool trial_is(struct trial *trial, const struct fake_kernel *expected); /* rules, settings and sets */
enum family trial_safe_families(struct trial *trial);
bool trial_is_safe(struct trial *trial); /* in at least one family, and in the other one unless its rules are restored */
struct fake_kernel trial_with(struct trial *trial, unsigned side, bool bans); /* the machine with one of the two texts in force */
void trial_reboot(struct trial *trial);

#endif
