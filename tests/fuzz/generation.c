/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * layers: base diag text addr ruletext store
 * seeds: tests/data/fuzz/generation
 *
 * Feeds any bytes to the reader of fw-load's generations: as a file, as the text in a gzip file, and as the fields of a
 * generation whose seal is right. The same input is read as an iptables-restore text and as rules of the kernel. A
 * generation that is intact must be written and read again with the same texts.
 */
#include "store/generation.h"
#include "store/packed.h"
#include "folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_again(const struct generation *first)
{
	struct generation_parts parts = { .number = 2, .families = first->families, .from = first->from,
					  .backend = first->backend, .input = &first->input, .extras = &first->extras };
	struct generation second;

	for (int i = 0; i < FAMILIES; i++)
		parts.rules[i] = (first->present & family_bit(i)) != 0 ? &first->text[i] : NULL;
	if (generation_write(&state, &parts) != 0 || !generation_read_waiting(&second, &state, 2) ||
	    !folder_same(&first->input, &second.input) || !folder_same(&first->text[0], &second.text[0]) ||
	    !folder_same(&first->text[1], &second.text[1]) || first->present != second.present)
		abort();
	generation_free(&second);
}

static void check(const struct strbuf *text)
{
	struct strbuf path = STRBUF_INIT;
	struct generation generation;

	folder_put(state_file_path(&state, 1, STATE_KEPT, &path), text);
	if (generation_read(&generation, &state, 1))
		check_again(&generation);
	generation_free(&generation);
	strbuf_free(&path);
}

static void check_packed(const struct strbuf *text)
{
	struct strbuf packed = STRBUF_INIT;

	if (packed_make(strbuf_text(text), text->len, &packed) != 0)
		abort();
	check(&packed);
	strbuf_free(&packed);
}

/* A line must lie in the text, and lines must be counted. */
static void check_stream(const char *text, size_t len, enum family family)
{
	struct diag_log silent = { .report = NULL };
	struct extras extras = { .keep = { 0 } };
	struct stream stream;

	if (stream_read(&stream, "fuzz", text, len, family, &silent) && extras_read(&extras, &stream, &silent)) {
		struct strbuf out = STRBUF_INIT;

		extras_write(&extras, &out);
		strbuf_free(&out);
	}
	for (size_t i = 0; i < stream.lines.len; i++) {
		const struct line *line = &stream.lines.item[i];

		if (line->number != i + 1 || line->text < text || line->text + line->len > text + len)
			abort();
	}
	extras_free(&extras);
	stream_free(&stream);
}

static void check_rules(const char *text, size_t len)
{
	struct diag_log silent = { .report = NULL };
	struct text_rules rules;

	(void)!rules_read(&rules, "fuzz", text, len, &silent);
	rules_free(&rules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct strbuf text = STRBUF_INIT;

	folder_begin_once();
	strbuf_add(&text, (const char *)data, len);
	check_stream(strbuf_text(&text), len, FAMILY_NONE);
	check_stream(strbuf_text(&text), len, FAMILY_IPV6);
	check_rules(strbuf_text(&text), len);
	check(&text);
	if (len % 16 == 0) /* packing takes most of the time, and a text without a seal is soon refused */
		check_packed(&text);
	strbuf_reset(&text);
	folder_seal(&text, "generation", 2, data, len);
	check_packed(&text);
	strbuf_free(&text);
	return 0;
}
