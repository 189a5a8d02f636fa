/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What a run of fw-lint is asked for, above all which findings it looks for and reports: `--checks`. */
#ifndef FW_CHECK_CHOICE_H
#define FW_CHECK_CHOICE_H

#include "check/setting.h"
#include "diag/diag.h"

/* Which findings are wanted, one flag an id. */
struct check_choice {
	bool chosen[DIAG_COUNT];
	bool asked; /* by a list, not by default */
};

/* Everything. */
struct check_choice check_choose_all(void);

/*
 * LIST of `--checks`: groups and ids with commas; `-` in front leaves out. When the first item
 * leaves out, it starts from everything, else from nothing. Returns the item that is neither a group
 * nor an id, within list; NULL: fine.
 */
const char *check_choose(struct check_choice *choice, const char *list);

/* LIST of `-W`: error, groups and ids; `no-` in front keeps one from being made an error. Returns as check_choose does. */
struct check_options;
const char *check_raise(struct check_options *options, const char *list);

/* Is any finding of this group wanted? */
bool check_wants(const struct check_choice *choice, enum diag_group group);

struct check_options {
	enum family families;       /* FAMILY_NONE: the text decides */
	struct check_choice choice; /* what is reported, and counts */
	bool warnings_are_errors;
	signed char raised[DIAG_COUNT]; /* 1: an error, whatever its level; -1: never made one by warnings_are_errors */
	bool each;                  /* every finding on its own: nothing is folded */
	bool by_level;              /* errors first, within a level the findings that stand for most; else by line */
	unsigned max;               /* of each level, but at least 20 errors; 0: all */
	struct check_live live;     /* of the machine that the rules are for, where that is this one */
	unsigned admin;             /* the tcp port by which the host is administered; 0: none */
};

#endif
