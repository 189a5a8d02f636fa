/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* fw-diff: which packets fare differently from one ruleset to another. */
#include "base/worker.h"
#include "cli.h"
#include "fw-diff/input.h"
#include "fw-diff/options.h"
#include "fw-diff/show.h"
#include "model/ext.h"
#include "model/reader.h"

#include <string.h>

/* Some packets were not compared: never taken for equal, nor for different. */
#define STATUS_UNDECIDED 4

/* Of decision diagrams; about 200 MB. */
#define NODES_MAX ((size_t)6000000)

struct comparison {
	struct cli *cli;
	const struct fw_diff_options *options;
	struct input input[2];
	struct stream empty; /* in a child: of a family that one of both has no rules for */
	struct diff_verdict verdict;
	bool failed;
	int family; /* that is compared */
};

/* What a child tells: of each comparison one message, whose text is to be printed. */
struct family_answer {
	struct diff_verdict verdict;
	bool failed;
};

static struct ruleset *read_rules(struct comparison *run, int side)
{
	static const char nothing[] = "*filter\nCOMMIT\n";
	const struct stream *stream = &run->empty;
	struct diag_log *log = &run->cli->log;

	if (family_has(run->input[side].families, run->family))
		stream = input_stream(&run->input[side], run->family);
	else if (!stream_read(&run->empty, run->input[side].name, nothing, strlen(nothing), family_bit(run->family), log))
		return NULL;
	return ruleset_read(stream, family_bit(run->family), log);
}

/* In the child: one family, from lines to text. */
static void compare_family(void *ctx, struct outbox *out)
{
	struct comparison *run = ctx;
	struct diag_log *log = &run->cli->log;
	struct ruleset *ruleset[2] = { NULL, NULL };
	struct family_answer answer = { .failed = true };
	struct strbuf text = STRBUF_INIT;
	struct diff diff = { .lost = false };
	int err = ext_begin(family_bit(run->family));

	if (err != 0)
		diag_system(log, err, EXT_FAILED);
	for (int side = 0; side < 2 && err == 0; side++)
		ruleset[side] = read_rules(run, side);
	if (ruleset[0] != NULL && ruleset[1] != NULL && diag_errors(log) == 0) {
		answer.failed = !diff_begin(&diff, ruleset[0], ruleset[1], NODES_MAX);
		if (answer.failed)
			diag_memory(log);
		else
			answer.verdict = show_diff(&text, &diff, run->family, run->options);
		diff_end(&diff);
	}
	if (text.failed)
		answer.failed = diag_memory(log) != 0;
	outbox_send(out, 0, &answer, sizeof(answer), strbuf_text(&text));
	strbuf_free(&text);
	ruleset_free(ruleset[0]);
	ruleset_free(ruleset[1]);
}

static void receive(void *ctx, unsigned kind, const char *body, size_t body_len, const char *text)
{
	struct comparison *run = ctx;
	struct family_answer answer;

	(void)kind;
	memcpy(&answer, body, body_len);
	run->failed |= answer.failed;
	run->verdict.differs |= answer.verdict.differs;
	run->verdict.undecided |= answer.verdict.undecided;
	if (!run->options->quiet)
		fputs(text, stdout);
}

/* A process for each family: libxtables can read one only. */
static void compare(struct comparison *run, int family)
{
	struct inbox in = { receive, run };
	struct worker worker;
	struct child_end end = { .signal = 0 };
	int err;

	run->family = family;
	err = worker_start(&worker, compare_family, run);
	if (err == 0)
		err = worker_finish(&worker, 0, &in, &end);
	if (err != 0)
		diag_system(&run->cli->log, err, "cannot compare %s%s%s", family_name(family), end.signal != 0 ? ": " : "",
			    end.signal != 0 ? strsignal(end.signal) : "");
	run->failed |= err != 0;
}

static void compare_all(struct comparison *run)
{
	enum family either = FAMILY_NONE;

	for (int side = 0; side < 2; side++) {
		if (!input_read(&run->input[side], run->cli, run->options, run->options->operand[side]))
			run->failed = true;
		either |= run->input[side].families;
	}
	for (int family = 0; family < FAMILIES && !run->failed; family++) {
		if (!family_has(either, family) || !family_has(run->options->families, family))
			continue;
		for (int side = 0; side < 2 && !run->options->quiet; side++)
			if (!family_has(run->input[side].families, family))
				printf("%s: %s has no rules, which is to accept everything\n", family_name(family), run->input[side].name);
		compare(run, family);
	}
}

static int finish(struct comparison *run)
{
	int status = cli_finish(run->cli);

	for (int side = 0; side < 2; side++)
		input_free(&run->input[side]);
	if (run->failed || status != STATUS_DONE)
		return STATUS_SYSTEM;
	if (run->verdict.differs)
		return STATUS_REFUSED;
	return run->verdict.undecided ? STATUS_UNDECIDED : STATUS_DONE;
}

int main(int argc, char *argv[])
{
	struct cli cli;
	struct fw_diff_options options = options_parse(&cli, argc, argv);
	struct comparison run = { .cli = &cli, .options = &options };

	compare_all(&run);
	return finish(&run);
}
