/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The report: measure each namespace, log what is news, print. */
#include "run.h"
#include "access.h"
#include "base/atomic.h"
#include "base/file.h"
#include "base/vec.h"
#include "conntrack/format.h"
#include "conntrack/measure.h"
#include "conntrack/namespace.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

/* What --netns all calls the namespace that ct-stat was started in; the second where another has that name. */
#define SELF	   "self"
#define OTHER_SELF ".self" /* names that begin with a point are not listed */

#define MESSAGES_MAX ((size_t)1 << 20)

typedef VEC(struct measurement *) measurement_list;

static void log_report(const struct ct_report *report, int priority)
{
	struct strbuf line = STRBUF_INIT;

	format_text(&line, report);
	openlog("ct-stat", LOG_PID, priority & LOG_FACMASK);
	syslog(priority, "%.*s", (int)strcspn(strbuf_text(&line), "\n"), strbuf_text(&line));
	closelog();
	strbuf_free(&line);
}

static bool measure(struct cli *cli, measurement_list *list, const struct ct_stat_options *options,
		    const char *name)
{
	struct measurement *measurement = measurement_new(&options->request, name);

	if (measurement == NULL || !vec_push(list, measurement)) {
		diag_memory(&cli->log);
		measurement_free(measurement);
		return false;
	}
	measurement_take(measurement, &options->request);
	if (options->syslog >= 0 && measurement_is_news(measurement, options->repeat)) {
		log_report(&measurement->report, options->syslog);
		measurement_logged(measurement);
	}
	measurement_remember(measurement, &options->request);
	return true;
}

/*
 * This namespace, then each named one. One that cannot be entered is reported, and the others are still
 * measured.
 */
static bool measure_all(struct cli *cli, measurement_list *list, const struct ct_stat_options *options)
{
	namespace_list names = { 0 };
	const char *self = SELF;
	bool good = namespace_names(&names) == 0;

	if (!good)
		diag_memory(&cli->log);
	for (size_t i = 0; i < names.len; i++)
		if (strcmp(names.item[i], SELF) == 0)
			self = OTHER_SELF;
	if (!measure(cli, list, options, self))
		good = false;
	for (size_t i = 0; i < names.len; i++)
		if (!enter_netns(cli, names.item[i]) || !measure(cli, list, options, names.item[i]))
			good = false;
	namespace_list_free(&names);
	return good;
}

static bool measure_asked(struct cli *cli, measurement_list *list, const struct ct_stat_options *options)
{
	if (options->netns != NULL && strcmp(options->netns, "all") == 0)
		return measure_all(cli, list, options);
	return enter_netns(cli, options->netns) && measure(cli, list, options, options->netns);
}

static bool is_worse(const struct ct_report *report, const struct ct_report *than)
{
	return report->level != than->level && alarm_worse(report->level, than->level) == report->level;
}

/* The reports to print. With --plugin the worst comes first: that is what monitoring shows. */
static size_t choose(const measurement_list *list, const struct ct_stat_options *options,
		     const struct ct_report **reports)
{
	size_t count = 0;

	for (size_t i = 0; i < list->len; i++) {
		const struct ct_report *report = &list->item[i]->report;
		size_t at = count;

		if (options->quiet && report->level == ALARM_OK && options->format != FORMAT_PROM)
			continue;
		while (options->format == FORMAT_PLUGIN && at > 0 && is_worse(report, reports[at - 1])) {
			reports[at] = reports[at - 1];
			at--;
		}
		reports[at] = report;
		count++;
	}
	return count;
}

static void format_each(struct strbuf *out, const struct ct_report *report, enum format format)
{
	if (format == FORMAT_TSV)
		format_tsv(out, report);
	else if (format == FORMAT_TEXT)
		format_text(out, report);
	else if (format == FORMAT_JSON)
		format_json(out, report);
}

static void format_all(struct strbuf *out, const measurement_list *list, const struct ct_stat_options *options,
		       const char *errors)
{
	const struct ct_report **reports = calloc(list->len + 1, sizeof(*reports));
	size_t count;

	if (reports == NULL) {
		out->failed = true;
		return;
	}
	count = choose(list, options, reports);
	if (options->format == FORMAT_TSV && !options->no_header && count > 0)
		format_tsv_names(out);
	if (options->format == FORMAT_PROM)
		format_prom(out, reports, count);
	else if (options->format == FORMAT_PLUGIN)
		format_plugin(out, reports, count, errors, &options->request.limits);
	for (size_t i = 0; i < count; i++)
		format_each(out, reports[i], options->format);
	free(reports);
}

/* Prometheus reads the file as another user, at any moment: so it is replaced as a whole, and readable. */
static bool print(struct cli *cli, const measurement_list *list, const struct ct_stat_options *options,
		  const char *errors)
{
	struct strbuf out = STRBUF_INIT;
	bool good = true;
	int err;

	format_all(&out, list, options, errors);
	if (out.failed) {
		diag_memory(&cli->log);
		good = false;
	} else if (options->prom_file != NULL) {
		err = atomic_put(options->prom_file, 0644, strbuf_text(&out), out.len);
		if (err != 0)
			diag_system(&cli->log, err, "%s", options->prom_file);
		good = err == 0;
	} else {
		good = write_out(cli, &out);
	}
	strbuf_free(&out);
	return good;
}

/*
 * Monitoring systems read standard output only, and show its first line: so messages wait in a file until that line
 * is written. The descriptor of the file; -1: they are printed at once.
 */
static int hold_messages(const struct ct_stat_options *options)
{
	int fd = -1;

	if (options->format != FORMAT_PLUGIN)
		return -1;
	fd = file_in_memory("messages");
	(void)dup2(fd >= 0 ? fd : STDOUT_FILENO, STDERR_FILENO);
	return fd >= 0 ? fd : -1;
}

/* Reads the messages that waited. Later ones go to standard output. */
static void take_messages(int fd, struct strbuf *messages)
{
	if (fd < 0)
		return;
	(void)dup2(STDOUT_FILENO, STDERR_FILENO);
	if (lseek(fd, 0, SEEK_SET) == 0)
		(void)!file_read(fd, messages, MESSAGES_MAX); /* as many as can be read */
	close(fd);
}

int run_report(struct cli *cli, struct ct_stat_options *options)
{
	measurement_list list = { 0 };
	struct strbuf messages = STRBUF_INIT;
	enum alarm_level worst = ALARM_OK;
	bool good;
	int held;

	held = hold_messages(options);
	good = measure_asked(cli, &list, options);
	take_messages(held, &messages);
	for (size_t i = 0; i < list.len; i++)
		worst = alarm_worse(worst, list.item[i]->report.level);
	if (!print(cli, &list, options, strbuf_text(&messages)) || !good)
		worst = alarm_worse(worst, ALARM_UNKNOWN);
	for (size_t i = 0; i < list.len; i++)
		measurement_free(list.item[i]);
	vec_free(&list);
	strbuf_free(&messages);
	return (int)worst;
}
