/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lines of a text made the rules of a chain: rules in force are then told in their user's own words. */
#ifndef FW_RULETEXT_INPUTLINE_H
#define FW_RULETEXT_INPUTLINE_H

#include "base/vec.h"
#include "text/stream.h"

typedef VEC(const struct line *) input_lines;

/*
 * Appends, for each rule of a chain in its order, the line that made it; a line with several addresses
 * (-s A,B) stands there once for each. When their number is not that of the rules, the text moves or
 * deletes rules, or names hosts, and the lines say nothing. 0 or -ENOMEM.
 */
must_check int input_lines_of(const struct stream *stream, enum family family, const char *table, const char *chain,
			      input_lines *out);

#endif
