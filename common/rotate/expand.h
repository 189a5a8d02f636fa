/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The logs that the blocks of a run name: patterns are expanded, and no log is rotated twice. */
#ifndef FW_ROTATE_EXPAND_H
#define FW_ROTATE_EXPAND_H

#include "base/vec.h"
#include "rotate/run.h"
#include "rotate/setting.h"

/* Some logs with the same settings: a block of a configuration, or an operand of the command line. */
struct rotate_block {
	struct rotate_settings settings;
	VEC(const char *) patterns; /* borrowed texts: paths, or patterns as in glob(7) */
	const char *title;          /* borrowed; the patterns as written, which are $1 of shared scripts */
	bool literal;               /* the patterns are plain paths: an operand of the command line */
};

/* The logs of one block. */
struct rotate_logs {
	VEC(char *) paths; /* owned */
};

/*
 * Fills logs[0] to logs[count - 1], one a block. A log that an earlier block has too is reported and left out. 0 or
 * -errno, reported; -EINVAL: the archives of two logs would have the same names, so nothing may be rotated. expand_free
 * must follow for each in either case.
 */
must_check int expand_blocks(struct rotate_run *run, const struct rotate_block *blocks, size_t count,
			     struct rotate_logs *logs);

void expand_free(struct rotate_logs *logs);

#endif
