/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fw-lint: reads a ruleset as both families would, reports every fault, and passes it on only when there is none. */
#include "check/export.h"
#include "cli.h"
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

static void write_out(struct strbuf *out)
{
	fwrite(strbuf_text(out), 1, out->len, stdout);
	strbuf_free(out);
}

/* --list-checks and --explain. */
static int print_catalogue(struct cli *cli, const struct lint_options *options)
{
	struct strbuf out = STRBUF_INIT;

	if (options->list)
		check_list(&out);
	else
		check_explain(&out, check_find(options->explain));
	write_out(&out);
	return cli_finish(cli);
}

static void lint_for_programs(struct cli *cli, const struct lint_options *options, const struct strbuf *text)
{
	struct sink sink = { .cli = cli, .format = options->format };
	struct diag_log log = { .report = write_finding, .ctx = &sink };

	if (options->format == FORMAT_SARIF)
		sarif_begin(&sink.sarif, &sink.out, FW_VERSION);
	check_text(cli_input_name(options->path), strbuf_text(text), text->len, &options->check, &log);
	if (options->format == FORMAT_SARIF)
		sarif_end(&sink.sarif);
	write_out(&sink.out);
	for (int level = 0; level < LEVEL_COUNT; level++)
		cli->log.count[level] += log.count[level];
}

static void lint_for_people(struct cli *cli, const struct lint_options *options, const struct strbuf *text)
{
	cli->one_line = options->format == FORMAT_GCC;
	check_text(cli_input_name(options->path), strbuf_text(text), text->len, &options->check, &cli->log);
	if (diag_errors(&cli->log) == 0 && !options->quiet)
		fwrite(strbuf_text(text), 1, text->len, stdout);
}

int main(int argc, char *argv[])
{
	struct strbuf text = STRBUF_INIT;
	struct lint_options options;
	struct live live = { .interfaces = NULL };
	struct cli cli;

	cli_begin(&cli, "fw-lint", lint_usage);
	options = lint_parse_options(&cli, argc, argv);
	if (options.list || options.explain != NULL)
		return print_catalogue(&cli, &options);
	if (options.check.live.known)
		live_read(&live, &options.check.live);
	if (cli_read(&cli, options.path, &text, SIZE_MAX / 4)) {
		if (options.format == FORMAT_JSON || options.format == FORMAT_SARIF)
			lint_for_programs(&cli, &options, &text);
		else
			lint_for_people(&cli, &options, &text);
	}
	live_free(&live);
	strbuf_free(&text);
	return cli_finish(&cli);
}
