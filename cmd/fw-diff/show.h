/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The differences of one family as text. */
#ifndef FW_CMD_FW_DIFF_SHOW_H
#define FW_CMD_FW_DIFF_SHOW_H

#include "fw-diff/options.h"
#include "meaning/diff_witness.h"
#include "meaning/region.h"

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

/* Without --all, no more regions than these are worked out. */
#define SHOW_ASKED 6
#define SHOW_JSON  20
/* With --all. */
#define SHOW_ALL   1000

struct diff_verdict show_diff(struct strbuf *out, const struct diff *diff, int family, const struct fw_diff_options *options);

extern const char *const show_class_names[DIFF_CLASSES];
const char *outcome_word(enum outcome outcome);

/* show_place.c: a place of the text, and the packets whose fate it changes. Nothing if there are none. */
void show_place(struct shown *show, const struct diff_place *place);

/* Where not all could be compared: how many packets are tried, which takes a second or two. */
unsigned show_tries(const struct diff *diff);

/* Appends what becomes of a witness in both rulesets. */
void show_fates(struct shown *show, const struct diff_witness *witness, struct other_deciders others, enum diff_class class);

/* The packets of a class that are shown. Empty: none, because others tell it better. */
diagram show_described(const struct shown *show, const struct diff_place *place, enum diff_class class);

/* Finds an example, and notes what the tracer says of it. diff_witness_free must follow. */
void show_find_witness(struct shown *show, enum diff_class class, diagram set, struct diff_witness *witness);

/* The space in which packets are described. */
struct region_space show_space(const struct shown *show);

/* Which of both programs has the rule? */
unsigned show_side_of(const struct diff *diff, const struct program_rule *rule);

/* show_text.c: what differs in the text instead. */
struct diff_verdict show_diff_text(struct strbuf *out, const struct diff *diff, int family, const struct fw_diff_options *options);

/* show_json.c: the same for programs. */
struct json_parts {
	struct strbuf regions;          /* an object a line */
	struct strbuf limits, renamed;  /* the members of lists */
	unsigned count;                 /* of regions */
	bool complete;                  /* all was compared, and all that differs is in regions */
};
struct diff_verdict show_diff_json(struct json_parts *parts, const struct diff *diff, int family, const struct fw_diff_options *options);

/* Appends "old line 5" or "new line 5 (web.conf:7)". */
void show_line(struct shown *show, unsigned side, const struct program_rule *rule);

/* The line of the rule's text, and where it comes from: the file's name is NULL if the text does not tell. */
const struct line *show_line_of(const struct shown *show, unsigned side, const struct program_rule *rule);
struct where show_origin(const struct shown *show, unsigned side, const struct program_rule *rule);

/* Appends the text of a rule's line. */
void show_rule(struct shown *show, unsigned side, const struct program_rule *rule);

#endif
