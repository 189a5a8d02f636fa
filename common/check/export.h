/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Findings for programs: JSON lines, and SARIF 2.1.0 (OASIS) for code hosting. */
#ifndef FW_CHECK_EXPORT_H
#define FW_CHECK_EXPORT_H

#include "diag/diag.h"

/*
 * One object and a newline. Keys, all always there: file, line, column, width (numbers; 0: none in
 * particular), level, id, text, related (the lines of other findings that it stands for), origin (null, or an object with file and line).
 */
void finding_json(struct strbuf *out, const struct diag *diag);

/* A whole log: begin, each finding, end. `version` is that of the tool. */
struct sarif {
	struct strbuf *out; /* borrowed */
	bool any;
};
void sarif_begin(struct sarif *sarif, struct strbuf *out, const char *version);
void sarif_add(struct sarif *sarif, const struct diag *diag);
void sarif_end(struct sarif *sarif);

#endif
