/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The directives of a stream, the lines that begin with `#@`: fw-stream(5). Used only by structure.c. */
#ifndef FW_TEXT_DIRECTIVE_H
#define FW_TEXT_DIRECTIVE_H

#include "text/stream.h"

/* Checks the directive, and stores what it says about the following lines. After an error, the line is LINE_BAD. */
void directive_line(struct stream *stream, struct line *line);

#endif
