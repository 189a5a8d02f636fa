/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What came of the undoing of the load that waited last: RUN/outcome. Who undoes it may have no terminal; who waits
 * tells it. Both hold the lock.
 */
#ifndef FW_STORE_OUTCOME_H
#define FW_STORE_OUTCOME_H

#include "base/diag.h"
#include "store/state.h"

/* A log's reporter that keeps the messages, a line each, and passes them on. */
struct undo_outcome {
	struct strbuf said;   /* owned */
	struct diag_log *log; /* borrowed */
};

void outcome_note(void *outcome, const struct diag *diag);

/* said: messages, a line each. Best effort. */
void outcome_write(const struct state *state, unsigned generation, int result, const struct strbuf *said);

/* Fills *result and said. False: nothing is written down of this generation. */
must_check bool outcome_read(const struct state *state, unsigned generation, int *result, struct strbuf *said);

void outcome_remove(const struct state *state);

#endif
