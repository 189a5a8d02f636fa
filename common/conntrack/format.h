/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A report in each of its formats, appended to a strbuf. The fields are the rows of field.h. */
#ifndef FW_CONNTRACK_FORMAT_H
#define FW_CONNTRACK_FORMAT_H

#include "base/strbuf.h"
#include "conntrack/report.h"

/* For people: a line that sums it up, then a line for each field. */
void format_text(struct strbuf *out, const struct ct_report *report);

/*
 * For monitoring plugins: one line with the text of the first report, "|" and the performance data of all; then a
 * line for each other report, and those of errors. If there are errors and the first report is OK, the first line
 * is the first error, as UNKNOWN. With several reports, the labels begin with the namespace. Nothing without both.
 */
void format_plugin(struct strbuf *out, const struct ct_report *const *reports, size_t count, const char *errors,
		   const struct limits *limits);

/* One object on one line; an unknown number or text is null. */
void format_json(struct strbuf *out, const struct ct_report *report);

/* Columns separated by tabs: a line with their names, and a line for a report. An unknown value is empty. */
void format_tsv_names(struct strbuf *out);
void format_tsv(struct strbuf *out, const struct ct_report *report);

/* Prometheus text for all reports at once, because all samples of a metric must stand together. */
void format_prom(struct strbuf *out, const struct ct_report *const *reports, size_t count);

#endif
