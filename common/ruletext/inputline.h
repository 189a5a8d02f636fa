/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Finds the lines of a text that made the rules of a chain, to show rules in force as their user wrote them. */
#ifndef FW_RULETEXT_INPUTLINE_H
#define FW_RULETEXT_INPUTLINE_H

#include "base/vec.h"
#include "text/stream.h"

typedef VEC(const struct line *) input_lines;

/*
 * Appends, for each rule of a chain in order, the line that made it. A line with several addresses (-s A,B) appears
 * once for each rule that it makes. If the number of lines is not that of the rules, the text moves or deletes rules or
 * uses host names, and the lines are meaningless. 0 or -ENOMEM.
 */
must_check int input_lines_of(const struct stream *stream, enum family family, const char *table, const char *chain,
			      input_lines *out);

#endif
