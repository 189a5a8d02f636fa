/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The command line of ct-rotate. */
#ifndef FW_CMD_CT_ROTATE_OPTIONS_H
#define FW_CMD_CT_ROTATE_OPTIONS_H

#include "cli.h"
#include "rotate/pipe.h"
#include "rotate/rotate.h"

enum ct_rotate_mode { MODE_ROTATE, MODE_PIPE, MODE_VERIFY, MODE_REPAIR, MODE_CAT, MODE_IMPORT, MODE_ADOPT };

struct ct_rotate_options {
	enum ct_rotate_mode mode;
	VEC(const char *) files;       /* of each -c, or --import-logrotate; borrowed texts; the caller frees the list */
	struct rotate_settings set;    /* texts are borrowed from argv */
	struct rotate_run run;
	struct pipe_options pipe;
	time_t since;                  /* --cat: print lines from this time on; 0: all */
	bool quiet;
	char **operands;
	int operand_count;
};

/* Begins cli too. Misuse, help and version end the program here. */
struct ct_rotate_options options_parse(struct cli *cli, int argc, char *argv[]);

#endif
