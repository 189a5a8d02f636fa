/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Reads the state's format 1, which fw-load wrote before format 2:
 *
 *	generations/000042.gz       the input of a load, with notes, sealed
 *	generations/000042.v4.gz    the resulting rules, sealed, with the directives that belong to them
 *	generations/000042.v6.gz
 *	good, previous              as in format 2
 *	pending                     a load that is not finished
 *
 * Nothing writes this format any more.
 */
#ifndef FW_STORE_STORE_V1_H
#define FW_STORE_STORE_V1_H

#include "store/generation.h"

/* Line N of the user's text is line N + GENERATION_HEAD of the stored input. */
#define GENERATION_HEAD 2

/* A load that an fw-load of format 1 did not finish. */
struct pending {
	unsigned generation;     /* 0: none */
	char boot[HOST_BOOT_ID];
	long long deadline;      /* seconds of CLOCK_BOOTTIME; 0: not waiting for a confirmation */
};

/* Reads the pending load of any boot; generation 0: there is none. 0, or -errno if it cannot be read. */
must_check int state_read_pending(const struct state *state, struct pending *pending);

/*
 * Is there a load of this boot that waits or was interrupted? Only the version that began it can finish it. 0: none, or
 * one of another boot, which needs no undoing. -EBUSY: there is one. Another -errno: it cannot be determined.
 */
must_check int state_old_pending(const struct state *state, struct pending *pending);

/* Removes the file of a pending load. 0 or -errno; it is no error if there is none. */
must_check int state_drop_old_pending(const struct state *state);

/* Fills a generation whose input has been read. Describes faults in generation->fault. */
void v1_parse(struct generation *generation, const struct state *state);

#endif
