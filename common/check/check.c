/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/check.h"
#include "check/check_meaning.h"
#include "check/checks.h"
#include "check/results.h"
#include "check/suppress.h"
#include "model/ext.h"
#include "model/reader.h"

#include <errno.h>
#include <string.h>

struct family_job {
	const struct stream *stream;
	const struct check_choice *choice;
	const struct check_options *options;
	enum family family;
	bool sound; /* the text as such has no error: only then it is asked what it means */
	struct worker worker;
	bool started;
};

/*
 * What so many rules mean takes longer than reading them, and such a text was made by a program: it is
 * looked at when somebody asks, and it is said that it was not.
 */
#define RULES_UNASKED 20000

static bool too_many_unasked(const struct ruleset *ruleset, const struct check_choice *choice, struct diag_log *log)
{
	struct where at = { .file = ruleset->stream->name };
	size_t rules = ruleset_count(ruleset);

	if (choice->asked || rules <= RULES_UNASKED)
		return false;
	diag_add(log, DIAG_UNDECIDED, &at, NULL,
		 "what more than %d rules mean is looked at only when asked for, with --checks=all", RULES_UNASKED);
	return true;
}

/* What nobody asked for is not looked for. What rules mean is a question only where all of them can be read. */
static void run_checks(const struct ruleset *ruleset, const struct family_job *job, struct exposure *exposure, struct diag_log *log)
{
	const struct check_choice *choice = job->choice;

	checks_on_rules(GROUP_SYNTAX, ruleset, choice, log);
	if (check_wants(choice, GROUP_MEANING) && job->sound && diag_errors(log) == 0 && !too_many_unasked(ruleset, choice, log))
		check_meaning(ruleset, job->options, exposure, log);
	checks_on_rules(GROUP_KERNEL, ruleset, choice, log);
}

/* In the child: one family, from lines to findings. */
static void check_one_family(void *ctx, struct outbox *out)
{
	const struct family_job *job = ctx;
	struct diag_log log = results_log(out);
	struct exposure exposure = { .no_memory = false };
	struct ruleset *ruleset;
	int err = ext_begin(job->family);

	if (err != 0) {
		diag_system(&log, err, "libxtables could not be made ready (XTABLES_LIBDIR says where its extensions are)");
		return;
	}
	ruleset = ruleset_read(job->stream, job->family, &log);
	if (ruleset != NULL)
		run_checks(ruleset, job, &exposure, &log);
	results_send_exposure(out, &exposure, &log);
	ruleset_free(ruleset);
}

static void finish_job(struct family_job *job, struct results *results, struct diag_log *log)
{
	struct inbox in = results_inbox(results);
	int signal, err;

	if (!job->started)
		return;
	results->findings.family = job->family;
	err = worker_finish(&job->worker, &in, &signal);
	if (err == -ECHILD && signal != 0)
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "the reader of IPv%d ended by signal %d (%s)",
			 job->family == FAMILY_IPV6 ? 6 : 4, signal, strsignal(signal));
	else if (err != 0)
		diag_system(log, err, "the findings of IPv%d", job->family == FAMILY_IPV6 ? 6 : 4);
}

static void run_jobs(const struct family_job *both, struct results *results, struct diag_log *log)
{
	const struct stream *stream = both->stream;
	struct family_job jobs[] = { *both, *both };

	jobs[0].family = FAMILY_IPV4;
	jobs[1].family = FAMILY_IPV6;

	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		int err;

		if ((stream->families & jobs[i].family) == 0 || stream->tables.len == 0)
			continue;
		err = worker_start(&jobs[i].worker, check_one_family, &jobs[i]);
		jobs[i].started = err == 0;
		if (err != 0)
			diag_system(log, err, "a process to read the rules");
	}
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
		finish_job(&jobs[i], results, log);
}

/* In the parent: findings that come from the text, not from a child. */
static void keep(void *ctx, const struct diag *diag)
{
	struct results *results = ctx;

	findings_add(&results->findings, diag);
}

/* Between the findings, put in order, and the caller's log. */
struct report_filter {
	const struct check_options *options;
	struct suppressions suppressions;
	struct diag_log *log;
	bool meaning_left; /* errors kept us from asking what the rules mean, or there are too many of them */
};

/* Were findings of this id looked for? */
static bool was_looked_for(const void *ctx, enum diag_id id)
{
	const struct report_filter *filter = ctx;

	return filter->options->choice.chosen[id] && (diag_kinds[id].group != GROUP_MEANING || !filter->meaning_left);
}

static void filter_finding(void *ctx, const struct diag *diag)
{
	struct report_filter *filter = ctx;
	struct diag copy = *diag;

	filter->meaning_left |= diag->level == LEVEL_ERROR || diag->id == DIAG_UNDECIDED;
	if (!filter->options->choice.chosen[diag->id] || suppressions_cover(&filter->suppressions, diag))
		return;
	if (filter->options->warnings_are_errors && diag->level == LEVEL_WARNING)
		copy.level = LEVEL_ERROR;
	diag_emit(filter->log, &copy);
}

void check_text(const char *name, const char *text, size_t len, const struct check_options *options,
		struct diag_log *log)
{
	struct results results = { .findings.family = FAMILY_NONE };
	struct diag_log collect = { .report = keep, .ctx = &results };
	struct report_filter filter = { .options = options, .log = log };
	struct diag_log filtered = { .report = filter_finding, .ctx = &filter };
	struct stream stream;
	struct family_job job = { .stream = &stream, .choice = &options->choice, .options = options };

	job.sound = stream_read(&stream, name, text, len, options->families, &collect);
	suppressions_read(&filter.suppressions, &stream, &collect);
	run_jobs(&job, &results, log);
	results.findings.family = FAMILY_IPV6;
	exposure_compare(&results.exposure, &collect);
	findings_report(&results.findings, &stream, &filtered);
	suppressions_report_unused(&filter.suppressions, &stream, was_looked_for, &filter, &filtered);
	suppressions_free(&filter.suppressions);
	results_free(&results);
	stream_free(&stream);
}
