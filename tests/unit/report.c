/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The fields of ct-stat's report: each row of the table, in each format, on one made-up report. */
#include "tap.h"
#include "conntrack/field.h"
#include "conntrack/format.h"

#include <string.h>

/*
 * What a row must print. NULL: the field is not in that format. `unknown` is its JSON in a report on a
 * machine where connection tracking is not active. To add a field, add its line here.
 */
static const struct sample {
	const char *name, *json, *unknown, *tsv, *prom, *text;
} samples[] = {
	{ .name = "time", .json = "1700000000", .unknown = "0", .tsv = "1700000000", .prom = "1700000000" },
	{ .name = "host", .json = "\"fw1\"", .unknown = "null" },
	{ .name = "netns", .json = "\"blue\"", .unknown = "null", .tsv = "blue" },
	{ .name = "status", .json = "\"WARNING\"", .unknown = "\"UNKNOWN\"", .tsv = "WARNING", .prom = "1" },
	{ .name = "reasons", .json = "\"the table is filling up\"", .unknown = "\"not active\"", .tsv = "the table is filling up" },
	{ .name = "active", .json = "true", .unknown = "false" },
	{ .name = "count", .json = "800", .unknown = "null", .tsv = "800", .prom = "800" },
	{ .name = "max", .json = "1000", .unknown = "null", .tsv = "1000", .prom = "1000" },
	{ .name = "percent", .json = "80.00", .unknown = "null", .tsv = "80.00" },
	{ .name = "assured", .json = "333", .unknown = "null", .tsv = "333", .prom = "333",
	  .text = "  assured         333 (33.3 %), the rest may be evicted\n" },
	{ .name = "assured_percent", .json = "33.30", .unknown = "null" },
	{ .name = "buckets", .json = "256", .unknown = "null", .tsv = "256", .prom = "256",
	  .text = "  buckets         256, 3.12 entries each, 3.90 when full\n" },
	{ .name = "entries_per_bucket", .json = "3.12", .unknown = "null" },
	{ .name = "memory_bytes", .json = "258048", .unknown = "null", .prom = "258048",
	  .text = "  memory          252 KiB, 314 KiB to 439 KiB when full\n" },
	{ .name = "memory_full_bytes", .json = "322048", .unknown = "null" },
	{ .name = "full_in_seconds", .json = "120", .unknown = "null", .tsv = "120", .prom = "120",
	  .text = "  full in         2 min, at +100 entries in 60 s\n" },
	{ .name = "source", .json = "\"netlink\"", .unknown = "\"sysctl\"", .text = "  source          netlink\n" },
	{ .name = "since", .json = "\"interval\"", .unknown = "\"start\"" },
	{ .name = "interval", .json = "60", .unknown = "null" },
	{ .name = "change", .json = "100", .unknown = "0" },
	{ .name = "reset", .json = "true", .unknown = "false" },
	{ .name = "counters", .json = "{\"drop\":7,\"early_drop\":5}", .unknown = "{}",
	  .tsv = "", .prom = "", .text = "  early_drop      5, +2 in 60 s\n  drop            7, +1 in 60 s\n" },
	{ .name = "growth", .json = "{\"drop\":1,\"early_drop\":2}", .unknown = "{}" },
	{ .name = "cpus", .json = "[{\"cpu\":3,\"early_drop\":5,\"drop\":7}]", .unknown = "[]" },
	{ .name = "cause", .json = "\"full\"", .unknown = "null", .tsv = "full", .prom = "8",
	  .text = "  cause           full: drop +1: the table was full\n"
		  "  cause           eviction: early_drop +2: the table was full, unassured entries were evicted\n"
		  "  cause           nat: insert_failed +4: NAT found no free address and port\n" },
	{ .name = "refused", .json = "1", .unknown = "null", .tsv = "1", .prom = "1" },
	{ .name = "collided", .json = "4", .unknown = "null", .tsv = "4", .prom = "4" },
};

static struct snapshot snapshot = {
	.has_count = true,
	.has_max = true,
	.has_buckets = true,
	.count = 800,
	.max = 1000,
	.buckets = 256,
	.source = SOURCE_NETLINK,
	.object_size = 320,
	.wall = 1700000000,
	.place = { .host = "fw1" },
};

static void make_report(struct ct_report *report)
{
	struct counter_line *line = counters_line(&snapshot.counters, 3);

	*report = (struct ct_report){ .now = &snapshot, .netns = "blue", .since = SINCE_INTERVAL, .interval = 60,
				      .reset = true, .change = 100, .has_full_in = true, .full_in = 120,
				      .has_assured = true, .assured = 333, .judged = true };
	report_reason(report, ALARM_WARNING, "the table is filling up");
	report->growth[COUNTER_EARLY_DROP] = 2;
	report->growth[COUNTER_DROP] = 1;
	report->losses = (struct ct_losses){
		.count = { [LOSS_FULL] = 1, [LOSS_EVICTION] = 2, [LOSS_NAT] = 4 }, .worst = LOSS_FULL
	};
	if (line == NULL)
		exit(1);
	line->value[COUNTER_EARLY_DROP] = 5;
	line->value[COUNTER_DROP] = 7;
	line->known = 1u << COUNTER_EARLY_DROP | 1u << COUNTER_DROP;
}

static const struct sample *sample_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		if (strcmp(samples[i].name, name) == 0)
			return &samples[i];
	return NULL;
}

/* Whether the JSON of a report has this member, and ends there or goes on with the next one. */
static bool has_member(const struct ct_report *report, const char *name, const char *value)
{
	struct strbuf out = STRBUF_INIT, member = STRBUF_INIT;
	const char *at;
	bool good;

	format_json(&out, report);
	strbuf_printf(&member, "\"%s\":%s", name, value);
	at = strstr(strbuf_text(&out), strbuf_text(&member));
	good = at != NULL && strchr(",}", at[member.len]) != NULL;
	strbuf_free(&out);
	strbuf_free(&member);
	return good;
}

/* The text of column n, counted from 0, up to the tab or newline after it. */
static const char *cell(const char *line, size_t n, size_t *len)
{
	for (; n > 0; n--)
		line += strcspn(line, "\t\n") + 1;
	*len = strcspn(line, "\t\n");
	return line;
}

/* Whether the column of that name has this value; value NULL: there is no such column. */
static bool has_column(const struct ct_report *report, const char *name, const char *value)
{
	struct strbuf names = STRBUF_INIT, values = STRBUF_INIT;
	size_t columns = 1, len;
	bool good = value == NULL;

	format_tsv_names(&names);
	format_tsv(&values, report);
	for (const char *c = strbuf_text(&names); *c != '\0'; c++)
		columns += *c == '\t';
	for (size_t i = 0; i < columns; i++) {
		const char *text = cell(strbuf_text(&names), i, &len);

		if (len != strlen(name) || strncmp(text, name, len) != 0)
			continue;
		text = cell(strbuf_text(&values), i, &len);
		good = value != NULL && len == strlen(value) && strncmp(text, value, len) == 0;
	}
	strbuf_free(&names);
	strbuf_free(&values);
	return good;
}

/* Whether Prometheus gets the field's HELP, TYPE and sample; value NULL: the field has no metric. */
static bool has_metric(const struct ct_report *report, const struct report_field *field, const char *value)
{
	struct strbuf out = STRBUF_INIT, want = STRBUF_INIT;
	bool good;

	if (value == NULL)
		return field->metric == NULL && field->place[IN_PROM] == 0;
	if (field->metric == NULL || field->type == NULL)
		return false;
	format_prom(&out, &report, 1);
	strbuf_printf(&want, "# HELP %s %s\n# TYPE %s %s\n%s{netns=\"%s\"} %s\n", field->metric, field->meaning,
		      field->metric, field->type, field->metric, report->netns, value);
	good = strstr(strbuf_text(&out), strbuf_text(&want)) != NULL;
	strbuf_free(&out);
	strbuf_free(&want);
	return good;
}

static bool has_line(const struct ct_report *report, const struct report_field *field, const char *text)
{
	struct strbuf out = STRBUF_INIT;
	bool good;

	if (text == NULL)
		return field->place[IN_TEXT] == 0;
	format_text(&out, report);
	good = strstr(strbuf_text(&out), text) != NULL;
	strbuf_free(&out);
	return good;
}

static void test_row(const struct report_field *field, const struct ct_report *full,
		     const struct ct_report *blank)
{
	const struct sample *sample = sample_of(field->name);
	bool counters = field->unit >= UNIT_COUNTERS;

	printf("# %s\n", field->name);
	CHECK(sample != NULL, "each row has a sample in this file");
	CHECK(field->meaning != NULL && field->meaning[strlen(field->meaning) - 1] == '.',
	      "each row has a sentence that says what it means");
	CHECK(counters || field->get != NULL, "each row says where its value comes from");
	if (sample == NULL)
		return;
	CHECK(has_member(full, field->name, sample->json), "JSON has the value");
	CHECK(has_member(blank, field->name, sample->unknown), "JSON is right where nothing is known");
	CHECK(has_line(full, field, sample->text), "the text report has its line, or none");
	CHECK(counters ? (sample->tsv != NULL) == (field->place[IN_TSV] != 0)
		       : has_column(full, field->name, sample->tsv),
	      "--tsv has its column, or none");
	CHECK(counters ? (sample->prom != NULL) == (field->place[IN_PROM] != 0)
		       : has_metric(full, field, sample->prom),
	      "Prometheus has its metric, or none");
}

static void test_rows(void)
{
	struct snapshot nothing = { .absent = true };
	struct ct_report full, blank = { .now = &nothing };

	make_report(&full);
	report_reason(&blank, ALARM_UNKNOWN, "not active");
	for (size_t i = 0; i < report_field_count; i++)
		test_row(&report_fields[i], &full, &blank);
	report_free(&full);
	report_free(&blank);
}

static void test_counters(void)
{
	static const struct sample sums[] = { { .name = "early_drop", .tsv = "5" },
					      { .name = "drop", .tsv = "7" },
					      { .name = "insert", .tsv = "" } };
	struct strbuf out = STRBUF_INIT;
	struct ct_report full;
	const struct ct_report *const list[] = { &full };

	make_report(&full);
	for (size_t i = 0; i < ARRAY_LEN(sums); i++)
		CHECK(has_column(&full, sums[i].name, sums[i].tsv), "each counter is a column");
	format_prom(&out, list, 1);
	CHECK(strstr(strbuf_text(&out), "# TYPE ct_stat_drop_total counter\nct_stat_drop_total{netns=\"blue\"} 7\n") !=
		      NULL,
	      "a known counter is a metric");
	CHECK(strstr(strbuf_text(&out), "ct_stat_insert_total") == NULL, "an unknown counter is not");
	for (unsigned i = 0; i < COUNTER_COUNT; i++)
		CHECK(counter_kinds[i].name != NULL && counter_kinds[i].column != NULL &&
			      counter_kinds[i].meaning != NULL,
		      "each counter has its names and a meaning");
	strbuf_free(&out);
	report_free(&full);
}

/* Places 1 to the last, each once: a gap would hide every field after it. */
static void test_places(void)
{
	for (int format = 0; format < REPORT_FORMATS; format++) {
		unsigned used = 0, count = 0;

		for (size_t i = 0; i < report_field_count; i++) {
			used |= 1u << report_fields[i].place[format];
			count += report_fields[i].place[format] != 0;
		}
		CHECK((used | 1) == (1u << (count + 1)) - 1, "a format has the places 1 to the number of its fields, each once");
	}
}

int main(void)
{
	test_rows();
	test_counters();
	test_places();
	counters_free(&snapshot.counters);
	return tap_done();
}
