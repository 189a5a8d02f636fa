/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A text that declares whole tables can be compared with what is in force; a list of edits cannot. So only
 * commands that say what shall be there are carried out.
 */
#ifndef FW_MODEL_DECLARED_H
#define FW_MODEL_DECLARED_H

#include "model/reading.h"

/* Reports a command or an option that no declaration has, and what to write instead. False: there is none. */
bool reader_undeclared(struct ruleset_reader *reader, const struct line *line);

#endif
