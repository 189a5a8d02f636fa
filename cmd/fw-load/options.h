/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The command line of fw-load. */
#ifndef FW_CMD_FW_LOAD_OPTIONS_H
#define FW_CMD_FW_LOAD_OPTIONS_H

#include "cli.h"
#include "transaction/transaction.h"

enum action { ACTION_LOAD, ACTION_CHECK, ACTION_CONFIRM, ACTION_ROLLBACK, ACTION_STATUS, ACTION_BOOT, ACTION_GUARD };

/* Whether the load looks at live connections, and when it is refused. */
enum cuts_mode {
	CUTS_OWN, /* refused if the user's own session would be cut */
	CUTS_REPORT, /* never refused */
	CUTS_REFUSE, /* refused if any connection would be cut */
	CUTS_OFF, /* does not look */
};

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
	enum cuts_mode cuts;
	bool force;          /* do not refuse because of live connections */
	bool plan_only;
	bool counters;
	bool no_rehearsal;
	bool assume_empty; /* with plan_only */
	bool verbose;
};

/* Does this run look at live connections? */
bool options_look(const struct fw_load_options *options);

/* Begins cli too. Misuse, help and version end the program here. */
struct fw_load_options options_parse(struct cli *cli, int argc, char *argv[]);

#endif
