/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Checks the order of lines, and reads the lines that are not rules. Used only by stream.c. */
#ifndef FW_TEXT_STRUCTURE_H
#define FW_TEXT_STRUCTURE_H

#include "text/stream.h"

/* Checks that the line may follow the previous ones, and stores tables, origins and families. An error: LINE_BAD. */
void structure_line(struct stream *stream, struct line *line);

/* Checks that the tables are committed and that a sealed stream ends with its seal. */
void structure_end(struct stream *stream);

#endif
