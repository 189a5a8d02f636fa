/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report: measure each namespace, log what is news, print. */
#include "run.h"
#include "access.h"
#include "base/atomic.h"
#include "base/vec.h"
#include "conntrack/format.h"
#include "conntrack/measure.h"
#include "conntrack/namespace.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define SELF "self" /* what --netns all calls the namespace that ct-stat was started in */

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
	bool good = namespace_names(&names) == 0;

	if (!good)
		diag_memory(&cli->log);
	if (!measure(cli, list, options, SELF))
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

static void format_all(struct strbuf *out, const measurement_list *list, const struct ct_stat_options *options)
{
	const struct ct_report **reports = calloc(list->len + 1, sizeof(*reports));
	bool names = options->format == FORMAT_TSV && !options->no_header;

	out->failed = out->failed || reports == NULL;
	for (size_t i = 0; reports != NULL && i < list->len; i++) {
		const struct ct_report *report = &list->item[i]->report;

		reports[i] = report;
		if (options->quiet && report->level == ALARM_OK)
			continue;
		if (names)
			format_tsv_names(out);
		names = false;
		if (options->format == FORMAT_TSV)
			format_tsv(out, report);
		else if (options->format == FORMAT_TEXT)
			format_text(out, report);
		else if (options->format == FORMAT_PLUGIN)
			format_plugin(out, report, &options->request.limits);
		else if (options->format == FORMAT_JSON)
			format_json(out, report);
	}
	if (reports != NULL && options->format == FORMAT_PROM)
		format_prom(out, reports, list->len);
	free(reports);
}

/* Prometheus reads the file as another user, at any moment: so it is replaced as a whole, and readable. */
static bool print(struct cli *cli, const measurement_list *list, const struct ct_stat_options *options)
{
	struct strbuf out = STRBUF_INIT;
	bool good = true;
	int err;

	format_all(&out, list, options);
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

int run_report(struct cli *cli, struct ct_stat_options *options)
{
	measurement_list list = { 0 };
	enum alarm_level worst = ALARM_OK;
	bool good;

	if (options->format == FORMAT_PLUGIN) /* monitoring systems read standard output only */
		(void)dup2(STDOUT_FILENO, STDERR_FILENO);
	good = measure_asked(cli, &list, options);
	for (size_t i = 0; i < list.len; i++)
		worst = alarm_worse(worst, list.item[i]->report.level);
	if (!print(cli, &list, options) || !good)
		worst = alarm_worse(worst, ALARM_UNKNOWN);
	for (size_t i = 0; i < list.len; i++)
		measurement_free(list.item[i]);
	vec_free(&list);
	return (int)worst;
}
