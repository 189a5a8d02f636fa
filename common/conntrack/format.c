/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The fields of field.h, in each format. */
#include "conntrack/format.h"
#include "base/json.h"
#include "conntrack/field.h"
#include "conntrack/text.h"

#include <inttypes.h>
#include <string.h>

/* "151335 of 262144 entries (57.7 %)" */
static void put_summary(struct strbuf *out, const struct ct_report *report)
{
	const struct snapshot *now = report->now;
	uint64_t percent = snapshot_fill(now, now->count);

	if (report->netns != NULL)
		strbuf_printf(out, "netns %s: ", report->netns);
	if (now->absent) {
		strbuf_puts(out, "connection tracking is not active here");
		return;
	}
	if (!now->has_count)
		strbuf_puts(out, "unknown number of entries");
	else
		strbuf_printf(out, "%" PRIu64, now->count);
	if (now->has_max && now->max > 0)
		strbuf_printf(out, " of %" PRIu64, now->max);
	strbuf_puts(out, now->has_count ? " entries" : "");
	if (snapshot_has_fill(now))
		strbuf_printf(out, " (%" PRIu64 ".%" PRIu64 " %%)", percent / 100, percent / 10 % 10);
	else if (now->has_max)
		strbuf_puts(out, ", no limit set");
	else
		strbuf_puts(out, ", limit unknown");
}

static void put_reasons(struct strbuf *out, const struct ct_report *report)
{
	if (report->reasons.len > 0 && !report->now->absent)
		strbuf_printf(out, ": %s", strbuf_text(&report->reasons));
}

static void counter_lines(struct strbuf *out, const struct ct_report *report)
{
	const struct ct_counters *counters = &report->now->counters;
	enum counter_id id;

	for (unsigned rank = 1; (id = counter_ranked(rank)) != COUNTER_COUNT; rank++) {
		report_label(out, counter_kinds[id].name);
		if (!counters_know(counters, id)) {
			strbuf_puts(out, "n/a\n");
			continue;
		}
		text_number(out, counters_sum(counters, id));
		if (report->since != SINCE_START) {
			strbuf_printf(out, ", +%" PRIu64 " ", report->growth[id]);
			report_interval(out, report);
		}
		strbuf_putc(out, '\n');
	}
}

static void plain_line(struct strbuf *out, const struct report_field *field, const struct ct_report *report)
{
	struct report_value value = report_value(field, report);

	if (!value.known && value.text == NULL)
		return;
	report_label(out, field->name);
	if (value.text != NULL) {
		text_clean(out, value.text);
	} else {
		report_number(out, field->unit, value.number);
		strbuf_printf(out, " %s", report_unit_names[field->unit]);
	}
	strbuf_putc(out, '\n');
}

void format_text(struct strbuf *out, const struct ct_report *report)
{
	const struct report_field *field;

	if (report->judged || report->level != ALARM_OK)
		strbuf_printf(out, "CT-STAT %s: ", alarm_name(report->level));
	put_summary(out, report);
	put_reasons(out, report);
	strbuf_putc(out, '\n');
	if (report->now->absent)
		return;
	for (unsigned place = 1; (field = report_field_at(IN_TEXT, place)) != NULL; place++) {
		if (field->unit == UNIT_COUNTERS)
			counter_lines(out, report);
		else if (field->line != NULL)
			field->line(out, report);
		else
			plain_line(out, field, report);
	}
}

static void perf_threshold(struct strbuf *out, const struct threshold *threshold, uint64_t max)
{
	strbuf_putc(out, ';');
	if (threshold->kind != THRESHOLD_NONE)
		text_number(out, threshold_entries(threshold, max));
}

/*
 * A label: " count", or with the namespace " NAME.count". Characters that mean something in performance data are
 * written as %27, and so is "%", so that two names never become one label.
 */
static void perf_label(struct strbuf *out, const char *netns, const char *name)
{
	strbuf_putc(out, ' ');
	for (; netns != NULL && *netns != '\0'; netns++) {
		unsigned char c = (unsigned char)*netns;

		if (c <= ' ' || c >= 0x7f || strchr("'\"=|%;,", c) != NULL)
			strbuf_printf(out, "%%%02X", c);
		else
			strbuf_putc(out, *netns);
	}
	strbuf_printf(out, "%s%s=", netns != NULL ? "." : "", name);
}

static void put_perf(struct strbuf *out, const struct ct_report *report, const char *netns,
		     const struct limits *limits)
{
	const struct snapshot *now = report->now;

	if (!now->has_count)
		return;
	perf_label(out, netns, "count");
	text_number(out, now->count);
	perf_threshold(out, &limits->warn, now->max);
	perf_threshold(out, &limits->crit, now->max);
	strbuf_puts(out, ";0;");
	if (snapshot_has_fill(now))
		text_number(out, now->max);
	if (report->has_assured) {
		perf_label(out, netns, "assured");
		text_number(out, report->assured);
		if (limits->warn_assured.kind != THRESHOLD_NONE || limits->crit_assured.kind != THRESHOLD_NONE) {
			perf_threshold(out, &limits->warn_assured, now->max);
			perf_threshold(out, &limits->crit_assured, now->max);
		}
	}
	for (unsigned rank = 1; rank <= COUNTER_ALARMING; rank++) {
		enum counter_id id = counter_ranked(rank);

		if (!counters_know(&now->counters, id))
			continue;
		perf_label(out, netns, counter_kinds[id].name);
		strbuf_printf(out, "%" PRIu64 "c", counters_sum(&now->counters, id));
	}
}

/* Appends text as a part of a line, up to its own newline. "|" would begin the performance data. */
static void put_plain(struct strbuf *out, const char *text)
{
	for (; *text != '\0' && *text != '\n'; text++)
		strbuf_putc(out, *text == '|' ? '/' : (unsigned char)*text < ' ' || *text == 0x7f ? ' ' : *text);
}

static void plugin_text(struct strbuf *out, const struct ct_report *report)
{
	struct strbuf text = STRBUF_INIT;

	put_summary(&text, report);
	put_reasons(&text, report);
	for (size_t i = 0; i < text.len; i++) /* a name of a namespace may hold anything */
		text.data[i] = text.data[i] == '\n' ? ' ' : text.data[i];
	strbuf_printf(out, "CT-STAT %s - ", alarm_name(report->level));
	put_plain(out, strbuf_text(&text));
	out->failed = out->failed || text.failed;
	strbuf_free(&text);
}

void format_plugin(struct strbuf *out, const struct ct_report *const *reports, size_t count, const char *errors,
		   const struct limits *limits)
{
	bool failed = errors[0] != '\0' && (count == 0 || reports[0]->level == ALARM_OK);
	size_t before = out->len;

	if (failed) {
		strbuf_printf(out, "CT-STAT %s - ", alarm_name(ALARM_UNKNOWN));
		put_plain(out, errors);
		errors += strcspn(errors, "\n");
		errors += *errors == '\n';
	} else if (count > 0) {
		plugin_text(out, reports[0]);
	}
	for (size_t i = 0, data = 0; i < count; i++) {
		if (reports[i]->now->has_count)
			strbuf_puts(out, data++ == 0 ? " |" : "");
		put_perf(out, reports[i], count > 1 ? reports[i]->netns : NULL, limits);
	}
	strbuf_puts(out, out->len > before ? "\n" : "");
	for (size_t i = failed ? 0 : 1; i < count; i++) {
		plugin_text(out, reports[i]);
		strbuf_putc(out, '\n');
	}
	for (; *errors != '\0'; errors += *errors == '\n') {
		put_plain(out, errors);
		strbuf_putc(out, '\n');
		errors += strcspn(errors, "\n");
	}
}

static void json_number(struct strbuf *out, const char *before, const char *name, uint64_t number)
{
	strbuf_printf(out, "%s\"%s\":%" PRIu64, before, name, number);
}

static void json_counters(struct strbuf *out, const struct ct_report *report, bool growth)
{
	const struct ct_counters *counters = &report->now->counters;
	const char *comma = "";

	strbuf_putc(out, '{');
	for (unsigned i = 0; i < COUNTER_COUNT; i++) {
		if (!counters_know(counters, i))
			continue;
		json_number(out, comma, counter_kinds[i].name,
			    growth ? report->growth[i] : counters_sum(counters, i));
		comma = ",";
	}
	strbuf_putc(out, '}');
}

/* One busy receive queue shows only here: a sum hides it. */
static void json_cpus(struct strbuf *out, const struct ct_counters *counters)
{
	strbuf_putc(out, '[');
	for (size_t i = 0; i < counters->lines.len; i++) {
		const struct counter_line *line = &counters->lines.item[i];

		strbuf_printf(out, "%s{\"cpu\":%" PRIu32, i > 0 ? "," : "", line->cpu);
		for (unsigned rank = 1; rank <= COUNTER_ALARMING; rank++) {
			enum counter_id id = counter_ranked(rank);

			if ((line->known & (1u << id)) != 0)
				json_number(out, ",", counter_kinds[id].name, line->value[id]);
		}
		strbuf_putc(out, '}');
	}
	strbuf_putc(out, ']');
}

static void json_value(struct strbuf *out, const struct report_field *field, const struct ct_report *report)
{
	struct report_value value = report_value(field, report);

	if (field->unit == UNIT_TEXT && value.text != NULL)
		json_string(out, value.text, strlen(value.text));
	else if (field->unit == UNIT_TEXT || !value.known)
		strbuf_puts(out, "null");
	else if (field->unit == UNIT_FLAG)
		strbuf_puts(out, value.number != 0 ? "true" : "false");
	else
		report_number(out, field->unit, value.number);
}

void format_json(struct strbuf *out, const struct ct_report *report)
{
	for (size_t i = 0; i < report_field_count; i++) {
		const struct report_field *field = &report_fields[i];

		strbuf_printf(out, "%s\"%s\":", i > 0 ? "," : "{", field->name);
		if (field->unit == UNIT_COUNTERS || field->unit == UNIT_GROWTH)
			json_counters(out, report, field->unit == UNIT_GROWTH);
		else if (field->unit == UNIT_CPU_COUNTERS)
			json_cpus(out, &report->now->counters);
		else
			json_value(out, field, report);
	}
	strbuf_puts(out, "}\n");
}

void format_tsv_names(struct strbuf *out)
{
	const struct report_field *field;

	for (unsigned place = 1; (field = report_field_at(IN_TSV, place)) != NULL; place++) {
		if (field->unit != UNIT_COUNTERS)
			strbuf_printf(out, "%s%s", place > 1 ? "\t" : "", field->name);
		for (unsigned i = 0; field->unit == UNIT_COUNTERS && i < COUNTER_COUNT; i++)
			strbuf_printf(out, "\t%s", counter_kinds[i].name);
	}
	strbuf_putc(out, '\n');
}

static void tsv_counters(struct strbuf *out, const struct ct_counters *counters)
{
	for (unsigned i = 0; i < COUNTER_COUNT; i++) {
		strbuf_putc(out, '\t');
		if (counters_know(counters, i))
			text_number(out, counters_sum(counters, i));
	}
}

static void tsv_value(struct strbuf *out, const struct report_field *field, const struct ct_report *report)
{
	struct report_value value = report_value(field, report);

	if (field->unit == UNIT_TEXT)
		text_clean(out, value.text != NULL ? value.text : "");
	else if (value.known)
		report_number(out, field->unit, value.number);
}

void format_tsv(struct strbuf *out, const struct ct_report *report)
{
	const struct report_field *field;

	for (unsigned place = 1; (field = report_field_at(IN_TSV, place)) != NULL; place++) {
		if (field->unit == UNIT_COUNTERS) {
			tsv_counters(out, &report->now->counters);
			continue;
		}
		strbuf_puts(out, place > 1 ? "\t" : "");
		tsv_value(out, field, report);
	}
	strbuf_putc(out, '\n');
}
