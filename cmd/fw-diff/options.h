/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The command line of fw-diff. */
#ifndef FW_CMD_FW_DIFF_OPTIONS_H
#define FW_CMD_FW_DIFF_OPTIONS_H

#include "cli.h"
#include "difftext/difftext.h"
#include "host/backend.h"

struct fw_diff_options {
	enum family families;    /* to be compared */
	const char *operand[2];  /* old and new */
	const char *state_dir;
	enum backend_kind backend;
	struct difftext_options described;
	bool quiet;
};

/* Begins cli too. Misuse, help and version end the program here. */
struct fw_diff_options options_parse(struct cli *cli, int argc, char *argv[]);

#endif
