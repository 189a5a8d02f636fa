/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Findings of both families, put together: what both say is said once, what only one family objects
 * to in a line for both becomes the advice to mark the line, and all are in the order of the lines.
 */
#ifndef FW_CHECK_FINDINGS_H
#define FW_CHECK_FINDINGS_H

#include "base/arena.h"
#include "base/vec.h"
#include "diag/diag.h"
#include "text/stream.h"

struct kept_finding {
	struct diag diag;      /* its text is in the arena */
	enum family families;  /* who found it; FAMILY_NONE: the stream, before any family */
	unsigned long order;   /* of arrival, to keep a stable order within a line */
};

struct findings {
	VEC(struct kept_finding) list;
	struct arena arena;
	enum family family; /* of those that come next */
	bool no_memory;
};

/* Keeps a copy; a struct diag_log's reporter, whose ctx is the findings. */
void findings_add(void *findings, const struct diag *diag);

/* Merges, turns one-sided errors into advice, sorts, and hands each to the log. */
void findings_report(struct findings *findings, const struct stream *stream, struct diag_log *log);

void findings_free(struct findings *findings);

#endif
