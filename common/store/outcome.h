/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * RUN/outcome: the result of undoing the last load that waited for its confirmation. The process that undoes it may
 * have no terminal, so the process that waits reports it. Both hold the lock.
 */
#ifndef FW_STORE_OUTCOME_H
#define FW_STORE_OUTCOME_H

#include "diag/diag.h"
#include "store/state.h"

/* Reporter of a diag_log that keeps the messages, one a line, and passes them on. */
struct undo_outcome {
	struct strbuf said;   /* owned */
	struct diag_log *log; /* borrowed */
};

void outcome_note(void *outcome, const struct diag *diag);

/* Writes the result. said: messages, one a line. Best effort. */
void outcome_write(const struct state *state, unsigned generation, int result, const struct strbuf *said);

/* Fills *result and said. False: no result of this generation is stored. */
must_check bool outcome_read(const struct state *state, unsigned generation, int *result, struct strbuf *said);

void outcome_remove(const struct state *state);

#endif
