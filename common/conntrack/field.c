/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/field.h"
#include "conntrack/text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

const char *const report_unit_names[UNITS] = {
	[UNIT_ENTRIES] = "entries",	      [UNIT_BUCKETS] = "buckets",
	[UNIT_BYTES] = "bytes",		      [UNIT_SECONDS] = "seconds",
	[UNIT_DATE] = "seconds since 1970",   [UNIT_CHANGE] = "entries",
	[UNIT_PERCENT] = "percent",	      [UNIT_PER_BUCKET] = "entries per bucket",
	[UNIT_PACKETS] = "packets",	      [UNIT_FLAG] = "true or false",	      [UNIT_TEXT] = "text",
	[UNIT_COUNTERS] = "one key per counter", [UNIT_GROWTH] = "one key per counter",
	[UNIT_CPU_COUNTERS] = "one object per processor",
};

void report_label(struct strbuf *out, const char *label)
{
	strbuf_printf(out, "  %-15s ", label);
}

void report_number(struct strbuf *out, enum report_unit unit, uint64_t number)
{
	if (unit == UNIT_PERCENT || unit == UNIT_PER_BUCKET)
		text_hundredths(out, number);
	else if (unit == UNIT_CHANGE)
		strbuf_printf(out, "%" PRId64, (int64_t)number);
	else
		text_number(out, number);
}

void report_interval(struct strbuf *out, const struct ct_report *report)
{
	if (report->since == SINCE_START) {
		strbuf_puts(out, "since the start");
		return;
	}
	strbuf_puts(out, "in ");
	text_duration(out, report->interval);
}

static struct report_value number_if(bool known, uint64_t number)
{
	return (struct report_value){ .known = known, .number = known ? number : 0 };
}

static struct report_value text_of(const char *text)
{
	return (struct report_value){ .text = text };
}

static struct report_value get_time(const struct ct_report *report)
{
	return number_if(true, report->now->wall);
}

static struct report_value get_host(const struct ct_report *report)
{
	return text_of(report->now->place.host[0] != '\0' ? report->now->place.host : NULL);
}

static struct report_value get_netns(const struct ct_report *report)
{
	return text_of(report->netns);
}

static struct report_value get_status(const struct ct_report *report)
{
	return (struct report_value){ .known = report->judged,
				     .number = (uint64_t)report->level,
				     .text = alarm_name(report->level) };
}

static struct report_value get_reasons(const struct ct_report *report)
{
	return text_of(strbuf_text(&report->reasons));
}

static struct report_value get_active(const struct ct_report *report)
{
	return number_if(true, !report->now->absent);
}

static struct report_value get_count(const struct ct_report *report)
{
	return number_if(report->now->has_count, report->now->count);
}

static struct report_value get_max(const struct ct_report *report)
{
	return number_if(report->now->has_max, report->now->max);
}

static struct report_value get_percent(const struct ct_report *report)
{
	return number_if(snapshot_has_fill(report->now), snapshot_fill(report->now, report->now->count));
}

static struct report_value get_assured(const struct ct_report *report)
{
	return number_if(report->has_assured, report->assured);
}

static struct report_value get_assured_percent(const struct ct_report *report)
{
	return number_if(report->has_assured && snapshot_has_fill(report->now),
			 snapshot_fill(report->now, report->assured));
}

static void assured_line(struct strbuf *out, const struct ct_report *report)
{
	uint64_t share = snapshot_fill(report->now, report->assured);

	if (!report->has_assured)
		return;
	report_label(out, "assured");
	text_number(out, report->assured);
	if (snapshot_has_fill(report->now))
		strbuf_printf(out, " (%" PRIu64 ".%" PRIu64 " %%)", share / 100, share / 10 % 10);
	strbuf_puts(out, ", the rest may be evicted\n");
}

static struct report_value get_buckets(const struct ct_report *report)
{
	return number_if(report->now->has_buckets, report->now->buckets);
}

static struct report_value get_per_bucket(const struct ct_report *report)
{
	const struct snapshot *now = report->now;
	bool known = now->has_count && now->has_buckets && now->buckets > 0;

	return number_if(known, known ? now->count * 100 / now->buckets : 0);
}

static void buckets_line(struct strbuf *out, const struct ct_report *report)
{
	const struct snapshot *now = report->now;

	if (!now->has_buckets || now->buckets == 0)
		return;
	report_label(out, "buckets");
	strbuf_printf(out, "%" PRIu64 ", ", now->buckets);
	text_hundredths(out, now->count * 100 / now->buckets);
	strbuf_puts(out, " entries each");
	if (snapshot_has_fill(now)) {
		strbuf_puts(out, ", ");
		text_hundredths(out, now->max * 100 / now->buckets);
		strbuf_puts(out, " when full");
	}
	strbuf_putc(out, '\n');
}

static struct report_value get_memory(const struct ct_report *report)
{
	return number_if(report->now->has_count, snapshot_memory(report->now, report->now->count));
}

static struct report_value get_memory_full(const struct ct_report *report)
{
	return number_if(snapshot_has_fill(report->now), snapshot_memory(report->now, report->now->max));
}

static void memory_line(struct strbuf *out, const struct ct_report *report)
{
	const struct snapshot *now = report->now;
	uint64_t full = snapshot_memory(now, now->max);

	report_label(out, "memory");
	text_memory(out, snapshot_memory(now, now->count));
	if (snapshot_has_fill(now)) {
		strbuf_puts(out, ", ");
		text_memory(out, full);
		strbuf_puts(out, " to ");
		text_memory(out, full + now->max * EXTENSION_SIZE);
		strbuf_puts(out, " when full");
	}
	strbuf_putc(out, '\n');
}

static struct report_value get_full_in(const struct ct_report *report)
{
	return number_if(report->has_full_in, report->full_in);
}

static void full_in_line(struct strbuf *out, const struct ct_report *report)
{
	if (!report->has_full_in)
		return;
	report_label(out, "full in");
	text_duration(out, report->full_in);
	strbuf_printf(out, ", at %+" PRId64 " entries ", report->change);
	report_interval(out, report);
	strbuf_putc(out, '\n');
}

static struct report_value get_cause(const struct ct_report *report)
{
	enum loss_cause worst = report->losses.worst;

	return (struct report_value){ .known = report->now->source != SOURCE_NONE,
				      .number = worst,
				      .text = report->now->source != SOURCE_NONE ? loss_kinds[worst].name : NULL };
}

static void cause_line(struct strbuf *out, const struct ct_report *report)
{
	for (enum loss_cause cause = LOSS_CAUSES - 1; cause > LOSS_NONE; cause--) {
		if (report->losses.count[cause] == 0)
			continue;
		report_label(out, "cause");
		strbuf_printf(out, "%s: ", loss_kinds[cause].name);
		losses_text(out, &report->losses, cause, report->since == SINCE_START ? " since the start" : "");
		strbuf_putc(out, '\n');
	}
}

static struct report_value get_refused(const struct ct_report *report)
{
	return number_if(counters_know(&report->now->counters, COUNTER_DROP), losses_refused(&report->losses));
}

static struct report_value get_collided(const struct ct_report *report)
{
	return number_if(counters_know(&report->now->counters, COUNTER_DROP), losses_collided(&report->losses));
}

static struct report_value get_source(const struct ct_report *report)
{
	static const char *const names[] = { "sysctl", "netlink", "proc" };

	return text_of(names[report->now->source]);
}

static void source_line(struct strbuf *out, const struct ct_report *report)
{
	const struct snapshot *now = report->now;

	report_label(out, "source");
	strbuf_puts(out, now->source == SOURCE_NETLINK ? "netlink"
			 : now->source == SOURCE_PROC  ? "/proc/net/stat"
						       : "sysctl only: no counters");
	if (now->source != SOURCE_NETLINK && now->netlink_error != 0)
		strbuf_printf(out, " (netlink: %s)",
			      now->netlink_error == -ENOPROTOOPT ? "nf_conntrack_netlink is not loaded"
								 : strerror(-now->netlink_error));
	strbuf_putc(out, '\n');
}

static struct report_value get_since(const struct ct_report *report)
{
	static const char *const names[] = { "start", "state", "interval" };

	return text_of(names[report->since]);
}

static struct report_value get_interval(const struct ct_report *report)
{
	return number_if(report->since != SINCE_START, report->interval);
}

static struct report_value get_change(const struct ct_report *report)
{
	return number_if(true, (uint64_t)report->change);
}

static struct report_value get_reset(const struct ct_report *report)
{
	return number_if(true, report->reset);
}

/* To add a field: a row here, its get function above, its sample in tests/unit/report.c. */
const struct report_field report_fields[] = {
	{
		.name = "time",
		.meaning = "When this was measured.",
		.unit = UNIT_DATE,
		.get = get_time,
		.place = { [IN_TSV] = 1, [IN_PROM] = 8 },
		.metric = "ct_stat_last_run_timestamp_seconds",
		.type = "gauge",
	},
	{
		.name = "host",
		.meaning = "The name of the machine.",
		.unit = UNIT_TEXT,
		.get = get_host,
	},
	{
		.name = "netns",
		.meaning = "The network namespace, as --netns named it.",
		.unit = UNIT_TEXT,
		.get = get_netns,
		.place = { [IN_TSV] = 2 },
	},
	{
		.name = "status",
		.meaning = "The alarm level: OK, WARNING, CRITICAL or UNKNOWN; as a number 0, 1, 2 or 3.",
		.unit = UNIT_TEXT,
		.get = get_status,
		.place = { [IN_TSV] = 3, [IN_PROM] = 7 },
		.metric = "ct_stat_status",
		.type = "gauge",
	},
	{
		.name = "reasons",
		.meaning = "Why the status is not OK, and what was lost without an alarm; empty without either.",
		.unit = UNIT_TEXT,
		.get = get_reasons,
		.place = { [IN_TSV] = 11 },
	},
	{
		.name = "active",
		.meaning = "Whether connection tracking is active.",
		.unit = UNIT_FLAG,
		.get = get_active,
	},
	{
		.name = "count",
		.meaning = "Entries in the table.",
		.unit = UNIT_ENTRIES,
		.get = get_count,
		.place = { [IN_TSV] = 4, [IN_PROM] = 1 },
		.metric = "ct_stat_entries",
		.type = "gauge",
	},
	{
		.name = "max",
		.meaning = "The most entries that the table may have, nf_conntrack_max; 0 means no limit.",
		.unit = UNIT_ENTRIES,
		.get = get_max,
		.place = { [IN_TSV] = 5, [IN_PROM] = 2 },
		.metric = "ct_stat_entries_limit",
		.type = "gauge",
	},
	{
		.name = "percent",
		.meaning = "How full the table is: count as a share of max.",
		.unit = UNIT_PERCENT,
		.get = get_percent,
		.place = { [IN_TSV] = 6 },
	},
	{
		.name = "assured",
		.meaning = "Entries that the kernel may not evict; known only with --assured or a limit for them.",
		.unit = UNIT_ENTRIES,
		.get = get_assured,
		.place = { [IN_TEXT] = 1, [IN_TSV] = 7, [IN_PROM] = 5 },
		.line = assured_line,
		.metric = "ct_stat_assured_entries",
		.type = "gauge",
	},
	{
		.name = "assured_percent",
		.meaning = "assured as a share of max.",
		.unit = UNIT_PERCENT,
		.get = get_assured_percent,
	},
	{
		.name = "buckets",
		.meaning = "Hash buckets of the table, which all namespaces share.",
		.unit = UNIT_BUCKETS,
		.get = get_buckets,
		.place = { [IN_TEXT] = 2, [IN_TSV] = 8, [IN_PROM] = 3 },
		.line = buckets_line,
		.metric = "ct_stat_buckets",
		.type = "gauge",
	},
	{
		.name = "entries_per_bucket",
		.meaning = "count divided by buckets.",
		.unit = UNIT_PER_BUCKET,
		.get = get_per_bucket,
	},
	{
		.name = "memory_bytes",
		.meaning = "Memory that entries and buckets take, without extensions.",
		.unit = UNIT_BYTES,
		.get = get_memory,
		.place = { [IN_TEXT] = 3, [IN_PROM] = 4 },
		.line = memory_line,
		.metric = "ct_stat_memory_bytes",
		.type = "gauge",
	},
	{
		.name = "memory_full_bytes",
		.meaning = "Memory that the entries and buckets of a full table take.",
		.unit = UNIT_BYTES,
		.get = get_memory_full,
	},
	{
		.name = "full_in_seconds",
		.meaning = "Time until the table is full at the present rate.",
		.unit = UNIT_SECONDS,
		.get = get_full_in,
		.place = { [IN_TEXT] = 6, [IN_TSV] = 9, [IN_PROM] = 6 },
		.line = full_in_line,
		.metric = "ct_stat_full_in_seconds",
		.type = "gauge",
	},
	{
		.name = "source",
		.meaning = "Where the counters come from: netlink, proc, or sysctl if there are none.",
		.unit = UNIT_TEXT,
		.get = get_source,
		.place = { [IN_TEXT] = 7 },
		.line = source_line,
	},
	{
		.name = "since",
		.meaning = "Where the measurement of growth begins: start, state (the last run) or interval (--interval).",
		.unit = UNIT_TEXT,
		.get = get_since,
	},
	{
		.name = "interval",
		.meaning = "The time over which growth is measured; unknown if since is start.",
		.unit = UNIT_SECONDS,
		.get = get_interval,
	},
	{
		.name = "change",
		.meaning = "Growth of the number of entries.",
		.unit = UNIT_CHANGE,
		.get = get_change,
	},
	{
		.name = "reset",
		.meaning = "Whether a counter restarted within this time.",
		.unit = UNIT_FLAG,
		.get = get_reset,
	},
	{
		.name = "counters",
		.meaning = "The kernel's counters since the start.",
		.unit = UNIT_COUNTERS,
		.place = { [IN_TEXT] = 4, [IN_TSV] = 10, [IN_PROM] = 9 },
	},
	{
		.name = "growth",
		.meaning = "How much each counter grew.",
		.unit = UNIT_GROWTH,
	},
	{
		.name = "cpus",
		.meaning = "The counters of lost entries and packets, for each processor.",
		.unit = UNIT_CPU_COUNTERS,
	},
	{
		.name = "cause",
		.meaning = "The gravest cause of what was lost: none, clash, collision, chain, nat, eviction, reopen, memory or full; as a number 0 to 8.",
		.unit = UNIT_TEXT,
		.get = get_cause,
		.place = { [IN_TEXT] = 5, [IN_TSV] = 12, [IN_PROM] = 10 },
		.line = cause_line,
		.metric = "ct_stat_cause",
		.type = "gauge",
	},
	{
		.name = "refused",
		.meaning = "Packets of new connections that were refused: the table was full, or there was no memory.",
		.unit = UNIT_PACKETS,
		.get = get_refused,
		.place = { [IN_TSV] = 13, [IN_PROM] = 11 },
		.metric = "ct_stat_refused_packets",
		.type = "gauge",
	},
	{
		.name = "collided",
		.meaning = "Packets dropped because another entry had their addresses and ports: a clash, or NAT without a free port.",
		.unit = UNIT_PACKETS,
		.get = get_collided,
		.place = { [IN_TSV] = 14, [IN_PROM] = 12 },
		.metric = "ct_stat_collided_packets",
		.type = "gauge",
	},
};

const size_t report_field_count = ARRAY_LEN(report_fields);

struct report_value report_value(const struct report_field *field, const struct ct_report *report)
{
	return field->get != NULL ? field->get(report) : (struct report_value){ 0 };
}

const struct report_field *report_field_at(enum report_format format, unsigned place)
{
	for (size_t i = 0; i < ARRAY_LEN(report_fields); i++)
		if (report_fields[i].place[format] == place)
			return &report_fields[i];
	return NULL;
}
