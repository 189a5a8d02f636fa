/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-lint/options.h"
#include "diag/catalogue.h"

#include <string.h>

static const char usage[] =
	"usage: fw-lint [-46qLEhV] [--checks=LIST] [-W LIST] [--format=FORMAT] [--max=N]\n"
	"               [--admin=PORT] [FILE]\n"
	"       fw-lint --list-checks | --explain=ID\n"
	"Reads iptables-restore text from FILE or standard input and reports every fault in it.\n"
	"Without an error the text goes to standard output unchanged, else nothing does.\n"
	"\n"
	"  -4, --ipv4             the text is for IPv4 alone\n"
	"  -6, --ipv6             the text is for IPv6 alone\n"
	"  -q, --quiet            findings and status only: never pass the text through\n"
	"  -c, --checks=LIST      groups and ids to report, with commas; -NAME leaves out\n"
	"  -W, --warnings=LIST    error: take warnings for errors; GROUP or ID: take these for errors;\n"
	"                         no-GROUP or no-ID: do not; separated by commas\n"
	"  -f, --format=FORMAT    text (default), gcc (one line each), json (one object each), sarif;\n"
	"                         json and sarif go to standard output in place of the text\n"
	"  -E, --each             report each finding on its own; do not fold those of one cause\n"
	"  -m, --max=N            print at most N findings of each level, but at least 20 errors; 0: all\n"
	"                         (default 100 for text, else 0)\n"
	"  -L, --live             take settings that the text leaves out from the running kernel\n"
	"  -a, --admin=PORT       the tcp port by which the host is administered, or none (default 22)\n"
	"  -l, --list-checks      all ids with group, level and meaning\n"
	"  -e, --explain=ID       what a finding means and what to do about it\n"
	"  -h, --help             this text\n"
	"  -V, --version          the version\n";

static const struct option longs[] = {
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "checks", required_argument, NULL, 'c' },
	{ "warnings", required_argument, NULL, 'W' },
	{ "format", required_argument, NULL, 'f' },
	{ "each", no_argument, NULL, 'E' },
	{ "max", required_argument, NULL, 'm' },
	{ "live", no_argument, NULL, 'L' },
	{ "admin", required_argument, NULL, 'a' },
	{ "list-checks", no_argument, NULL, 'l' },
	{ "explain", required_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static enum lint_format read_format(const struct cli *cli, const char *name)
{
	static const char *const names[] = { "text", "gcc", "json", "sarif" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return (enum lint_format)i;
	cli_misuse(cli, "there is no format %s: text, gcc, json or sarif", name);
}

static void read_checks(const struct cli *cli, struct check_choice *choice, const char *list)
{
	const char *unknown;

	if (list[0] == '\0') /* a variable that was never set must not switch all checks off */
		cli_misuse(cli, "--checks names none: see fw-lint --list-checks");
	unknown = check_choose(choice, list);
	if (unknown != NULL)
		cli_misuse(cli, "there is no check %.*s: see fw-lint --list-checks", (int)strcspn(unknown, ","), unknown);
}

static void read_warnings(const struct cli *cli, struct check_options *options, const char *list)
{
	const char *unknown = list[0] == '\0' ? list : check_raise(options, list);

	if (unknown != NULL)
		cli_misuse(cli, "-W takes error, a group, an id, or no- and one of these, not %.*s: see fw-lint --list-checks",
			   (int)strcspn(unknown, ","), unknown);
}

static unsigned read_port(const struct cli *cli, const char *text)
{
	return strcmp(text, "none") == 0 ? 0 : cli_number(cli, text, 1, 65535, "a port, or none,");
}

static void read_option(struct cli *cli, struct fw_lint_options *options, int c)
{
	switch (c) {
	case '4':
	case '6':
		options->check.families |= cli_family(c);
		break;
	case 'q':
		options->quiet = true;
		break;
	case 'c':
		read_checks(cli, &options->check.choice, optarg);
		break;
	case 'W':
		read_warnings(cli, &options->check, optarg);
		break;
	case 'f':
		options->format = read_format(cli, optarg);
		break;
	case 'E':
		options->check.each = true;
		break;
	case 'm':
		options->check.max = cli_number(cli, optarg, 0, 1000000, "a number of findings");
		break;
	case 'L':
		options->check.live.known = true;
		break;
	case 'a':
		options->check.admin = read_port(cli, optarg);
		break;
	case 'l':
		options->list = true;
		break;
	case 'e':
		options->explain = optarg;
		break;
	default:
		break;
	}
}

struct fw_lint_options options_parse(struct cli *cli, int argc, char *argv[])
{
	struct fw_lint_options options = { .check.choice = check_choose_all(), .check.admin = 22 };
	int c;

	cli_begin(cli, "fw-lint", usage);
	while ((c = cli_option(cli, argc, argv, ":46qc:W:f:Em:La:le:hV", longs)) != -1)
		read_option(cli, &options, c);
	options.check.by_level = options.format == FORMAT_TEXT;
	if (!cli->given['m'] && options.format == FORMAT_TEXT)
		options.check.max = 100;
	options.path = cli_operand(cli, argc, argv);
	if (options.explain != NULL && catalogue_find(options.explain) == DIAG_COUNT)
		cli_misuse(cli, "no finding is called %s: see fw-lint --list-checks", options.explain);
	return options;
}
