/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The command line of fw-gen. */
#ifndef FW_CMD_FW_GEN_OPTIONS_H
#define FW_CMD_FW_GEN_OPTIONS_H

#include "cli.h"
#include "profile/profile.h"

struct fw_gen_options {
	struct profile_options profile;
	int mode;         /* the option that chooses the output, 0: the rules */
	const char *path; /* "-": standard input */
};

/* Begins cli too. Misuse, help and version end the program here. */
struct fw_gen_options options_parse(struct cli *cli, int argc, char *argv[]);

#endif
