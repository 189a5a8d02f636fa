/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Rules that cannot be read: what is left of them, so that the rest of a text can still be judged. */
#ifndef FW_MODEL_UNREAD_H
#define FW_MODEL_UNREAD_H

#include "model/reading.h"

/*
 * Where the reader keeps such rules, puts one that may match anything in the place of the line whose words are at hand.
 * If the place is not known, the ruleset has gaps.
 */
void reader_keep_unread(struct ruleset_reader *reader, const struct line *line);

#endif
