/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The command line of fw-load. */
#ifndef FW_CMD_FW_LOAD_OPTIONS_H
#define FW_CMD_FW_LOAD_OPTIONS_H

#include "cli.h"
#include "transaction/transaction.h"

enum action { ACTION_LOAD, ACTION_CHECK, ACTION_CONFIRM, ACTION_ROLLBACK, ACTION_STATUS, ACTION_BOOT, ACTION_GUARD };

struct fw_load_options {
	enum action action;
	const char *input;
	const char *state_dir;
	const char *safe_rules; /* path of a file */
	enum family families;   /* FAMILY_NONE: those of the text */
	enum backend_kind backend;
	enum unknown unknown;
	patterns keep;
	unsigned wait;       /* for locks, in seconds */
	unsigned confirm;    /* in seconds; 0: no confirmation is needed */
	unsigned generation; /* of --rollback; 0: the previous one */
	bool plan_only;
	bool counters;
	bool no_rehearsal;
	bool assume_empty; /* with plan_only */
	bool verbose;
};

/* Begins cli too. Misuse, help and version end the program here. */
struct fw_load_options options_parse(struct cli *cli, int argc, char *argv[]);

#endif
