/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The command line of fw-save. */
#ifndef FW_CMD_FW_SAVE_OPTIONS_H
#define FW_CMD_FW_SAVE_OPTIONS_H

#include "base/vec.h"
#include "cli.h"
#include "host/backend.h"
#include "host/layout.h"

enum save_action { ACTION_SAVE, ACTION_CHECK, ACTION_LIST, ACTION_VERIFY, ACTION_SHOW, ACTION_DIFF, ACTION_KEEP };

/* Of --check. */
struct save_check_options {
	bool own, meaning, syslog;
};

struct fw_save_options {
	enum save_action action;
	enum family families;
	enum backend_kind backend;
	enum layout layout, from; /* files to write; files to read instead of the rules in force */
	const char *output;       /* NULL: standard output */
	const char *state_dir;
	const char *root;       /* prefix of a distribution's paths */
	const char *operand[2]; /* of --show and --diff */
	VEC(char *) ignore;
	unsigned wait, keep;
	bool counters, all;
	struct save_check_options check;
};

/* Begins cli too. Misuse, help and version end the program here. */
struct fw_save_options options_parse(struct cli *cli, int argc, char *argv[]);

#endif
