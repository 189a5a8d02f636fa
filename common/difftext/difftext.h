/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The differences of one family as text. */
#ifndef FW_DIFFTEXT_DIFFTEXT_H
#define FW_DIFFTEXT_DIFFTEXT_H

#include "meaning/diff_witness.h"
#include "meaning/region.h"

enum difftext_form {
	DIFFTEXT_WORDS,     /* which packets fare differently, place by place */
	DIFFTEXT_SUMMARY,   /* one line */
	DIFFTEXT_CANONICAL, /* what differs in the text */
	DIFFTEXT_JSON,
};

struct difftext_options {
	enum difftext_form form;
	bool all; /* describe everything, however much that is */
	const char *rule_names[ALIGN_SIDES]; /* of a rule in each ruleset; NULL: "old line 5" and "new line 5" */
};

/* What is to be told of a comparison. */
struct diff_verdict {
	bool differs;   /* some packet fares differently, or rules count otherwise */
	bool undecided; /* some packets were not compared, or a difference could not be confirmed */
};

/* A description; zeroed, it is empty. */
struct difftext_parts {
	struct strbuf text;            /* with JSON, an object a line */
	struct strbuf limits, renamed; /* with JSON: the members of lists */
	unsigned count;                /* of regions */
	bool complete;                 /* all was compared, and all that differs is in regions */
};
void difftext_free(struct difftext_parts *parts);

/*
 * compare.c: reads two rulesets, compares them, and describes what differs. A stream may be NULL: no rules, which is to
 * accept everything. False: failed, and reported. To be called in a process of its own after ext_begin.
 */
must_check bool difftext_compare(struct difftext_parts *parts, const struct stream *const stream[static ALIGN_SIDES], int family,
				 const struct difftext_options *options, struct diff_verdict *verdict, struct diag_log *log);

/* --- the parts of it ---------------------------------------------------------------------------------- */

struct shown {
	const struct difftext_options *options;
	const struct diff *diff;
	struct strbuf *out;
	int family;
	struct diff_verdict verdict;
};

/* Without --all, no more regions than these are worked out. */
#define DIFFTEXT_ASKED 6
#define DIFFTEXT_JSON_MAX 20
/* With --all. */
#define DIFFTEXT_ALL 1000

struct diff_verdict difftext_words(struct strbuf *out, const struct diff *diff, int family, const struct difftext_options *options);

extern const char *const difftext_class_names[DIFF_CLASSES];
const char *difftext_outcome(enum outcome outcome);

/* place.c: a place of the text, and the packets whose fate it changes. Nothing if there are none. */
void difftext_place(struct shown *show, const struct diff_place *place);

/* Where not all could be compared: how many packets are tried, which takes a second or two. */
unsigned difftext_tries(const struct diff *diff);

/* Appends what becomes of a witness in both rulesets. */
void difftext_fates(struct shown *show, const struct diff_witness *witness, struct other_deciders others, enum diff_class class);

/* The packets of a class that are shown. Empty: none, because others tell it better. */
diagram difftext_described(const struct shown *show, const struct diff_place *place, enum diff_class class);

/* Finds an example, and notes what the tracer says of it. diff_witness_free must follow. */
void difftext_find_witness(struct shown *show, enum diff_class class, diagram set, struct diff_witness *witness);

/* The space in which packets are described. */
struct region_space difftext_space(const struct shown *show);

/* Which of both programs has the rule? */
unsigned difftext_side_of(const struct diff *diff, const struct program_rule *rule);

/* json.c, canonical.c: the other forms. */
struct diff_verdict difftext_json(struct difftext_parts *parts, const struct diff *diff, int family, const struct difftext_options *options);
struct diff_verdict difftext_canonical(struct strbuf *out, const struct diff *diff, int family, const struct difftext_options *options);

/* Appends "old line 5" or "new line 5 (web.conf:7)". */
void difftext_line(struct shown *show, unsigned side, const struct program_rule *rule);

/* The line of the rule's text, and where it comes from: the file's name is NULL if the text does not tell. */
const struct line *difftext_line_of(const struct shown *show, unsigned side, const struct program_rule *rule);
struct where difftext_origin(const struct shown *show, unsigned side, const struct program_rule *rule);

/* Appends the text of a rule's line. */
void difftext_rule(struct shown *show, unsigned side, const struct program_rule *rule);

#endif
