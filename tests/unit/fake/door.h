/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A door (host/door.h) into a kernel in memory, and a schedule of disturbances. Each call of a load to the machine or the
 * disk is a point, numbered from 1. At a point the call can fail, before or after its effect, and another program can write
 * before the call.
 */
#ifndef FW_TESTS_FAKE_DOOR_H
#define FW_TESTS_FAKE_DOOR_H

#include "fake/kernel.h"
#include "host/door.h"
#include "store/state.h"

enum fake_point {
	POINT_SAVE,
	POINT_CANON,
	POINT_START,  /* iptables-restore is started, for one family */
	POINT_COMMIT, /* iptables-restore commits one table */
	POINT_GENERATION,
	POINT_GET, /* a setting */
	POINT_SET,
	POINT_SET_SAVE, /* a set of addresses */
	POINT_SET_RESTORE,
	POINT_SCRATCH,
	POINT_GUARD, /* fake_guard_start */
	POINT_DISK,  /* fake_gate */
	FAKE_POINTS
};

enum fake_mode {
	FAULT_NONE,
	FAULT_BEFORE, /* the call fails and has no effect */
	FAULT_AFTER,  /* the call has its effect, but fails */
	FAULT_HALF,   /* the call has half of its effect, and fails */
	FAULT_LIE,    /* the call succeeds, but has no effect */
	FAULT_MODES
};

/* Can a point of this kind fail in this way? */
bool fake_can(enum fake_point kind, enum fake_mode mode);

struct fake_fault {
	unsigned at; /* the point; 0: never */
	enum fake_mode mode;
	int error;      /* -errno */
	bool ever_more; /* every later point fails too ... */
	unsigned only;  /* ... of these kinds, a bit for each enum fake_point; 0: of all */
};

enum { FAKE_FAULTS = 2 };

struct fake_door;

struct fake_hooks {
	void (*point)(void *arg, enum fake_point kind); /* called before every point, and before other programs write there */
	void (*write)(void *arg, struct fake_kernel *kernel); /* another program's write, called at its points */
	void *arg;
};

struct fake_inside { /* one side of the door: the machine's or a scratch namespace's */
	struct fake_door *door;
	struct fake_kernel *kernel;
};

struct fake_door {
	struct door door; /* the library's view */
	struct fake_kernel kernel, scratch;
	struct fake_inside inside, aside;
	struct fake_fault fault[FAKE_FAULTS];
	struct fake_hooks hooks;
	unsigned write_at, write_until; /* points at which another program writes; 0: none */
	unsigned points;                /* passed so far */
	bool failed;                    /* a fault has happened */
	long long now;                  /* milliseconds */
	struct strbuf trace;            /* owned; the changes in order, one per line */
};

/* Opens the door to door->kernel, which the caller fills. The schedule is empty. */
void fake_open(struct fake_door *door, enum backend_kind kind);

/* Starts another run on the same kernel: points are counted from 1 again, and the schedule is empty. */
void fake_rewind(struct fake_door *door);
void fake_free(struct fake_door *door);

/* For struct state and struct transaction_hooks; arg is the struct fake_door. */
int fake_gate(void *arg, const char *what);
int fake_guard_start(void *arg);

#endif
