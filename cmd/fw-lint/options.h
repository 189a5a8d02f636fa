/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The command line of fw-lint. */
#ifndef FW_CMD_FW_LINT_OPTIONS_H
#define FW_CMD_FW_LINT_OPTIONS_H

#include "check/check.h"
#include "cli.h"

enum lint_format { FORMAT_TEXT, FORMAT_GCC, FORMAT_JSON, FORMAT_SARIF };

struct fw_lint_options {
	struct check_options check;
	enum lint_format format;
	bool quiet;
	bool list;
	const char *explain; /* an id; NULL: not asked for */
	const char *path;    /* "-": standard input */
};

/* Begins cli too. Misuse, help and version end the program here. */
struct fw_lint_options options_parse(struct cli *cli, int argc, char *argv[]);

#endif
