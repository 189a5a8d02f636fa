/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of fw-save: what was asked for, and what is in force. Nothing here changes a rule. */
#ifndef FW_CMD_SAVE_H
#define FW_CMD_SAVE_H

#include "cli.h"
#include "host/backend.h"
#include "transaction/drift.h"
#include "host/dump.h"
#include "ruletext/extras.h"
#include "store/generation.h"
#include "host/layout.h"
#include "store/state.h"

enum save_action { ACTION_SAVE, ACTION_CHECK, ACTION_LIST, ACTION_VERIFY, ACTION_SHOW, ACTION_DIFF, ACTION_KEEP };

struct save_opts {
	enum save_action action;
	enum family families;
	enum backend_kind backend;
	enum layout layout, from; /* to write, and to read in place of the rules in force */
	const char *output;       /* NULL: standard output */
	const char *state_dir;
	const char *root;       /* in front of a distribution's paths */
	const char *operand[2]; /* of --show and --diff */
	VEC(char *) ignore;
	unsigned wait, keep;
	bool counters, all, own, syslog;
};

struct save {
	struct cli *cli;
	struct diag_log *log;
	struct save_opts opts;
	struct state state;
	struct generation good;
	unsigned loaded; /* its number, when it was read */ /* the last load; number 0: there was none */
	struct dump dump;       /* what is in force, or in a distribution's files */
	struct text_rules own[FAMILIES];
	struct extras extras;
};

/* options.c */
struct save_opts parse_opts(struct cli *cli, int argc, char *argv[]);

/* read.c: each false after a report */
bool save_read_good(struct save *save);  /* the last load, if there was one */
bool save_is_still(struct save *save);   /* and nothing was loaded since it was read */
bool save_read_live(struct save *save);  /* the rules in force */
bool save_read_files(struct save *save); /* those of a distribution's files, in their place */

/* write.c */
void save_write(struct save *save);

/* check.c */
void save_check(struct save *save);
void save_diff(struct save *save);

/* history.c */
void save_list(struct save *save);
void save_verify(struct save *save);
void save_show(struct save *save);
void save_keep(struct save *save);

/* The generation that a word names: a number, good or previous. 0 after a report. */
unsigned save_generation(struct save *save, const char *word);

#endif
