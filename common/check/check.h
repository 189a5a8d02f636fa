/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* All that fw-lint finds in a text: the stream's own faults, and each family's, read in a process of its own. */
#ifndef FW_CHECK_CHECK_H
#define FW_CHECK_CHECK_H

#include "check/choice.h"
#include "diag/diag.h"

/* What a run came to. */
struct check_summary {
	const char *name; /* borrowed: of the text */
	unsigned long count[LEVEL_COUNT];  /* findings, those not shown included */
	unsigned long hidden[LEVEL_COUNT]; /* not shown: more than `max` */
	size_t rules;                      /* lines that are rules */
	size_t unread;                     /* of these, could not be read */
	size_t folded, folded_into;        /* findings that became fewer, and how many these are */
	bool meaning_left;                 /* what the rules mean was to be checked, and was not */
};

/* Appends one line, without a newline. */
void check_summary_text(struct strbuf *out, const struct check_summary *summary);

/* Checks text, and reports the chosen findings of both families to the log in the order that the options name. */
void check_text(const char *name, const char *text, size_t len, const struct check_options *options,
		struct check_summary *summary, struct diag_log *log);

#endif
