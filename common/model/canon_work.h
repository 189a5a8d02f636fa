/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What the child process of canon.c does. Used by canon.c alone. */
#ifndef FW_MODEL_CANON_WORK_H
#define FW_MODEL_CANON_WORK_H

#include "base/child.h"
#include "text/stream.h"

/* One family's part. Places that it tells by child_at are indices into the lines, plus 1. */
struct canon_task {
	enum family family;
	const struct stream *declared; /* borrowed; NULL: saved */
	const struct strbuf *saved;    /* borrowed */
	bool counters;                 /* keep those of a declared text */
};

/* Writes records (wire.h) to child->output. ctx is the task. 0 or -errno. */
must_check int canon_work(void *ctx, const struct child *child);

#endif
