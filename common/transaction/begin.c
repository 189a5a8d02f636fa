/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "transaction/internal.h"

#include <stdlib.h>

struct transaction *transaction_begin(const struct door *door, struct state *state, const struct transaction_hooks *hooks,
				      struct diag_log *log)
{
	struct transaction *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		diag_memory(log);
		return NULL;
	}
	t->door = door;
	t->state = state;
	t->log = log;
	if (hooks != NULL)
		t->hooks = *hooks;
	return t;
}

static void family_free(struct family_work *work)
{
	rules_free(&work->wanted);
	rules_free(&work->safe);
	rules_free(&work->live);
	rules_free(&work->target);
	merge_free(&work->merge);
	strbuf_free(&work->text);
	strbuf_free(&work->safe_text);
	strbuf_free(&work->live_text);
	strbuf_free(&work->program);
}

void transaction_end(struct transaction *t)
{
	if (t == NULL)
		return;
	for (int i = 0; i < FAMILIES; i++) {
		family_free(&t->family[i]);
		textmap_free(&t->known[i]);
	}
	generation_free(&t->good);
	generation_free(&t->again);
	extras_free(&t->extras);
	baseline_free(&t->baseline);
	journal_free(&t->journal);
	strbuf_free(&t->plan);
	arena_free(&t->arena);
	free(t);
}

unsigned transaction_generation(const struct transaction *t)
{
	return t->journal.generation;
}

void transaction_print(const struct transaction *t, struct strbuf *out)
{
	strbuf_add(out, strbuf_text(&t->plan), t->plan.len);
}

void phase(const struct transaction *t, const char *name)
{
	if (t->hooks.phase != NULL)
		t->hooks.phase(t->hooks.arg, name);
}

void warn(const struct transaction *t, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	diag_add(t->log, DIAG_LOAD_WARNING, NULL, NULL, "%s", strbuf_text(&text));
	strbuf_free(&text);
}

enum result failed(struct transaction *t)
{
	if (t->result == RESULT_DONE)
		t->result = diag_status(t->log) == STATUS_REFUSED ? RESULT_REFUSED : RESULT_SYSTEM;
	return t->result;
}
