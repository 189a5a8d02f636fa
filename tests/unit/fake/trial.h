/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A load that goes from one text to another, run again and again: each time something else goes wrong, and each time
 * the end, and everything on the way there, is judged.
 */
#ifndef FW_TESTS_FAKE_TRIAL_H
#define FW_TESTS_FAKE_TRIAL_H

#include "fake/disk.h"
#include "fake/door.h"
#include "fake/side.h"

enum { TRIAL_POINTS = 512 };

enum trial_flow {
	FLOW_LOAD,
	FLOW_LAPSE,    /* a load that waits for its confirmation, and the guard's undoing */
	FLOW_CONFIRM,  /* and its confirmation; if that fails, the guard's undoing */
	FLOW_ROLLBACK, /* the new text was loaded before the old one: its generation is put in force again */
	FLOW_BOOT,     /* the machine boots; the new text is the good generation, the old one the previous */
	TRIAL_FLOWS
};

/* What another program does, in one family. */
struct trial_writer {
	const char *name;
	bool rules;   /* it needs iptables' lock */
	bool setting; /* not about a family */
	bool opens;   /* packets are not judged any more */
	const char *chain; /* of ours, in which it writes; NULL: in none that a load makes */
	/* times: how often it wrote before. False: it could not, as something is not there. */
	bool (*write)(struct fake_kernel *kernel, int family, unsigned times);
	bool (*in_effect)(struct fake_kernel *kernel, int family); /* NULL: it need not be */
	/* Takes it back in a copy; false: something of it is lost, or there twice. expected: without it. */
	bool (*take_back)(struct fake_kernel *kernel, int family, unsigned times, const struct fake_kernel *expected);
};

struct moment { /* what a process leaves that dies here */
	struct fake_kernel kernel;
	size_t disk; /* which of trial->disks */
	unsigned at;   /* the point */
	size_t traced; /* how much of door.trace was there */
};

struct trial {
	/* what is tried */
	enum backend_kind kind;
	enum trial_flow flow;
	unsigned from, to; /* enum side */
	bool first;        /* nothing was loaded before */
	bool keep_moments;
	const struct trial_writer *writer; /* NULL: none */
	int writer_family;
	unsigned written; /* how often it wrote in this run */

	/* the machine */
	struct fake_door door;
	struct state state;
	char dir[64];
	struct fake_kernel boot, start, old, new; /* what it is after the boot, before the run, and can be after it */
	struct fake_disk disk;                    /* before the run */
	unsigned good, next;                      /* generations: before the run, and that it makes good */
	uint32_t may_accept[FAMILIES], may_forward[FAMILIES];
	bool may_open; /* packets are not judged any more */
	enum fake_point kinds[TRIAL_POINTS]; /* of the points of the last run */

	/* results */
	VEC(struct moment) moments;
	VEC(struct fake_disk) disks;
	bool disk_moved;   /* since the last of disks */
	bool disk_written; /* since trial_reset */
	enum result result;
	struct strbuf said; /* owned; what the log was told */
	const char *wrong;  /* the first thing that was wrong in this run; NULL: nothing */
	unsigned long runs, failures;
};

/* Makes the machine: the old text is in force, and recorded. False: that did not work, and is said. */
bool trial_begin(struct trial *trial, enum backend_kind kind, enum trial_flow flow, unsigned from, unsigned to, bool first);
void trial_end(struct trial *trial);

/* Puts machine and disk back to where trial_begin left them; the schedule is empty. */
void trial_reset(struct trial *trial);

/* Runs the flow, and judges it. False: it was wrong, and is said together with `what`. */
bool trial_run(struct trial *trial, const char *what);

/* Runs the flow; only the packets on the way are judged, and the moment of its end is kept. */
void trial_run_blindly(struct trial *trial);

/* The process died at a moment: the next load, a boot of fw-load alone, the machine's boot, each from there. */
bool trial_after_death(struct trial *trial, const struct moment *moment, const char *what);

/* Parts of the above, for tests with a plan of their own. generation: 0, or one that is put in force again. */
enum result trial_load(struct trial *trial, unsigned side, unsigned confirm, unsigned generation);
enum result trial_plan(struct trial *trial, unsigned side, unsigned generation, struct strbuf *plan);
enum result trial_recover(struct trial *trial);
enum result trial_boot(struct trial *trial, bool first);
enum result trial_lapse(struct trial *trial);

/* Puts machine and disk where they were at a moment, or at the first moment behind a line of the trace of a run. */
void trial_go_to(struct trial *trial, const struct moment *moment);
bool trial_go_behind(struct trial *trial, const char *line);
bool trial_is(struct trial *trial, const struct fake_kernel *expected); /* rules, settings and sets */
enum family trial_safe_families(struct trial *trial);
bool trial_is_safe(struct trial *trial); /* one family at least, and the other one if it is not back */
struct fake_kernel trial_with(struct trial *trial, unsigned side, bool bans); /* the machine with one of the two texts in force */
void trial_reboot(struct trial *trial);

#endif
