/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The differences of one family as text. */
#ifndef FW_CMD_FW_DIFF_SHOW_H
#define FW_CMD_FW_DIFF_SHOW_H

#include "fw-diff/options.h"
#include "meaning/diff.h"

/* What is to be told of a comparison. */
struct diff_verdict {
	bool differs;   /* some packet fares differently, or rules count otherwise */
	bool undecided; /* some packets were not compared, or a difference could not be confirmed */
};

struct shown {
	const struct fw_diff_options *options;
	const struct diff *diff;
	struct strbuf *out;
	int family;
	struct diff_verdict verdict;
};

struct diff_verdict show_diff(struct strbuf *out, const struct diff *diff, int family, const struct fw_diff_options *options);

/* show_place.c: a place of the text, and the packets whose fate it changes. Nothing if there are none. */
void show_place(struct shown *show, const struct diff_place *place);

/* Appends "old line 5" or "new line 5 (web.conf:7)". */
void show_line(struct shown *show, unsigned side, const struct program_rule *rule);

/* Appends the text of a rule's line. */
void show_rule(struct shown *show, unsigned side, const struct program_rule *rule);

#endif
