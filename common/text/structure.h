/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where each kind of line may stand, and what the lines say that are not rules. Used by stream.c alone. */
#ifndef FW_TEXT_STRUCTURE_H
#define FW_TEXT_STRUCTURE_H

#include "text/stream.h"

/* Checks the line against what came before, and notes tables, origins and marks. May make it LINE_BAD. */
void structure_line(struct stream *stream, struct line *line);

/* Checks that the tables are committed and that the seal is there and true. */
void structure_end(struct stream *stream);

#endif
