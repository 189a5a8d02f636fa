/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/check.h"
#include "check/check_meaning.h"
#include "check/faults.h"
#include "check/fold.h"
#include "check/foreign.h"
#include "check/checks.h"
#include "check/results.h"
#include "check/suppress.h"
#include "model/ext.h"
#include "model/lost.h"
#include "model/reader.h"
#include "ruletext/extras.h"

#include <errno.h>
#include <string.h>

/* So many errors are always shown. */
#define ERRORS_MIN 20

struct family_job {
	const struct stream *stream;
	const struct check_choice *choice;
	const struct check_options *options;
	enum family family;
	bool sound; /* each line stands where it can: only then it is asked what the rules mean */
	struct rule_faults faults; /* owned */
	struct worker worker;
	bool wanted; /* the text is to be read, for the first time or again */
	bool started;
};

/*
 * What so many rules mean takes longer than reading them, and such a text was made by a program.
 * These checks run on request only, and a note says that they were skipped.
 */
#define RULES_UNASKED 20000

static bool too_many_unasked(const struct ruleset *ruleset, const struct check_choice *choice, struct diag_log *log)
{
	struct where at = { .file = ruleset->stream->name };
	size_t rules = ruleset_count(ruleset);

	if (choice->asked || rules <= RULES_UNASKED)
		return false;
	diag_add(log, DIAG_UNDECIDED, &at, NULL,
		 "more than %d rules: meaning checks skipped (use --checks=all to run them)", RULES_UNASKED);
	return true;
}

/* What nobody asked for is not looked for. False: what the rules mean was to be checked, and was not. */
static bool run_checks(const struct ruleset *ruleset, const struct family_job *job, struct exposure *exposure, struct diag_log *log)
{
	const struct check_choice *choice = job->choice;
	bool wanted = check_wants(choice, GROUP_MEANING);
	bool can = job->sound && !ruleset->has_gaps && log->count[LEVEL_SYSTEM] == 0;

	checks_on_rules(GROUP_SYNTAX, ruleset, choice, log);
	can = can && wanted && !too_many_unasked(ruleset, choice, log);
	if (can)
		check_meaning(ruleset, job->options, exposure, log);
	checks_on_rules(GROUP_KERNEL, ruleset, choice, log);
	return can || !wanted;
}

/* What reads a text in the child. */
struct family_reading {
	struct family_job *job;
	const struct outbox *out;
};

static void begin_line(void *ctx, unsigned line)
{
	const struct family_reading *reading = ctx;

	outbox_at(reading->out, line + 1);
}

static const char *refuse_line(void *ctx, unsigned line)
{
	const struct family_reading *reading = ctx;

	return rule_faults_refuse(&reading->job->faults, line);
}

/* In the child: one family, from lines to findings. */
static void check_one_family(void *ctx, struct outbox *out)
{
	struct family_job *job = ctx;
	struct diag_log log = results_log(out);
	struct exposure exposure = { .no_memory = false };
	struct family_reading reading = { .job = job, .out = out };
	struct reader_mode mode = { .keeps_unread = true, .begins = begin_line, .refuses = refuse_line, .ctx = &reading };
	struct ruleset *ruleset;
	int err = ext_begin(job->family);

	if (err != 0) {
		diag_system(&log, err, EXT_FAILED);
		return;
	}
	ruleset = ruleset_read_as(job->stream, job->family, &mode, &log);
	outbox_at(out, 0);
	if (ruleset != NULL && !run_checks(ruleset, job, &exposure, &log))
		results_send_left(out);
	results_send_exposure(out, &exposure, &log);
	ruleset_free(ruleset);
}

static void start_job(struct family_job *job, struct diag_log *log)
{
	int err;

	if (!job->wanted)
		return;
	job->wanted = false;
	err = worker_start(&job->worker, check_one_family, job);
	job->started = err == 0;
	if (err != 0)
		diag_system(log, err, "cannot start a process to read the rules");
}

/* If the child ended at a rule, the text is wanted again, without this rule. */
static void finish_job(struct family_job *job, struct results *results, struct diag_log *log)
{
	struct inbox in = results_inbox(results);
	struct child_end end;
	int err;

	if (!job->started)
		return;
	job->started = false;
	results->findings.family = job->family;
	err = worker_finish(&job->worker, LOST_PATIENCE, &in, &end);
	job->wanted = err == -ECHILD && rule_faults_note(&job->faults, &end);
	if (job->wanted)
		return;
	if (err == -ECHILD && end.signal != 0)
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "the IPv%d reader was killed by signal %d (%s)",
			 job->family == FAMILY_IPV6 ? 6 : 4, end.signal, strsignal(end.signal));
	else if (err != 0)
		diag_system(log, err, "cannot read the IPv%d findings", job->family == FAMILY_IPV6 ? 6 : 4);
}

static void run_jobs(const struct family_job *both, struct results *results, struct diag_log *log)
{
	const struct stream *stream = both->stream;
	struct family_job jobs[] = { *both, *both };

	jobs[0].family = FAMILY_IPV4;
	jobs[1].family = FAMILY_IPV6;
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
		jobs[i].wanted = (stream->families & jobs[i].family) != 0 && stream->tables.len > 0;
	while (jobs[0].wanted || jobs[1].wanted) {
		for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
			start_job(&jobs[i], log);
		for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
			finish_job(&jobs[i], results, log);
	}
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
		vec_free(&jobs[i].faults.list);
}

/* In the parent: findings that come from the text, not from a child. */
static void keep(void *ctx, const struct diag *diag)
{
	struct results *results = ctx;

	findings_add(&results->findings, diag);
}

/* Between the findings of both families and those that are shown. */
struct report_filter {
	const struct check_options *options;
	struct suppressions suppressions;
	struct fold fold;
	unsigned last_unread; /* the line of the last rule that could not be read */
	struct check_summary *summary;
};

/* Were findings of this id looked for? */
static bool was_looked_for(const void *ctx, enum diag_id id)
{
	const struct report_filter *filter = ctx;

	return filter->options->choice.chosen[id] && (diag_kinds[id].group != GROUP_MEANING || !filter->summary->meaning_left);
}

static void count_unread(struct report_filter *filter, const struct diag *diag)
{
	bool unread = diag->level >= LEVEL_ERROR && diag_kinds[diag->id].group == GROUP_SYNTAX;

	if (!unread || diag->where.line == filter->last_unread || diag->where.line == 0)
		return;
	filter->last_unread = diag->where.line;
	filter->summary->unread++;
}

static enum level level_of(const struct check_options *options, const struct diag *diag)
{
	bool raised = options->raised[diag->id] > 0 ||
		      (options->warnings_are_errors && diag->level == LEVEL_WARNING && options->raised[diag->id] == 0);

	return raised && diag->level < LEVEL_ERROR ? LEVEL_ERROR : diag->level;
}

static void filter_finding(void *ctx, const struct diag *diag)
{
	struct report_filter *filter = ctx;
	struct diag copy = *diag;

	count_unread(filter, diag);
	if (!filter->options->choice.chosen[diag->id] || suppressions_cover(&filter->suppressions, diag))
		return;
	copy.level = level_of(filter->options, diag);
	fold_add(&filter->fold, &copy);
}

/*
 * A finding that others were folded into may be at another line, where it can be suppressed as well, or have another
 * id, which can be left out or raised.
 */
static void filter_folded(struct report_filter *filter)
{
	for (size_t i = 0; i < filter->fold.list.len; i++) {
		struct folded *finding = &filter->fold.list.item[i];

		if (finding->gone || finding->diag.related_count == 0)
			continue;
		finding->gone = !filter->options->choice.chosen[finding->diag.id] ||
				suppressions_cover(&filter->suppressions, &finding->diag);
		finding->diag.level = level_of(filter->options, &finding->diag);
	}
}

static void show(struct report_filter *filter, struct diag_log *log)
{
	const struct check_options *options = filter->options;
	struct check_summary *summary = filter->summary;

	for (size_t i = 0; i < filter->fold.list.len; i++) {
		const struct diag *diag = &filter->fold.list.item[i].diag;
		unsigned max = diag->level >= LEVEL_ERROR && options->max < ERRORS_MIN ? ERRORS_MIN : options->max;

		summary->count[diag->level]++;
		if (options->max > 0 && summary->count[diag->level] > max)
			summary->hidden[diag->level]++;
		else
			diag_emit(log, diag);
	}
}

static void report(struct report_filter *filter, const struct stream *stream, struct diag_log *log)
{
	struct diag_log filtered = { .report = filter_finding, .ctx = filter };

	if (!filter->options->each)
		fold_findings(&filter->fold);
	filter_folded(filter);
	filter->summary->folded = filter->fold.hidden;
	filter->summary->folded_into = filter->fold.heads;
	suppressions_report_unused(&filter->suppressions, stream, was_looked_for, filter, &filtered);
	fold_sort(&filter->fold, filter->options->by_level);
	show(filter, log);
	if (filter->fold.no_memory)
		diag_memory(log);
}

/* Faults of a line's place, of bytes or of length: what the rules would be without them is not known. */
static bool is_sound(const struct findings *findings)
{
	for (size_t i = 0; i < findings->list.len; i++) {
		const struct diag *diag = &findings->list.item[i].diag;

		if (diag->level >= LEVEL_ERROR && diag->id != DIAG_TRUNCATED)
			return false;
	}
	return true;
}

static void count_rules(const struct stream *stream, struct check_summary *summary)
{
	for (size_t i = 0; i < stream->lines.len; i++)
		summary->rules += stream->lines.item[i].kind == LINE_RULE;
}

/* Settings, sets and the like, as fw-load will read them. */
static void read_directives(const struct stream *stream, struct diag_log *log)
{
	struct extras extras = { .sets = { 0 } };

	(void)!extras_read(&extras, stream, log);
	extras_free(&extras);
}

void check_text(const char *name, const char *text, size_t len, const struct check_options *options,
		struct check_summary *summary, struct diag_log *log)
{
	struct results results = { .findings.family = FAMILY_NONE };
	struct diag_log collect = { .report = keep, .ctx = &results };
	struct report_filter filter = { .options = options, .summary = summary };
	struct diag_log filtered = { .report = filter_finding, .ctx = &filter };
	struct stream stream;
	struct family_job job = { .stream = &stream, .choice = &options->choice, .options = options };

	*summary = (struct check_summary){ .name = name };
	filter.fold.stream = &stream;
	if (!stream_read(&stream, name, text, len, options->families, &collect) && foreign_text(&stream, &filtered))
		findings_free(&results.findings);
	job.sound = is_sound(&results.findings);
	suppressions_read(&filter.suppressions, &stream, &collect);
	read_directives(&stream, &collect);
	run_jobs(&job, &results, log);
	results.findings.family = FAMILY_IPV6;
	exposure_compare(&results.exposure, &collect);
	summary->meaning_left = results.meaning_left || (!job.sound && check_wants(&options->choice, GROUP_MEANING));
	findings_report(&results.findings, &stream, &filtered);
	count_rules(&stream, summary);
	report(&filter, &stream, log);
	suppressions_free(&filter.suppressions);
	fold_free(&filter.fold);
	results_free(&results);
	stream_free(&stream);
}
