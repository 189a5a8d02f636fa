/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The `#@` lines of a stream: fw-stream(5). Used by structure.c alone. */
#ifndef FW_TEXT_DIRECTIVE_H
#define FW_TEXT_DIRECTIVE_H

#include "text/stream.h"

/* Checks the directive and notes what it says of the lines that follow. May make it LINE_BAD. */
void directive_line(struct stream *stream, struct line *line);

#endif
