/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* reprint 4|6 FILE: reads a ruleset into the model of one family and prints it again, with counters. */
#include "base/file.h"
#include "model/ext.h"
#include "model/printer.h"
#include "model/reader.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void report(void *ctx, const struct diag *diag)
{
	struct strbuf line = STRBUF_INIT;

	(void)ctx;
	diag_format(&line, diag);
	fprintf(stderr, "%s\n", strbuf_text(&line));
	strbuf_free(&line);
}

int main(int argc, char *argv[])
{
	struct diag_log log = { .report = report };
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT;
	struct stream stream;
	struct ruleset *ruleset = NULL;
	enum family family;
	int err;

	if (argc != 3)
		return STATUS_USAGE;
	family = strcmp(argv[1], "6") == 0 ? FAMILY_IPV6 : FAMILY_IPV4;
	if (file_read_path(argv[2], &in, 1UL << 30) != 0 || ext_begin(family) != 0)
		return STATUS_SYSTEM;
	if (stream_read(&stream, argv[2], in.data, in.len, family, &log))
		ruleset = ruleset_read(&stream, family, &log);
	err = ruleset != NULL ? ruleset_print(&out, ruleset, true, NULL, NULL) : -1;
	if (err == 0 && diag_errors(&log) == 0)
		err = file_write(STDOUT_FILENO, strbuf_text(&out), out.len);
	ruleset_free(ruleset);
	stream_free(&stream);
	strbuf_free(&in);
	strbuf_free(&out);
	return err != 0 ? STATUS_SYSTEM : (int)diag_status(&log);
}
