/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/escape.h"
#include "check/check.h"

#include <string.h>

static void count(struct strbuf *out, unsigned long number, const char *what)
{
	strbuf_printf(out, "%lu %s%s", number, what, number == 1 ? "" : "s");
}

void check_summary_text(struct strbuf *out, const struct check_summary *summary)
{
	strbuf_escape(out, summary->name, strlen(summary->name));
	strbuf_puts(out, ": ");
	count(out, summary->count[LEVEL_ERROR] + summary->count[LEVEL_SYSTEM], "error");
	strbuf_puts(out, ", ");
	count(out, summary->count[LEVEL_WARNING], "warning");
	strbuf_puts(out, ", ");
	count(out, summary->count[LEVEL_INFO], "note");
	strbuf_puts(out, "; ");
	count(out, summary->rules, "rule");
	strbuf_puts(out, " read");
	if (summary->folded > 0)
		strbuf_printf(out, ", %zu findings folded into %zu", summary->folded, summary->folded_into);
	if (summary->unread > 0) {
		strbuf_puts(out, "; ");
		count(out, summary->unread, "rule");
		strbuf_printf(out, " could not be read: what %s unknown", summary->unread == 1 ? "it does is" : "they do is");
	}
	if (summary->meaning_left)
		strbuf_puts(out, "; meaning checks not run");
}
