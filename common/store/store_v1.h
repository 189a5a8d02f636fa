/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state's format 1, as fw-load wrote it before format 2:
 *
 *	generations/000042.gz       the input of a load, with notes, sealed
 *	generations/000042.v4.gz    the rules that came of it, sealed, with the directives that go with them
 *	generations/000042.v6.gz
 *	good, previous              as in format 2
 *	pending                     a load that is not finished
 *
 * It is read here, and written by nobody any more.
 */
#ifndef FW_STORE_STORE_V1_H
#define FW_STORE_STORE_V1_H

#include "store/generation.h"

/* Line N of what the user loaded is line N + GENERATION_HEAD of the stored input. */
#define GENERATION_HEAD 2

/* A load that a fw-load of format 1 has not finished. */
struct pending {
	unsigned generation;     /* 0: none */
	char boot[HOST_BOOT_ID];
	long long deadline;      /* seconds of CLOCK_BOOTTIME; 0: it waits for nobody's confirmation */
};

/* 0, with generation 0 if there is none; -errno: it cannot be read. One of another boot is told too. */
must_check int state_read_pending(const struct state *state, struct pending *pending);

/*
 * The load that waits or was cut off in this boot: only the version that began it can end it. 0: none, or
 * one of another boot, which has nothing to undo; -EBUSY: there is one; another -errno: it cannot be told.
 */
must_check int state_old_pending(const struct state *state, struct pending *pending);

/* Removes its file. 0 or -errno; none is fine. */
must_check int state_drop_old_pending(const struct state *state);

/* Fills a generation whose input was read already. Faults go to generation->fault. */
void v1_parse(struct generation *generation, const struct state *state);

#endif
