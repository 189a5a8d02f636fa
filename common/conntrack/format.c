/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conntrack/format.h"
#include "base/json.h"
#include "conntrack/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EXTENSIONS 128 /* bytes more for an entry with counters, times or NAT */

/* Hundredths of a percent; 0 where there is no limit. */
static uint64_t fill(const struct snapshot *now, uint64_t count)
{
	return now->has_max && now->max > 0 ? count * 10000 / now->max : 0;
}

static bool has_fill(const struct snapshot *now)
{
	return now->has_count && now->has_max && now->max > 0;
}

/* "151335 of 262144 entries (57.7 %)" */
static void put_summary(struct strbuf *out, const struct ct_report *report)
{
	const struct snapshot *now = report->now;
	uint64_t percent = fill(now, now->count);

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
	if (has_fill(now))
		strbuf_printf(out, " (%" PRIu64 ".%" PRIu64 " %%)", percent / 100, percent / 10 % 10);
	else if (now->has_max)
		strbuf_puts(out, ", no limit set");
	else
		strbuf_puts(out, ", limit unknown");
}

static void put_since(struct strbuf *out, const struct ct_report *report)
{
	if (report->since == SINCE_START) {
		strbuf_puts(out, "since the start");
		return;
	}
	strbuf_puts(out, "in ");
	text_duration(out, report->interval);
}

static void text_table(struct strbuf *out, const struct ct_report *report)
{
	const struct snapshot *now = report->now;
	uint64_t each, full;

	if (now->has_buckets && now->buckets > 0) {
		each = now->count * 100 / now->buckets;
		full = now->max * 100 / now->buckets;
		strbuf_printf(out, "  %-15s %" PRIu64 ", %" PRIu64 ".%02" PRIu64 " entries each", "buckets",
			      now->buckets, each / 100, each % 100);
		if (has_fill(now))
			strbuf_printf(out, ", %" PRIu64 ".%02" PRIu64 " when full", full / 100, full % 100);
		strbuf_putc(out, '\n');
	}
	strbuf_printf(out, "  %-15s ", "memory");
	text_memory(out, snapshot_memory(now, now->count));
	if (has_fill(now)) {
		strbuf_puts(out, ", ");
		text_memory(out, snapshot_memory(now, now->max));
		strbuf_puts(out, " to ");
		text_memory(out, snapshot_memory(now, now->max) + now->max * EXTENSIONS);
		strbuf_puts(out, " when full");
	}
	strbuf_putc(out, '\n');
}

static void text_counters(struct strbuf *out, const struct ct_report *report)
{
	static const enum counter_id shown[] = { COUNTER_EARLY_DROP,	COUNTER_DROP,
						 COUNTER_INSERT_FAILED, COUNTER_SEARCH_RESTART,
						 COUNTER_CLASH_RESOLVE, COUNTER_CHAIN_TOOLONG,
						 COUNTER_INVALID,	COUNTER_ERROR };
	const struct ct_counters *counters = &report->now->counters;

	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		enum counter_id id = shown[i];

		if (!counters_know(counters, id)) {
			strbuf_printf(out, "  %-15s n/a\n", counter_kinds[id].name);
			continue;
		}
		strbuf_printf(out, "  %-15s %" PRIu64, counter_kinds[id].name, counters_sum(counters, id));
		if (report->since != SINCE_START) {
			strbuf_printf(out, ", +%" PRIu64 " ", report->growth[id]);
			put_since(out, report);
		}
		strbuf_putc(out, '\n');
	}
}

static void text_source(struct strbuf *out, const struct snapshot *now)
{
	strbuf_printf(out, "  %-15s %s", "source",
		      now->source == SOURCE_NETLINK ? "netlink"
		      : now->source == SOURCE_PROC  ? "/proc/net/stat"
						    : "sysctl only: no counters");
	if (now->source != SOURCE_NETLINK && now->netlink_error != 0)
		strbuf_printf(out, " (netlink: %s)",
			      now->netlink_error == -ENOPROTOOPT ? "nf_conntrack_netlink is not loaded"
								 : strerror(-now->netlink_error));
	strbuf_putc(out, '\n');
}

void format_text(struct strbuf *out, const struct ct_report *report)
{
	const struct snapshot *now = report->now;
	uint64_t assured = fill(now, report->assured);

	if (report->judged || report->level != ALARM_OK)
		strbuf_printf(out, "CT-STAT %s: ", alarm_name(report->level));
	put_summary(out, report);
	if (report->reasons.len > 0 && !now->absent)
		strbuf_printf(out, ": %s", strbuf_text(&report->reasons));
	strbuf_putc(out, '\n');
	if (now->absent)
		return;
	if (report->has_assured) {
		strbuf_printf(out, "  %-15s %" PRIu64, "assured", report->assured);
		if (has_fill(now))
			strbuf_printf(out, " (%" PRIu64 ".%" PRIu64 " %%)", assured / 100, assured / 10 % 10);
		strbuf_puts(out, ", the rest may be evicted\n");
	}
	text_table(out, report);
	text_counters(out, report);
	if (report->has_full_in) {
		strbuf_printf(out, "  %-15s ", "full in");
		text_duration(out, report->full_in);
		strbuf_printf(out, ", at %+" PRId64 " entries ", report->change);
		put_since(out, report);
		strbuf_putc(out, '\n');
	}
	text_source(out, now);
}

static void perf_threshold(struct strbuf *out, const struct threshold *threshold, uint64_t max)
{
	strbuf_putc(out, ';');
	if (threshold->kind != THRESHOLD_NONE)
		text_number(out, threshold_entries(threshold, max));
}

void format_plugin(struct strbuf *out, const struct ct_report *report, const struct limits *limits)
{
	static const enum counter_id shown[] = { COUNTER_EARLY_DROP, COUNTER_DROP, COUNTER_INSERT_FAILED };
	const struct snapshot *now = report->now;

	strbuf_printf(out, "CT-STAT %s - ", alarm_name(report->level));
	put_summary(out, report);
	if (report->reasons.len > 0 && !now->absent)
		strbuf_printf(out, ": %s", strbuf_text(&report->reasons));
	if (!now->has_count) {
		strbuf_putc(out, '\n');
		return;
	}
	strbuf_printf(out, " | count=%" PRIu64, now->count);
	perf_threshold(out, &limits->warn, now->max);
	perf_threshold(out, &limits->crit, now->max);
	strbuf_puts(out, ";0;");
	if (has_fill(now))
		text_number(out, now->max);
	if (report->has_assured)
		strbuf_printf(out, " assured=%" PRIu64, report->assured);
	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		if (counters_know(&now->counters, shown[i]))
			strbuf_printf(out, " %s=%" PRIu64 "c", counter_kinds[shown[i]].name,
				      counters_sum(&now->counters, shown[i]));
	strbuf_putc(out, '\n');
}

static void json_number(struct strbuf *out, const char *name, bool known, uint64_t number)
{
	strbuf_printf(out, ",\"%s\":", name);
	if (known)
		text_number(out, number);
	else
		strbuf_puts(out, "null");
}

static void json_percent(struct strbuf *out, const char *name, bool known, uint64_t hundredths)
{
	if (known)
		strbuf_printf(out, ",\"%s\":%" PRIu64 ".%02" PRIu64, name, hundredths / 100,
			      hundredths % 100);
	else
		strbuf_printf(out, ",\"%s\":null", name);
}

static void json_counters(struct strbuf *out, const struct ct_report *report)
{
	const struct ct_counters *counters = &report->now->counters;
	const char *comma = "";

	strbuf_puts(out, ",\"counters\":{");
	for (unsigned i = 0; i < COUNTER_COUNT; i++) {
		if (!counters_know(counters, i))
			continue;
		strbuf_printf(out, "%s\"%s\":%" PRIu64, comma, counter_kinds[i].name,
			      counters_sum(counters, i));
		comma = ",";
	}
	strbuf_puts(out, "},\"growth\":{");
	comma = "";
	for (unsigned i = 0; i < COUNTER_COUNT; i++) {
		if (!counters_know(counters, i))
			continue;
		strbuf_printf(out, "%s\"%s\":%" PRIu64, comma, counter_kinds[i].name, report->growth[i]);
		comma = ",";
	}
	strbuf_putc(out, '}');
}

/* The alarming ones, processor by processor: one busy queue is not seen in a sum. */
static void json_cpus(struct strbuf *out, const struct ct_counters *counters)
{
	static const enum counter_id shown[] = { COUNTER_EARLY_DROP, COUNTER_DROP, COUNTER_INSERT_FAILED };

	strbuf_puts(out, ",\"cpus\":[");
	for (size_t i = 0; i < counters->lines.len; i++) {
		const struct counter_line *line = &counters->lines.item[i];

		strbuf_printf(out, "%s{\"cpu\":%" PRIu32, i > 0 ? "," : "", line->cpu);
		for (size_t n = 0; n < ARRAY_LEN(shown); n++)
			if ((line->known & (1u << shown[n])) != 0)
				json_number(out, counter_kinds[shown[n]].name, true, line->value[shown[n]]);
		strbuf_putc(out, '}');
	}
	strbuf_putc(out, ']');
}

void format_json(struct strbuf *out, const struct ct_report *report)
{
	static const char *const sources[] = { "sysctl", "netlink", "proc" };
	static const char *const since[] = { "start", "state", "interval" };
	const struct snapshot *now = report->now;
	bool both = now->has_count && now->has_buckets && now->buckets > 0;

	strbuf_printf(out, "{\"time\":%" PRIu64 ",", now->wall);
	json_member(out, "host", now->host[0] != '\0' ? now->host : NULL);
	strbuf_putc(out, ',');
	json_member(out, "netns", report->netns);
	strbuf_printf(out, ",\"status\":\"%s\",\"reasons\":", alarm_name(report->level));
	json_string(out, strbuf_text(&report->reasons), report->reasons.len);
	strbuf_printf(out, ",\"active\":%s", now->absent ? "false" : "true");
	json_number(out, "count", now->has_count, now->count);
	json_number(out, "max", now->has_max, now->max);
	json_percent(out, "percent", has_fill(now), fill(now, now->count));
	json_number(out, "assured", report->has_assured, report->assured);
	json_percent(out, "assured_percent", report->has_assured && has_fill(now),
		     fill(now, report->assured));
	json_number(out, "buckets", now->has_buckets, now->buckets);
	json_percent(out, "entries_per_bucket", both, both ? now->count * 100 / now->buckets : 0);
	json_number(out, "memory_bytes", now->has_count, snapshot_memory(now, now->count));
	json_number(out, "memory_full_bytes", has_fill(now), snapshot_memory(now, now->max));
	json_number(out, "full_in_seconds", report->has_full_in, report->full_in);
	strbuf_printf(out, ",\"source\":\"%s\",\"since\":\"%s\"", sources[now->source], since[report->since]);
	json_number(out, "interval", report->since != SINCE_START, report->interval);
	strbuf_printf(out, ",\"change\":%" PRId64 ",\"reset\":%s", report->change,
		      report->reset ? "true" : "false");
	json_counters(out, report);
	json_cpus(out, &now->counters);
	strbuf_puts(out, "}\n");
}

void format_tsv_names(struct strbuf *out)
{
	strbuf_puts(out, "time\tnetns\tstatus\tcount\tmax\tpercent\tassured\tbuckets\tfull_in_seconds");
	for (unsigned i = 0; i < COUNTER_COUNT; i++)
		strbuf_printf(out, "\t%s", counter_kinds[i].name);
	strbuf_puts(out, "\treasons\n");
}

static void tsv_number(struct strbuf *out, bool known, uint64_t number)
{
	strbuf_putc(out, '\t');
	if (known)
		text_number(out, number);
}

void format_tsv(struct strbuf *out, const struct ct_report *report)
{
	const struct snapshot *now = report->now;
	uint64_t percent = fill(now, now->count);

	text_number(out, now->wall);
	text_cell(out, '\t', report->netns != NULL ? report->netns : "");
	text_cell(out, '\t', alarm_name(report->level));
	tsv_number(out, now->has_count, now->count);
	tsv_number(out, now->has_max, now->max);
	strbuf_putc(out, '\t');
	if (has_fill(now))
		strbuf_printf(out, "%" PRIu64 ".%02" PRIu64, percent / 100, percent % 100);
	tsv_number(out, report->has_assured, report->assured);
	tsv_number(out, now->has_buckets, now->buckets);
	tsv_number(out, report->has_full_in, report->full_in);
	for (unsigned i = 0; i < COUNTER_COUNT; i++)
		tsv_number(out, counters_know(&now->counters, i), counters_sum(&now->counters, i));
	text_cell(out, '\t', strbuf_text(&report->reasons));
	strbuf_putc(out, '\n');
}
