/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * layers: base diag text addr ruletext store
 * seeds: tests/data/fuzz/journal
 *
 * Feeds any bytes to the reader of fw-load's journal: as they are, and as the fields of a journal whose seal is right.
 * What it accepts must be written and read again as the same.
 */
#include "store/journal.h"
#include "folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_step(const struct journal_step *a, const struct journal_step *b)
{
	return a->kind == b->kind && same_text(a->name, b->name) && a->family == b->family && a->opens == b->opens &&
	       a->existed == b->existed && a->safe == b->safe && a->read_at == b->read_at &&
	       folder_same(&a->before, &b->before) && folder_same(&a->after, &b->after);
}

static bool same(const struct journal *a, const struct journal *b)
{
	if (a->generation != b->generation || a->fresh != b->fresh || a->rest != b->rest || a->from != b->from ||
	    a->families != b->families || a->deadline != b->deadline || a->steps.len != b->steps.len)
		return false;
	for (size_t i = 0; i < a->steps.len; i++)
		if (!same_step(&a->steps.item[i], &b->steps.item[i]))
			return false;
	return true;
}

static void check(const struct strbuf *text)
{
	struct strbuf path = STRBUF_INIT;
	struct journal first, second;

	folder_put(state_run_path(&state, "journal", &path), text);
	if (journal_read(&state, &first) == 0) {
		if (journal_write(&state, &first) != 0 || journal_read(&state, &second) != 0 || !same(&first, &second))
			abort();
		journal_free(&second);
	}
	journal_free(&first);
	strbuf_free(&path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct strbuf text = STRBUF_INIT;

	folder_begin_once();
	strbuf_add(&text, (const char *)data, len);
	check(&text);
	strbuf_reset(&text);
	folder_seal(&text, "journal", 1, data, len);
	check(&text);
	strbuf_free(&text);
	return 0;
}
