/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/measure.h"
#include "conntrack/ctnl.h"

#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/*
 * Each namespace has a file of its own. A plain report reads the file that alarms wrote, and does not change
 * it.
 */
static bool set_history_path(struct measurement *m, const struct measure_request *request)
{
	const char *path = request->history;

	if (path == NULL && strcmp(request->proc, "/proc") == 0)
		path = HISTORY_PATH;
	if (path == NULL || request->interval > 0)
		return true;
	if (asprintf(&m->history_path, "%s%s%s", path, m->name != NULL ? "." : "",
		     m->name != NULL ? m->name : "") < 0)
		m->history_path = NULL;
	return m->history_path != NULL;
}

struct measurement *measurement_new(const struct measure_request *request, const char *name)
{
	struct measurement *m = calloc(1, sizeof(*m));

	if (m != NULL &&
	    ((name != NULL && (m->name = strdup(name)) == NULL) || !set_history_path(m, request))) {
		measurement_free(m);
		return NULL;
	}
	return m;
}

void measurement_free(struct measurement *measurement)
{
	if (measurement == NULL)
		return;
	snapshot_free(&measurement->now);
	history_free(&measurement->before);
	report_free(&measurement->report);
	free(measurement->name);
	free(measurement->history_path);
	free(measurement);
}

static void compare_with_interval(struct measurement *m, const struct measure_request *request)
{
	struct timespec pause = { .tv_sec = (time_t)request->interval };

	snapshot_take(&m->before.then, request->proc);
	while (nanosleep(&pause, &pause) != 0 && errno == EINTR)
		;
	snapshot_take(&m->now, request->proc);
	report_compare(&m->report, &m->now, &m->before.then, SINCE_INTERVAL);
}

/*
 * Without a usable history, everything since the start counts as growth. After a reboot that is right;
 * otherwise it can raise one alarm too many, and never hides one.
 */
static void compare_with_history(struct measurement *m, const struct measure_request *request)
{
	const char *mismatch = NULL;
	int err = -ENOENT;

	snapshot_take(&m->now, request->proc);
	if (m->history_path != NULL)
		err = history_read(&m->before, m->history_path);
	if (err == 0)
		mismatch = history_mismatch(&m->before, &m->now);
	report_compare(&m->report, &m->now, err == 0 && mismatch == NULL ? &m->before.then : NULL,
		       SINCE_STATE);
	if (mismatch != NULL)
		m->before.level = ALARM_OK;
	m->foreign = history_is_foreign(err);
	if (m->foreign || (request->history != NULL && err != 0 && err != -ENOENT))
		report_reason(&m->report, ALARM_UNKNOWN, "%s: %s", m->history_path, history_error(err));
}

static bool count_one(void *ctx, const struct ct_flow *flow)
{
	(void)flow;
	++*(uint64_t *)ctx;
	return true;
}

static void count_assured(struct measurement *m)
{
	struct ct_filter filter = { .status_set = IPS_ASSURED };
	struct ctnl_dump dump = { .filter = &filter, .each = count_one, .ctx = &m->report.assured };
	int err = m->now.source == SOURCE_NETLINK ? 0 : m->now.netlink_error;
	struct ctnl nl;

	if (err == 0 && m->now.source != SOURCE_NETLINK) /* the files of another system, which do not have them */
		err = -EOPNOTSUPP;

	if (err == 0)
		err = ctnl_open(&nl);
	if (err == 0) {
		err = ctnl_dump(&nl, &dump);
		ctnl_close(&nl);
	}
	m->report.has_assured = err == 0;
	if (err != 0)
		report_reason(&m->report, ALARM_UNKNOWN, "assured entries: %s", strerror(-err));
}

void measurement_take(struct measurement *measurement, const struct measure_request *request)
{
	struct ct_report *report = &measurement->report;

	report->netns = measurement->name;
	if (request->interval > 0)
		compare_with_interval(measurement, request);
	else
		compare_with_history(measurement, request);
	if (measurement->now.absent) {
		if (!request->absent_ok)
			report_reason(report, ALARM_UNKNOWN, "not active");
		report->judged = request->limits.active;
		return;
	}
	if (request->assured)
		count_assured(measurement);
	report_judge(report, &request->limits);
}

bool measurement_is_news(const struct measurement *measurement, uint64_t repeat)
{
	enum alarm_level level = measurement->report.level;
	const struct history *before = &measurement->before;
	bool changed = level != (enum alarm_level)before->level;
	uint64_t since = measurement->now.boottime - before->logged;

	if (measurement->now.absent)
		return false;
	return changed || (level != ALARM_OK && repeat > 0 && since >= repeat);
}

void measurement_logged(struct measurement *measurement)
{
	measurement->before.logged = measurement->now.boottime;
}

static bool writes_history(const struct measurement *m, const struct measure_request *request)
{
	return request->interval == 0 && m->history_path != NULL && !m->foreign && !m->now.absent &&
	       (request->limits.active || request->history != NULL || request->remembers);
}

static void make_history_directory(const struct measure_request *request)
{
	char dir[] = HISTORY_PATH;

	*strrchr(dir, '/') = '\0';
	if (request->history == NULL)
		(void)mkdir(dir, 0755); /* a failure shows when the file is written */
}

static bool is_harmless(int err, const struct measure_request *request)
{
	return request->history == NULL &&
	       (err == -EACCES || err == -EPERM || err == -EROFS || err == -ENOENT);
}

void measurement_remember(struct measurement *measurement, const struct measure_request *request)
{
	struct history history = { .then = measurement->now,
				   .level = (int)measurement->report.level,
				   .logged = measurement->before.logged };
	int err;

	if (!writes_history(measurement, request))
		return;
	make_history_directory(request);
	err = history_write(&history, measurement->history_path);
	if (err != 0 && !is_harmless(err, request))
		report_reason(&measurement->report, ALARM_UNKNOWN, "%s: not saved: %s",
			      measurement->history_path, strerror(-err));
}
