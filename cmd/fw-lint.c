/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fw-lint: reads a ruleset as both families would, reports every fault, and passes it on only when there is none. */
#include "base/file.h"
#include "check/check.h"
#include "cli.h"

#include <string.h>

static const char usage[] =
	"usage: fw-lint [-46qhV] [--checks=LIST] [FILE]\n"
	"Reads iptables-restore text from FILE or standard input and reports every fault in it.\n"
	"Without an error the text goes to standard output unchanged, else nothing does.\n"
	"\n"
	"  -4, --ipv4          the text is for IPv4 alone\n"
	"  -6, --ipv6          the text is for IPv6 alone\n"
	"  -q, --quiet         findings and status only: never pass the text through\n"
	"      --checks=LIST   what to check, with commas: syntax (reading alone)\n"
	"  -h, --help          this text\n"
	"  -V, --version       the version\n";

static const struct option longs[] = {
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "checks", required_argument, NULL, 'C' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

struct lint_options {
	enum family families;
	bool quiet;
	const char *path;
};

static void read_option(struct cli *cli, struct lint_options *options, int c)
{
	switch (c) {
	case '4':
		options->families |= FAMILY_IPV4;
		break;
	case '6':
		options->families |= FAMILY_IPV6;
		break;
	case 'q':
		options->quiet = true;
		break;
	case 'C':
		if (strcmp(optarg, "syntax") != 0)
			cli_misuse(cli, "there are no checks called %s", optarg);
		break;
	case 'h':
		cli_help(cli);
	case 'V':
		cli_version(cli);
	default:
		break;
	}
}

static struct lint_options parse_options(struct cli *cli, int argc, char *argv[])
{
	struct lint_options options = { .families = FAMILY_NONE };
	int c;

	while ((c = cli_option(cli, argc, argv, ":46qhV", longs)) != -1)
		read_option(cli, &options, c);
	options.path = cli_operand(cli, argc, argv);
	return options;
}

int main(int argc, char *argv[])
{
	struct strbuf text = STRBUF_INIT;
	struct lint_options options;
	struct cli cli;

	cli_begin(&cli, "fw-lint", usage);
	options = parse_options(&cli, argc, argv);
	if (cli_read(&cli, options.path, &text, SIZE_MAX / 4))
		check_text(cli_input_name(options.path), strbuf_text(&text), text.len, options.families, &cli.log);
	if (diag_errors(&cli.log) == 0 && !options.quiet)
		fwrite(strbuf_text(&text), 1, text.len, stdout);
	strbuf_free(&text);
	return cli_finish(&cli);
}
