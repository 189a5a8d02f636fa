/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/outcome.h"

#include <stdio.h>
#include <string.h>

static const char name[] = "outcome";

void outcome_note(void *arg, const struct diag *diag)
{
	struct undo_outcome *outcome = arg;

	strbuf_printf(&outcome->said, "%s\n", diag->text);
	if (outcome->log->report != NULL)
		outcome->log->report(outcome->log->ctx, diag);
}

void outcome_write(const struct state *state, unsigned generation, int result, const struct strbuf *said)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "%u %d\n", generation, result);
	strbuf_add(&text, strbuf_text(said), said->len);
	(void)!state_run_write(state, name, strbuf_text(&text), text.len);
	strbuf_free(&text);
}

bool outcome_read(const struct state *state, unsigned generation, int *result, struct strbuf *said)
{
	struct strbuf text = STRBUF_INIT;
	unsigned number = 0;
	bool found = state_run_read(state, name, &text) == 0 && sscanf(strbuf_text(&text), "%u %d", &number, result) == 2 &&
		     number == generation;
	const char *messages = found ? strchr(strbuf_text(&text), '\n') : NULL;

	if (messages != NULL)
		strbuf_puts(said, messages + 1);
	strbuf_free(&text);
	return found;
}

void outcome_remove(const struct state *state)
{
	state_run_remove(state, name);
}
