/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names begin with ct_stat_: node_exporter has node_nf_conntrack_* of its own. No sample carries a time:
 * the textfile collector refuses those. How old the file is tells ct_stat_last_run_timestamp_seconds.
 */
#include "conntrack/format.h"
#include "conntrack/text.h"

#include <inttypes.h>
#include <string.h>

static void put_label_text(struct strbuf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			strbuf_putc(out, '\\');
		strbuf_putc(out, *text);
	}
}

static void put_head(struct strbuf *out, const char *name, const char *type, const char *help)
{
	strbuf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_sample(struct strbuf *out, const char *name, const struct ct_report *report, uint64_t value)
{
	strbuf_puts(out, name);
	if (report->netns != NULL) {
		strbuf_puts(out, "{netns=\"");
		put_label_text(out, report->netns);
		strbuf_puts(out, "\"}");
	}
	strbuf_printf(out, " %" PRIu64 "\n", value);
}

/* How a gauge is read off a report; false: not known there. */
typedef bool gauge_read(const struct ct_report *report, uint64_t *value);

static bool read_entries(const struct ct_report *report, uint64_t *value)
{
	*value = report->now->count;
	return report->now->has_count;
}

static bool read_limit(const struct ct_report *report, uint64_t *value)
{
	*value = report->now->max;
	return report->now->has_max;
}

static bool read_buckets(const struct ct_report *report, uint64_t *value)
{
	*value = report->now->buckets;
	return report->now->has_buckets;
}

static bool read_memory(const struct ct_report *report, uint64_t *value)
{
	*value = snapshot_memory(report->now, report->now->count);
	return report->now->has_count;
}

static bool read_assured(const struct ct_report *report, uint64_t *value)
{
	*value = report->assured;
	return report->has_assured;
}

static bool read_full_in(const struct ct_report *report, uint64_t *value)
{
	*value = report->full_in;
	return report->has_full_in;
}

static bool read_status(const struct ct_report *report, uint64_t *value)
{
	*value = (uint64_t)report->level;
	return report->judged;
}

static bool read_last_run(const struct ct_report *report, uint64_t *value)
{
	*value = report->now->wall;
	return true;
}

static const struct gauge {
	const char *name, *help;
	gauge_read *read;
} gauges[] = {
	{ "ct_stat_entries", "Entries in the conntrack table.", read_entries },
	{ "ct_stat_entries_limit", "nf_conntrack_max; 0 means no limit.", read_limit },
	{ "ct_stat_buckets", "Hash buckets of the table, which all namespaces share.", read_buckets },
	{ "ct_stat_memory_bytes", "Memory of entries and buckets, without extensions.", read_memory },
	{ "ct_stat_assured_entries", "Entries that the kernel may not evict.", read_assured },
	{ "ct_stat_full_in_seconds", "Time until the table is full at the present rate.", read_full_in },
	{ "ct_stat_status", "0 OK, 1 warning, 2 critical, 3 unknown.", read_status },
	{ "ct_stat_last_run_timestamp_seconds", "When this was measured.", read_last_run },
};

static void put_gauge(struct strbuf *out, const struct gauge *gauge, const struct ct_report *const *reports,
		      size_t count)
{
	bool headed = false;
	uint64_t value;

	for (size_t i = 0; i < count; i++) {
		if (!gauge->read(reports[i], &value))
			continue;
		if (!headed)
			put_head(out, gauge->name, "gauge", gauge->help);
		headed = true;
		put_sample(out, gauge->name, reports[i], value);
	}
}

static void put_counter(struct strbuf *out, enum counter_id id, const struct ct_report *const *reports,
			size_t count)
{
	char name[64] = "ct_stat_";
	char help[80] = "";
	bool headed = false;

	strcat(strcat(name, counter_kinds[id].name), "_total");
	strcat(strcat(help, counter_kinds[id].meaning), ".");
	for (size_t i = 0; i < count; i++) {
		if (!counters_know(&reports[i]->now->counters, id))
			continue;
		if (!headed)
			put_head(out, name, "counter", help);
		headed = true;
		put_sample(out, name, reports[i], counters_sum(&reports[i]->now->counters, id));
	}
}

void format_prom(struct strbuf *out, const struct ct_report *const *reports, size_t count)
{
	for (size_t i = 0; i < ARRAY_LEN(gauges); i++)
		put_gauge(out, &gauges[i], reports, count);
	for (unsigned id = 0; id < COUNTER_COUNT; id++)
		put_counter(out, id, reports, count);
}
