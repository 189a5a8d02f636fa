/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The names begin with ct_stat_, because node_exporter has node_nf_conntrack_* of its own. No sample has a
 * time, because the textfile collector rejects those: ct_stat_last_run_timestamp_seconds says how old the
 * file is.
 */
#include "conntrack/field.h"
#include "conntrack/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put_label_text(struct strbuf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			strbuf_putc(out, '\\');
		strbuf_puts(out, *text == '\n' ? "\\n" : (char[]){ *text, '\0' });
	}
}

/* A metric while it is written: its HELP and TYPE come before its first sample, and only if there is one. */
struct metric {
	const char *name, *type, *help;
	enum report_unit unit;
	bool headed;
};

static void put_sample(struct strbuf *out, struct metric *metric, const struct ct_report *report,
		       uint64_t number)
{
	if (!metric->headed)
		strbuf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name,
			      metric->type);
	metric->headed = true;
	strbuf_puts(out, metric->name);
	if (report->netns != NULL) {
		strbuf_puts(out, "{netns=\"");
		put_label_text(out, report->netns);
		strbuf_puts(out, "\"}");
	}
	strbuf_putc(out, ' ');
	report_number(out, metric->unit, number);
	strbuf_putc(out, '\n');
}

static void put_field(struct strbuf *out, const struct report_field *field, const struct ct_report *const *reports,
		      size_t count)
{
	struct metric metric = {
		.name = field->metric, .type = field->type, .help = field->meaning, .unit = field->unit
	};

	for (size_t i = 0; i < count; i++) {
		struct report_value value = report_value(field, reports[i]);

		if (value.known)
			put_sample(out, &metric, reports[i], value.number);
	}
}

static void put_counter(struct strbuf *out, enum counter_id id, const struct ct_report *const *reports,
			size_t count)
{
	char name[64];
	struct metric metric = {
		.name = name, .type = "counter", .help = counter_kinds[id].meaning, .unit = UNIT_COUNTERS
	};

	snprintf(name, sizeof(name), "ct_stat_%s_total", counter_kinds[id].name);
	for (size_t i = 0; i < count; i++)
		if (counters_know(&reports[i]->now->counters, id))
			put_sample(out, &metric, reports[i], counters_sum(&reports[i]->now->counters, id));
}

void format_prom(struct strbuf *out, const struct ct_report *const *reports, size_t count)
{
	const struct report_field *field;

	for (unsigned place = 1; (field = report_field_at(IN_PROM, place)) != NULL; place++) {
		if (field->unit != UNIT_COUNTERS)
			put_field(out, field, reports, count);
		for (unsigned id = 0; field->unit == UNIT_COUNTERS && id < COUNTER_COUNT; id++)
			put_counter(out, id, reports, count);
	}
}
