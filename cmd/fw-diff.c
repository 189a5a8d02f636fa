/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* fw-diff: which packets fare differently from one ruleset to another. */
#include "base/worker.h"
#include "cli.h"
#include "fw-diff/input.h"
#include "fw-diff/options.h"
#include "fw-diff/sets.h"
#include "model/ext.h"

#include <string.h>

/* Some packets were not compared: never taken for equal, nor for different. */
#define STATUS_UNDECIDED 4

struct comparison {
	struct cli *cli;
	const struct fw_diff_options *options;
	struct input input[2];
	struct difftext_parts parts; /* for JSON, of both families; its text, which is printed already, are families that a side lacks */
	struct diff_verdict verdict;
	bool failed;
	int family; /* that is compared */
};

/* What a child tells of a family: its messages have this, and each a text. */
struct family_answer {
	struct diff_verdict verdict;
	bool failed;
	unsigned count; /* for JSON, as in struct difftext_parts */
	bool complete;
};

enum answer_part { MESSAGE_TEXT /* to be printed */, MESSAGE_LIMITS, MESSAGE_RENAMED };

static bool is_json(const struct comparison *run)
{
	return run->options->described.form == DIFFTEXT_JSON;
}

static void send_answer(struct outbox *out, const struct family_answer *answer, struct difftext_parts *parts)
{
	outbox_send(out, MESSAGE_TEXT, answer, sizeof(*answer), strbuf_text(&parts->text));
	outbox_send(out, MESSAGE_LIMITS, answer, sizeof(*answer), strbuf_text(&parts->limits));
	outbox_send(out, MESSAGE_RENAMED, answer, sizeof(*answer), strbuf_text(&parts->renamed));
	difftext_free(parts);
}

/* In the child: one family, from lines to text. */
static void compare_family(void *ctx, struct outbox *out)
{
	struct comparison *run = ctx;
	struct family_answer answer = { .failed = true };
	struct difftext_parts parts = { .count = 0 };
	const struct stream *stream[2] = { NULL, NULL };
	int err = ext_begin(family_bit(run->family));

	if (err != 0)
		diag_system(&run->cli->log, err, EXT_FAILED);
	for (int side = 0; side < 2; side++)
		if (family_has(run->input[side].families, run->family))
			stream[side] = input_stream(&run->input[side], run->family);
	if (err == 0)
		answer.failed = !difftext_compare(&parts, stream, run->family, &run->options->described, &answer.verdict, &run->cli->log);
	answer.count = parts.count;
	answer.complete = parts.complete;
	send_answer(out, &answer, &parts);
}

static void add_members(struct strbuf *to, const char *text)
{
	if (to->len > 0 && text[0] != '\0')
		strbuf_putc(to, ',');
	strbuf_puts(to, text);
}

static void receive(void *ctx, unsigned kind, const char *body, size_t body_len, const char *text)
{
	struct comparison *run = ctx;
	struct family_answer answer;

	if (kind != MESSAGE_TEXT) {
		add_members(kind == MESSAGE_LIMITS ? &run->parts.limits : &run->parts.renamed, text);
		return;
	}
	memcpy(&answer, body, body_len);
	run->failed |= answer.failed;
	run->verdict.differs |= answer.verdict.differs;
	run->verdict.undecided |= answer.verdict.undecided;
	run->parts.count += answer.count;
	run->parts.complete &= answer.complete;
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

/* Says it of the side that has no rules for the family. */
static void tell_absent(struct comparison *run, int family)
{
	for (int side = 0; side < 2; side++) {
		if (family_has(run->input[side].families, family))
			continue;
		if (is_json(run))
			strbuf_printf(&run->parts.text, "%s{\"family\":%d,\"side\":\"%s\"}", run->parts.text.len > 0 ? "," : "",
				      family == 0 ? 4 : 6, side == 0 ? "old" : "new");
		else if (!run->options->quiet)
			printf("%s: %s has no rules, which is to accept everything\n", family_name(family), run->input[side].name);
	}
}

/* What is in the texts beside rules. */
static void compare_sets(struct comparison *run)
{
	struct sets_answer answer = sets_compare(&run->input[0], &run->input[1], is_json(run));

	run->verdict.differs |= answer.differs;
	if (is_json(run) && !run->options->quiet)
		printf(",\"sets\":[%s]", strbuf_text(&answer.text));
	else if (!run->options->quiet)
		fputs(strbuf_text(&answer.text), stdout);
	if (answer.text.failed)
		diag_memory(&run->cli->log);
	sets_free(&answer);
}

static void finish_json(struct comparison *run)
{
	struct difftext_parts *parts = &run->parts;

	if (!run->failed && is_json(run) && !run->options->quiet) {
		printf("{\"complete\":%s,\"regions\":%u,\"limits\":[%s],\"renamed\":[%s],\"absent\":[%s]",
		       parts->complete ? "true" : "false", parts->count, strbuf_text(&parts->limits), strbuf_text(&parts->renamed),
		       strbuf_text(&parts->text));
		compare_sets(run);
		printf("}\n");
	}
	if (parts->text.failed || parts->limits.failed || parts->renamed.failed)
		diag_memory(&run->cli->log);
	difftext_free(parts);
}

static void compare_all(struct comparison *run)
{
	enum family either = FAMILY_NONE;

	run->parts.complete = true;
	for (int side = 0; side < 2; side++) {
		if (!input_read(&run->input[side], run->cli, run->options, run->options->operand[side]))
			run->failed = true;
		either |= run->input[side].families;
	}
	if (!run->failed && (!is_json(run) || run->options->quiet))
		compare_sets(run);
	for (int family = 0; family < FAMILIES && !run->failed; family++) {
		if (!family_has(either, family) || !family_has(run->options->families, family))
			continue;
		tell_absent(run, family);
		compare(run, family);
	}
	finish_json(run);
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
