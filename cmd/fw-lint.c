/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* fw-lint: reads a ruleset as both families would, reports every fault, and passes it on only when there is none. */
#include "check/export.h"
#include "cli.h"
#include "diag/catalogue.h"
#include "fw-lint/live.h"
#include "fw-lint/options.h"

/* Findings for programs, on standard output; those of the system itself are for people too. */
struct sink {
	struct cli *cli;
	struct strbuf out;
	struct sarif sarif;
	enum lint_format format;
};

static void write_finding(void *ctx, const struct diag *diag)
{
	struct sink *sink = ctx;

	if (sink->format == FORMAT_SARIF)
		sarif_add(&sink->sarif, diag);
	else
		finding_json(&sink->out, diag);
}

/* --list-checks and --explain. */
static void print_catalogue(const struct fw_lint_options *options)
{
	struct strbuf out = STRBUF_INIT;

	if (options->list)
		catalogue_list(&out);
	else
		catalogue_explain(&out, catalogue_find(options->explain));
	cli_write(&out);
	strbuf_free(&out);
}

/* On standard error, also where the findings go elsewhere. */
static void print_summary(const struct check_summary *summary)
{
	static const char *const names[LEVEL_COUNT] = { "note", "warning", "error", "error" };
	struct strbuf line = STRBUF_INIT;

	for (int level = LEVEL_COUNT; level-- > 0;)
		if (summary->hidden[level] > 0)
			fprintf(stderr, "%lu more %s%s; see --max\n", summary->hidden[level], names[level],
				summary->hidden[level] == 1 ? "" : "s");
	check_summary_text(&line, summary);
	fprintf(stderr, "%s\n", strbuf_text(&line));
	strbuf_free(&line);
}

static void lint_for_programs(struct cli *cli, const struct fw_lint_options *options, const struct strbuf *text)
{
	struct sink sink = { .cli = cli, .format = options->format };
	struct diag_log log = { .report = write_finding, .ctx = &sink };
	struct check_summary summary;

	if (options->format == FORMAT_SARIF)
		sarif_begin(&sink.sarif, &sink.out, FW_VERSION);
	check_text(cli_input_name(options->path), strbuf_text(text), text->len, &options->check, &summary, &log);
	if (options->format == FORMAT_SARIF)
		sarif_end(&sink.sarif);
	cli_write(&sink.out);
	strbuf_free(&sink.out);
	print_summary(&summary);
	for (int level = 0; level < LEVEL_COUNT; level++)
		cli->log.count[level] += log.count[level];
}

static void lint_for_people(struct cli *cli, const struct fw_lint_options *options, const struct strbuf *text)
{
	struct check_summary summary;

	cli->one_line = options->format == FORMAT_GCC;
	check_text(cli_input_name(options->path), strbuf_text(text), text->len, &options->check, &summary, &cli->log);
	print_summary(&summary);
	if (diag_errors(&cli->log) == 0 && !options->quiet)
		cli_write(text);
}

static void lint(struct cli *cli, struct fw_lint_options *options)
{
	bool for_programs = options->format == FORMAT_JSON || options->format == FORMAT_SARIF;
	struct strbuf text = STRBUF_INIT;
	struct live live = { .interfaces = NULL };

	if (options->check.live.known)
		live_read(&live, &options->check.live);
	if (cli_read(cli, options->path, &text, SIZE_MAX / 4))
		(for_programs ? lint_for_programs : lint_for_people)(cli, options, &text);
	live_free(&live);
	strbuf_free(&text);
}

int main(int argc, char *argv[])
{
	struct cli cli;
	struct fw_lint_options options = options_parse(&cli, argc, argv);

	if (options.list || options.explain != NULL)
		print_catalogue(&options);
	else
		lint(&cli, &options);
	return cli_finish(&cli);
}
