/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/report.h"
#include "conntrack/text.h"

#include <inttypes.h>

#define FORECAST_FROM	60  /* seconds: a shorter interval shows no trend */
#define FORECAST_GROWTH 100 /* growth of less than max / 100 shows none either */

static void forecast(struct ct_report *report, const struct snapshot *now)
{
	uint64_t left, growth;

	if (report->interval < FORECAST_FROM || report->change <= 0 || !now->has_max || now->max == 0)
		return;
	growth = (uint64_t)report->change;
	if (growth < now->max / FORECAST_GROWTH)
		return;
	left = now->count < now->max ? now->max - now->count : 0;
	report->full_in = left * report->interval / growth;
	report->has_full_in = true;
}

void report_compare(struct ct_report *report, const struct snapshot *now, const struct snapshot *then,
		    enum since since)
{
	static const struct ct_counters none;

	report->now = now;
	report->since = then != NULL ? since : SINCE_START;
	for (unsigned i = 0; i < COUNTER_COUNT; i++)
		report->growth[i] =
			then != NULL ? counters_growth(&then->counters, &now->counters, i, &report->reset)
				     : counters_growth(&none, &now->counters, i, &report->reset);
	losses_find(&report->losses, now, then);
	if (then == NULL)
		return;
	report->interval = now->boottime - then->boottime;
	report->change = (int64_t)now->count - (int64_t)then->count;
	if (then->max == now->max)
		forecast(report, now);
}

void report_reason(struct ct_report *report, enum alarm_level level, const char *format, ...)
{
	va_list args;

	strbuf_puts(&report->reasons, report->reasons.len > 0 ? "; " : "");
	va_start(args, format);
	strbuf_vprintf(&report->reasons, format, args);
	va_end(args);
	report->level = alarm_worse(report->level, level);
}

static bool wants_max(const struct limits *limits)
{
	return limits->warn.kind == THRESHOLD_PERCENT || limits->crit.kind == THRESHOLD_PERCENT ||
	       limits->warn_assured.kind == THRESHOLD_PERCENT || limits->crit_assured.kind == THRESHOLD_PERCENT;
}

static void judge_fill(struct ct_report *report, const struct limits *limits)
{
	const struct snapshot *now = report->now;

	if (!now->has_count)
		report_reason(report, ALARM_UNKNOWN, "the number of entries is not known");
	else if (threshold_reached(&limits->crit, now, now->count))
		report_reason(report, ALARM_CRITICAL, "the table is too full");
	else if (threshold_reached(&limits->warn, now, now->count))
		report_reason(report, ALARM_WARNING, "the table is filling up");
	if (wants_max(limits) && !now->has_max)
		report_reason(report, ALARM_UNKNOWN, "nf_conntrack_max is not known");
	if (threshold_is_above(&limits->warn, &limits->crit, now->has_max ? now->max : 0))
		report_reason(report, ALARM_UNKNOWN, "the limit of -w is above that of -c");
}

/*
 * The kernel can evict any other entry for a new connection. So these decide when the table is really full. Why they are
 * not known was said when they were counted.
 */
static void judge_assured(struct ct_report *report, const struct limits *limits)
{
	const struct snapshot *now = report->now;

	if (report->has_assured && threshold_reached(&limits->crit_assured, now, report->assured))
		report_reason(report, ALARM_CRITICAL, "too many assured entries");
	else if (report->has_assured && threshold_reached(&limits->warn_assured, now, report->assured))
		report_reason(report, ALARM_WARNING, "many assured entries");
	if (threshold_is_above(&limits->warn_assured, &limits->crit_assured, now->has_max ? now->max : 0))
		report_reason(report, ALARM_UNKNOWN, "the limit of --warn-assured is above that of --crit-assured");
}

/* Adds what was lost for this cause as a reason, with the level that it deserves. */
static void give_loss(struct ct_report *report, enum loss_cause cause, enum alarm_level level)
{
	struct strbuf text = STRBUF_INIT;

	if (report->losses.count[cause] == 0)
		return;
	losses_text(&text, &report->losses, cause, report->since == SINCE_START ? " since the start" : "");
	report_reason(report, level, "%s", strbuf_text(&text));
	strbuf_free(&text);
}

static bool is_reached(struct ct_report *report, enum counter_id id, uint64_t limit, uint64_t lost)
{
	if (limit > 0 && !counters_know(&report->now->counters, id))
		report_reason(report, ALARM_UNKNOWN, "%s is not known", counter_kinds[id].name);
	return limit > 0 && lost >= limit;
}

/*
 * A packet that is lost to a clash is sent again, and finds the entry of the one that won: that is told, but
 * wakes nobody. Where NAT is out of ports, new connections fail until somebody changes it.
 */
static void judge_losses(struct ct_report *report, const struct limits *limits)
{
	const struct ct_losses *losses = &report->losses;
	uint64_t failed = report->growth[COUNTER_INSERT_FAILED];
	bool reached;

	if (is_reached(report, COUNTER_DROP, limits->crit_drop, losses_refused(losses))) {
		give_loss(report, LOSS_FULL, ALARM_CRITICAL);
		give_loss(report, LOSS_MEMORY, ALARM_CRITICAL);
	}
	if (limits->crit_drop > 0 && losses->count[LOSS_REOPEN] >= limits->crit_drop)
		give_loss(report, LOSS_REOPEN, ALARM_WARNING);
	if (is_reached(report, COUNTER_EARLY_DROP, limits->warn_early_drop, losses->count[LOSS_EVICTION]))
		give_loss(report, LOSS_EVICTION, ALARM_WARNING);
	reached = is_reached(report, COUNTER_INSERT_FAILED, limits->warn_insert_failed, failed);
	give_loss(report, LOSS_NAT,
		  limits->warn_nat > 0 && losses->count[LOSS_NAT] >= limits->warn_nat ? ALARM_WARNING : ALARM_OK);
	give_loss(report, LOSS_CHAIN, ALARM_OK);
	give_loss(report, LOSS_COLLISION, ALARM_OK);
	give_loss(report, LOSS_CLASH, ALARM_OK);
	if (reached)
		report_reason(report, ALARM_WARNING, "insert_failed +%" PRIu64 "%s", failed,
			      report->since == SINCE_START ? " since the start" : "");
}

void report_judge(struct ct_report *report, const struct limits *limits)
{
	report->judged = limits->active;
	if (!limits->active) {
		if (!report->now->has_count)
			report_reason(report, ALARM_UNKNOWN, "the number of entries is not known");
		return;
	}
	judge_fill(report, limits);
	judge_assured(report, limits);
	judge_losses(report, limits);
	if (limits->full_in > 0 && report->has_full_in && report->full_in < limits->full_in) {
		report_reason(report, ALARM_WARNING, "full in ");
		text_duration(&report->reasons, report->full_in);
	}
}

void report_free(struct ct_report *report)
{
	strbuf_free(&report->reasons);
}
