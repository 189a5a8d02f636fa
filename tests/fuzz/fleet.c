/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * layers: base diag text addr conntrack
 * seeds: tests/data/fuzz/fleet
 *
 * Feeds any bytes to the reader of reports from other machines. Each report must print as one line without control
 * characters, and the worst must come first.
 */
#include "conntrack/fleet.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define NOW     1800000000
#define COLUMNS 8

/* Returns the number of tabs. */
static unsigned check_line(const struct strbuf *out)
{
	unsigned tabs = 0;

	for (size_t i = 0; i + 1 < out->len; i++) {
		if ((unsigned char)out->data[i] < ' ' && out->data[i] != '\t')
			abort();
		tabs += out->data[i] == '\t';
	}
	if (out->failed || out->len == 0 || out->data[out->len - 1] != '\n')
		abort();
	return tabs;
}

static void print(const struct fleet *fleet)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < fleet->lines.len; i++) {
		const struct fleet_line *line = &fleet->lines.item[i];

		fleet_tsv(&out, line, false, NOW);
		if (check_line(&out) != COLUMNS - 1)
			abort();
		strbuf_reset(&out);
		fleet_text(&out, line, false, NOW);
		(void)check_line(&out);
		strbuf_reset(&out);
		if (i > 0 && alarm_worse(line[-1].level, line->level) != line[-1].level)
			abort();
	}
	strbuf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1); /* of the exact size, so that a read past the end is found */
	const char *line = text, *end;
	struct fleet fleet = { 0 };

	if (text == NULL)
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	for (end = text + len; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t size = (size_t)((newline != NULL ? newline : end) - line);

		(void)!fleet_add(&fleet, "file", line, size);
		line += size + 1;
	}
	fleet_settle(&fleet, NOW);
	print(&fleet);
	fleet_free(&fleet);
	free(text);
	return 0;
}
