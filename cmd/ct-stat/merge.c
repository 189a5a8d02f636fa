/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* --merge: lists the reports of other machines, the worst first. */
#include "run.h"
#include "access.h"
#include "conntrack/fleet.h"
#include "conntrack/input.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define MERGE_MAX ((size_t)64 << 20)

/* Like cli_read, but does not wait for somebody to open a FIFO. */
static bool read_text(struct cli *cli, const char *path, struct strbuf *text)
{
	int err;

	if (strcmp(path, "-") == 0)
		return cli_read(cli, path, text, MERGE_MAX);
	err = input_read_any(path, text, MERGE_MAX);
	if (err == -EFBIG)
		diag_add(&cli->log, DIAG_LIMIT, &(struct where){ .file = path }, NULL, "larger than %zu MiB",
			 MERGE_MAX >> 20);
	else if (err != 0)
		diag_system(&cli->log, err, "%s", path);
	return err == 0;
}

/*
 * Adds the reports in a file. A file without any is an error: that machine must not look as if it were fine.
 */
static void read_file(struct cli *cli, struct fleet *fleet, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	struct where where = { .file = cli_input_name(path) };
	size_t before = fleet->lines.len, errors = diag_errors(&cli->log), len;

	if (read_text(cli, path, &text)) {
		const char *line = strbuf_text(&text), *end = line + text.len;

		for (where.line = 1; line < end; where.line++, line += len + 1) {
			const char *newline = memchr(line, '\n', (size_t)(end - line));
			int err;

			len = (size_t)((newline != NULL ? newline : end) - line);
			err = len > 0 ? fleet_add(fleet, where.file, line, len) : 0;
			if (err == -ENOMEM)
				diag_memory(&cli->log);
			else if (err != 0)
				diag_add(&cli->log, DIAG_CONNTRACK, &where, NULL, "not a report of ct-stat --json");
		}
		where.line = 0;
		if (fleet->lines.len == before && diag_errors(&cli->log) == errors)
			diag_add(&cli->log, DIAG_CONNTRACK, &where, NULL, "contains no report");
	}
	strbuf_free(&text);
}

int run_merge(struct cli *cli, struct ct_stat_options *options)
{
	struct fleet fleet = { 0 };
	struct strbuf out = STRBUF_INIT;
	enum alarm_level worst = ALARM_OK;
	uint64_t now = (uint64_t)time(NULL);
	bool names = options->format == FORMAT_TEXT || !options->no_header;

	for (char **file = options->files; *file != NULL; file++)
		read_file(cli, &fleet, *file);
	if (options->files[0] == NULL)
		read_file(cli, &fleet, "-");
	fleet_settle(&fleet, now);
	for (size_t i = 0; i < fleet.lines.len; i++) {
		const struct fleet_line *line = &fleet.lines.item[i];

		worst = alarm_worse(worst, line->level);
		if (options->quiet && line->level == ALARM_OK)
			continue;
		if (options->format == FORMAT_TSV)
			fleet_tsv(&out, line, names, now);
		else
			fleet_text(&out, line, names, now);
		names = false;
	}
	if (!write_out(cli, &out) || diag_errors(&cli->log) > 0)
		worst = alarm_worse(worst, ALARM_UNKNOWN);
	strbuf_free(&out);
	fleet_free(&fleet);
	return (int)worst;
}
