/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Lines of a stream to one family's ruleset. Every error is reported, not only the first. */
#ifndef FW_MODEL_READER_H
#define FW_MODEL_READER_H

#include "model/ruleset.h"

/* How a text is read. Zeroed: as iptables-restore reads it. */
struct reader_mode {
	bool declared; /* only -A, -I, -P and -N are carried out; other commands are refused */
	bool keeps_unread; /* a rule that cannot be read leaves one behind that may match anything: struct rule's unread */
	void (*begins)(void *ctx, unsigned line); /* called before each line, with its index; NULL: nobody asks */
	/* Why no extension may see the rule of the line with this index: it is reported as unreadable. NULL: it is read. */
	const char *(*refuses)(void *ctx, unsigned line); /* NULL: none is refused */
	void *ctx;
};

/*
 * Reads the lines that are for this family. Lines that cannot be read are reported and left out.
 * ext_begin(family) must have been called. NULL only when memory ran out (reported).
 */
must_check struct ruleset *ruleset_read(const struct stream *stream, enum family family, struct diag_log *log);
must_check struct ruleset *ruleset_read_as(const struct stream *stream, enum family family,
					   const struct reader_mode *mode, struct diag_log *log);

#endif
