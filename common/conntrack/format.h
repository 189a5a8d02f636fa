/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report in each of its formats. All append to a strbuf; see ct-stat(8) for what the words mean. */
#ifndef FW_CONNTRACK_FORMAT_H
#define FW_CONNTRACK_FORMAT_H

#include "base/strbuf.h"
#include "conntrack/report.h"

/* For people: one line, then a line a fact. */
void format_text(struct strbuf *out, const struct ct_report *report);

/* One line for monitoring plugins: text, "|", performance data. */
void format_plugin(struct strbuf *out, const struct ct_report *report, const struct limits *limits);

/* One line, one object; numbers that are not known are null. */
void format_json(struct strbuf *out, const struct ct_report *report);

/* A line of names, and a line a report under it, columns apart by tabs; what is not known is empty. */
void format_tsv_names(struct strbuf *out);
void format_tsv(struct strbuf *out, const struct ct_report *report);

/* Prometheus text for all reports together: a metric's samples must stand side by side. */
void format_prom(struct strbuf *out, const struct ct_report *const *reports, size_t count);

#endif
