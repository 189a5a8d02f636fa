/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* One run of fw-save: its options, and what it read. fw-save never changes a rule. */
#ifndef FW_CMD_SAVE_H
#define FW_CMD_SAVE_H

#include "fw-save/options.h"
#include "transaction/drift.h"
#include "host/dump.h"
#include "ruletext/extras.h"
#include "store/generation.h"
#include "store/state.h"

struct save {
	struct cli *cli;
	struct diag_log *log;
	struct fw_save_options options;
	struct state state;
	struct generation good; /* the last load; number 0: there was none */
	unsigned loaded;        /* its number when it was read */
	struct dump dump;       /* the rules in force, or those of a distribution's files */
	struct text_rules own[FAMILIES];
	struct extras extras;
};

/* read.c: each returns false if it failed, which it reports. */
must_check bool save_read_good(struct save *save);  /* reads the last load, if there is one */
must_check bool save_is_still(struct save *save);   /* has nothing been loaded since then? */
must_check bool save_read_live(struct save *save);  /* reads the rules in force */
must_check bool save_read_files(struct save *save); /* reads a distribution's files instead */

/* write.c */
void save_write(struct save *save);

/* check.c */
void save_check(struct save *save);
void save_diff(struct save *save);

/* meaning.c: appends which packets the rules in force treat otherwise. Chains that the drift ignores are left out. */
must_check bool save_meaning(struct save *save, const struct drift *drift, struct strbuf *out);

/* history.c */
void save_list(struct save *save);
void save_verify(struct save *save);
void save_show(struct save *save);
void save_keep(struct save *save);

/* The generation that a word names: a number, good or previous. 0: there is none, which is reported. */
unsigned save_generation(struct save *save, const char *word);

#endif
