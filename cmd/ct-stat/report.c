/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report: a look at each namespace, compared with what was remembered, judged and printed. */
#include "run.h"
#include "base/atomic.h"
#include "base/vec.h"
#include "conntrack/ctnl.h"
#include "conntrack/format.h"
#include "conntrack/history.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define NETNS_DIR "/run/netns"
#define SELF	  "self" /* what --netns all calls the namespace that we came from */

/* One namespace. The report points into it, so it stays where it was made. */
struct look {
	struct snapshot now;
	struct history before;
	struct ct_report report;
	char *name;	  /* owned; NULL: where we are */
	char *state_path; /* owned; NULL: none is kept */
};

typedef VEC(struct look *) look_list;

static void look_free(struct look *look)
{
	if (look == NULL)
		return;
	snapshot_free(&look->now);
	history_free(&look->before);
	report_free(&look->report);
	free(look->name);
	free(look->state_path);
	free(look);
}

/* Each namespace remembers apart. A plain report reads what alarms remembered, and leaves it alone. */
static bool set_state_path(struct look *look, const struct ct_stat_options *options)
{
	const char *path = options->state;

	if (path == NULL && strcmp(options->proc, "/proc") == 0)
		path = STATE_PATH;
	if (path == NULL || options->interval > 0)
		return true;
	if (asprintf(&look->state_path, "%s%s%s", path, look->name != NULL ? "." : "",
		     look->name != NULL ? look->name : "") < 0)
		look->state_path = NULL;
	return look->state_path != NULL;
}

static bool keeps_state(const struct ct_stat_options *options)
{
	return options->interval == 0 &&
	       (options->limits.active || options->state != NULL || options->syslog >= 0);
}

/* Measures, waits, and measures again. */
static void look_twice(struct look *look, const struct ct_stat_options *options)
{
	struct timespec pause = { .tv_sec = (time_t)options->interval };

	snapshot_take(&look->before.then, options->proc);
	while (nanosleep(&pause, &pause) != 0 && errno == EINTR)
		;
	snapshot_take(&look->now, options->proc);
	report_compare(&look->report, &look->now, &look->before.then, SINCE_INTERVAL);
}

/*
 * Without a usable memory everything since the start counts as new: after a reboot that is right, else it is
 * one alarm too many and never one too few.
 */
static void look_back(struct look *look, const struct ct_stat_options *options)
{
	const char *mismatch = NULL;
	int err = -ENOENT;

	snapshot_take(&look->now, options->proc);
	if (look->state_path != NULL)
		err = history_read(&look->before, look->state_path);
	if (err == 0)
		mismatch = history_mismatch(&look->before, &look->now);
	report_compare(&look->report, &look->now, err == 0 && mismatch == NULL ? &look->before.then : NULL,
		       SINCE_STATE);
	if (mismatch != NULL)
		look->before.level = ALARM_OK;
	if (options->state != NULL && err != 0 && err != -ENOENT)
		report_reason(&look->report, ALARM_UNKNOWN, "%s: %s", look->state_path,
			      err == -EBADMSG ? "damaged, begun anew" : strerror(-err));
}

static bool count_one(void *ctx, const struct ct_flow *flow)
{
	(void)flow;
	++*(uint64_t *)ctx;
	return true;
}

static void count_assured(struct look *look)
{
	struct ct_filter filter = { .status = IPS_ASSURED, .status_mask = IPS_ASSURED };
	struct ctnl_dump dump = { .filter = &filter, .each = count_one, .ctx = &look->report.assured };
	int err = look->now.source == SOURCE_NETLINK ? 0 : look->now.netlink_error;
	struct ctnl nl;

	if (err == 0)
		err = ctnl_open(&nl);
	if (err == 0) {
		err = ctnl_dump(&nl, &dump);
		ctnl_close(&nl);
	}
	look->report.has_assured = err == 0;
	if (err != 0)
		report_reason(&look->report, ALARM_UNKNOWN, "assured entries: %s", strerror(-err));
}

/* The reasons that only mean "this user or system keeps no state here", when nobody named a file. */
static bool is_harmless(int err, const struct ct_stat_options *options)
{
	return options->state == NULL && (err == -EACCES || err == -EPERM || err == -EROFS || err == -ENOENT);
}

static void make_state_directory(const struct ct_stat_options *options)
{
	char dir[] = STATE_PATH;

	*strrchr(dir, '/') = '\0';
	if (options->state == NULL)
		(void)mkdir(dir, 0755); /* a failure shows when the file is written */
}

static bool worth_logging(const struct look *look, const struct ct_stat_options *options)
{
	uint64_t since = look->now.boottime - look->before.logged;
	bool changed = look->report.level != (enum alarm_level)look->before.level;

	return changed || (look->report.level != ALARM_OK && options->repeat > 0 && since >= options->repeat);
}

static void log_change(struct look *look, const struct ct_stat_options *options)
{
	struct strbuf line = STRBUF_INIT;

	if (options->syslog < 0 || !worth_logging(look, options))
		return;
	format_text(&line, &look->report);
	openlog("ct-stat", LOG_PID, options->syslog & LOG_FACMASK);
	syslog(options->syslog, "%.*s", (int)strcspn(strbuf_text(&line), "\n"), strbuf_text(&line));
	closelog();
	look->before.logged = look->now.boottime;
	strbuf_free(&line);
}

static void save(struct look *look, const struct ct_stat_options *options)
{
	struct history state = { .then = look->now,
			       .level = (int)look->report.level,
			       .logged = look->before.logged };
	int err;

	if (!keeps_state(options) || look->state_path == NULL || look->now.absent)
		return;
	make_state_directory(options);
	err = history_write(&state, look->state_path);
	if (err != 0 && !is_harmless(err, options))
		report_reason(&look->report, ALARM_UNKNOWN, "%s: not saved: %s", look->state_path,
			      strerror(-err));
}

static void take_look(struct look *look, const struct ct_stat_options *options)
{
	look->report.netns = look->name;
	if (options->interval > 0)
		look_twice(look, options);
	else
		look_back(look, options);
	if (look->now.absent) {
		if (!options->absent_ok)
			report_reason(&look->report, ALARM_UNKNOWN, "not active");
		look->report.judged = options->limits.active;
		return;
	}
	if (options->assured)
		count_assured(look);
	report_judge(&look->report, &options->limits);
	log_change(look, options);
	save(look, options);
}

static bool look_add(struct cli *cli, look_list *looks, const struct ct_stat_options *options, const char *name)
{
	struct look *look = calloc(1, sizeof(*look));

	if (look == NULL || (name != NULL && (look->name = strdup(name)) == NULL) ||
	    !set_state_path(look, options) || !vec_push(looks, look)) {
		diag_memory(&cli->log);
		look_free(look);
		return false;
	}
	take_look(look, options);
	return true;
}

bool enter_netns(struct cli *cli, const char *name)
{
	char path[512];
	int fd, err = 0;

	if (strchr(name, '/') != NULL ||
	    (size_t)snprintf(path, sizeof(path), NETNS_DIR "/%s", name) >= sizeof(path)) {
		diag_system(&cli->log, EINVAL, "netns %s", name);
		return false;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && name[strspn(name, "0123456789")] == '\0') {
		snprintf(path, sizeof(path), "/proc/%.20s/ns/net", name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (fd < 0 || setns(fd, CLONE_NEWNET) != 0)
		err = errno;
	if (fd >= 0)
		close(fd);
	if (err != 0)
		diag_system(&cli->log, err, "netns %s", name);
	return err == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Where we are, then every named one. One that cannot be entered is reported and the others are still looked
 * at. */
static bool look_at_all(struct cli *cli, look_list *looks, const struct ct_stat_options *options)
{
	struct dirent **names = NULL;
	int count = scandir(NETNS_DIR, &names, no_dots, by_name);
	bool good = look_add(cli, looks, options, SELF);

	for (int i = 0; i < count; i++) {
		if (!enter_netns(cli, names[i]->d_name) || !look_add(cli, looks, options, names[i]->d_name))
			good = false;
		free(names[i]);
	}
	free(names);
	return good;
}

static bool look_at(struct cli *cli, look_list *looks, const struct ct_stat_options *options)
{
	if (options->netns != NULL && strcmp(options->netns, "all") == 0)
		return look_at_all(cli, looks, options);
	if (options->netns != NULL && !enter_netns(cli, options->netns))
		return false;
	return look_add(cli, looks, options, options->netns);
}

static void format_all(struct strbuf *out, const look_list *looks, const struct ct_stat_options *options)
{
	const struct ct_report **reports = calloc(looks->len + 1, sizeof(*reports));
	bool names = options->format == FORMAT_TSV && !options->no_header;

	out->failed = out->failed || reports == NULL;
	for (size_t i = 0; reports != NULL && i < looks->len; i++) {
		const struct ct_report *report = &looks->item[i]->report;

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
			format_plugin(out, report, &options->limits);
		else if (options->format == FORMAT_JSON)
			format_json(out, report);
	}
	if (reports != NULL && options->format == FORMAT_PROM)
		format_prom(out, reports, looks->len);
	free(reports);
}

/* Prometheus reads the file as another user, whenever it likes. */
static bool print(struct cli *cli, const look_list *looks, const struct ct_stat_options *options)
{
	struct strbuf out = STRBUF_INIT;
	bool good = true;
	int err;

	format_all(&out, looks, options);
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

int run_report(struct cli *cli, const struct ct_stat_options *options)
{
	look_list looks = { 0 };
	enum alarm_level worst = ALARM_OK;
	bool good = look_at(cli, &looks, options);

	for (size_t i = 0; i < looks.len; i++)
		worst = alarm_worse(worst, looks.item[i]->report.level);
	if (!print(cli, &looks, options) || !good)
		worst = alarm_worse(worst, ALARM_UNKNOWN);
	for (size_t i = 0; i < looks.len; i++)
		look_free(looks.item[i]);
	vec_free(&looks);
	return (int)worst;
}
