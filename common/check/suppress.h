/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * `#@ lint-off ID "reason"`: the next rule is meant as it is, or the line of a chain where that comes
 * next. What a text does not load with - groups stream and syntax, errors of kernel - is never suppressed.
 */
#ifndef FW_CHECK_SUPPRESS_H
#define FW_CHECK_SUPPRESS_H

#include "base/vec.h"
#include "check/findings.h"

struct suppression {
	unsigned directive; /* index into the stream's lines */
	unsigned rule;      /* line number (from 1) of the rule that it is for; 0: none follows */
	unsigned chain;     /* of the line of a chain, if that comes next; else 0 */
	enum diag_id id;
	bool used;
};

struct suppressions {
	VEC(struct suppression) list;
};

/* Collects those of the stream; reports ids that do not exist or cannot be left out, and missing reasons. */
void suppressions_read(struct suppressions *suppressions, const struct stream *stream, struct diag_log *log);

bool suppressions_cover(struct suppressions *suppressions, const struct diag *diag);

/*
 * Those that suppressed nothing: the rule was changed, or the id is not what is said of it. `ran` says whether
 * findings of an id were looked for.
 */
void suppressions_report_unused(const struct suppressions *suppressions, const struct stream *stream,
				bool (*ran)(const void *ctx, enum diag_id id), const void *ctx, struct diag_log *log);

void suppressions_free(struct suppressions *suppressions);

#endif
