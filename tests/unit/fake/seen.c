/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fake/seen.h"

#include <string.h>

void seen_note(void *ctx, const struct diag *diag)
{
	struct seen *seen = ctx;
	struct strbuf line = STRBUF_INIT;

	diag_format(&line, diag);
	strbuf_putc(&line, '\n');
	strncat(seen->text, strbuf_text(&line), sizeof(seen->text) - strlen(seen->text) - 1);
	strbuf_free(&line);
}
