/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "difftext/difftext.h"
#include "model/reader.h"

#include <string.h>

/* Of decision diagrams; about 200 MB. */
#define NODES_MAX ((size_t)6000000)

static void describe(struct difftext_parts *parts, const struct diff *diff, int family, const struct difftext_options *options, struct diff_verdict *verdict)
{
	parts->complete = true;
	if (options->form == DIFFTEXT_JSON)
		*verdict = difftext_json(parts, diff, family, options);
	else if (options->form == DIFFTEXT_CANONICAL)
		*verdict = difftext_canonical(&parts->text, diff, family, options);
	else
		*verdict = difftext_words(&parts->text, diff, family, options);
}

bool difftext_compare(struct difftext_parts *parts, const struct stream *const stream[static ALIGN_SIDES], int family,
		      const struct difftext_options *options, struct diff_verdict *verdict, struct diag_log *log)
{
	static const char nothing[] = "*filter\nCOMMIT\n";
	struct ruleset *ruleset[ALIGN_SIDES] = { NULL, NULL };
	struct stream empty = { .name = NULL };
	struct diff diff = { .lost = false };
	bool good = stream_read(&empty, "no rules", nothing, strlen(nothing), family_bit(family), log);

	for (unsigned side = 0; side < ALIGN_SIDES && good; side++)
		ruleset[side] = ruleset_read(stream[side] != NULL ? stream[side] : &empty, family_bit(family), log);
	good = ruleset[ALIGN_OLD] != NULL && ruleset[ALIGN_NEW] != NULL && diag_errors(log) == 0;
	if (good) {
		good = diff_begin(&diff, ruleset[ALIGN_OLD], ruleset[ALIGN_NEW], NODES_MAX);
		if (good)
			describe(parts, &diff, family, options, verdict);
		diff_end(&diff);
		good = good && !parts->text.failed && !parts->limits.failed && !parts->renamed.failed;
		if (!good)
			diag_memory(log);
	}
	ruleset_free(ruleset[ALIGN_OLD]);
	ruleset_free(ruleset[ALIGN_NEW]);
	stream_free(&empty);
	return good;
}

void difftext_free(struct difftext_parts *parts)
{
	strbuf_free(&parts->text);
	strbuf_free(&parts->limits);
	strbuf_free(&parts->renamed);
}
