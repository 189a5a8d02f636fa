/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The fields of the report. A field is one row of one table, in field.c: text, JSON, --tsv, Prometheus, the
 * list in ct-stat(8) and the test of the rows are all read from it. The kernel's counters have a table of
 * their own, counter_kinds: the field "counters" stands for all of its rows.
 */
#ifndef FW_CONNTRACK_FIELD_H
#define FW_CONNTRACK_FIELD_H

#include "base/base.h"
#include "base/strbuf.h"
#include "conntrack/report.h"

/* What a field's number counts, and so how it is written. */
enum report_unit {
	UNIT_ENTRIES,
	UNIT_BUCKETS,
	UNIT_BYTES,
	UNIT_SECONDS,
	UNIT_DATE,	    /* seconds since 1970 */
	UNIT_CHANGE,	    /* entries, with a sign: the number is an int64_t */
	UNIT_PERCENT,	    /* hundredths of a percent */
	UNIT_PER_BUCKET,    /* hundredths of an entry per bucket */
	UNIT_PACKETS,
	UNIT_FLAG,	    /* 0 or 1 */
	UNIT_TEXT,	    /* the value's text; Prometheus gets the number, if it is known */
	UNIT_COUNTERS,	    /* the counters since the start */
	UNIT_GROWTH,	    /* their growth in the interval; JSON only */
	UNIT_CPU_COUNTERS,  /* the alarming ones, processor by processor; JSON only */
	UNITS
};

extern const char *const report_unit_names[UNITS]; /* "entries"; for people */

struct report_value {
	bool known; /* the number is valid */
	uint64_t number;
	const char *text; /* borrowed from the report; NULL: unknown, or no text */
};

/*
 * The formats that have an order of their own. JSON has every field, in the order of the rows. A new --tsv
 * column goes after the others, so that scripts that count columns go on working.
 */
enum report_format { IN_TEXT, IN_TSV, IN_PROM, REPORT_FORMATS };

/* Reads a field's value from a report. */
typedef struct report_value report_get(const struct ct_report *report);

/* Writes a field's line in the text report, from report_label to the newline, or nothing. */
typedef void report_line(struct strbuf *out, const struct ct_report *report);

struct report_field {
	const char *name;    /* the JSON key, and the column's name in --tsv */
	const char *meaning; /* a sentence: the manual, and Prometheus' HELP */
	enum report_unit unit;
	report_get *get; /* NULL only for counters, which are found by their unit */
	unsigned place[REPORT_FORMATS]; /* position in each format, from 1 without a gap; 0: not in it */
	report_line *line;		/* for IN_TEXT; NULL: name, value and unit, if known */
	const char *metric, *type;	/* for IN_PROM: "ct_stat_entries", "gauge" */
};

extern const struct report_field report_fields[];
extern const size_t report_field_count;

/* The value of a field. That of the counters, which have no get function, is unknown. */
struct report_value report_value(const struct report_field *field, const struct ct_report *report);

/* The field at a place of a format; NULL after the last. */
const struct report_field *report_field_at(enum report_format format, unsigned place);

/* The start of a line in the text report: the label, up to the column of the values. */
void report_label(struct strbuf *out, const char *label);

/* A known number as JSON, --tsv and Prometheus write it. */
void report_number(struct strbuf *out, enum report_unit unit, uint64_t number);

/* "in 5 min" or "since the start": what growth is measured from. */
void report_interval(struct strbuf *out, const struct ct_report *report);

#endif
