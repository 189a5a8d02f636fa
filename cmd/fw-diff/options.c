/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-diff/options.h"
#include "store/state.h"

#include <string.h>

enum { OPT_ALL = 256, OPT_TEXT, OPT_STATE, OPT_BACKEND };

static const char usage[] =
	"usage: fw-diff [-46jqshV] [--all] [--text] [--state=DIR] [--backend=BACKEND] OLD NEW\n"
	"Show which packets fare differently with other rules, and why.\n"
	"OLD and NEW are files in the format of iptables-restore, - for standard input, good, previous or a number for a\n"
	"load that fw-load keeps, or live for the rules in force.\n"
	"\n"
	"  -4, --ipv4             compare IPv4 only\n"
	"  -6, --ipv6             compare IPv6 only\n"
	"  -j, --json             print JSON, one object a line\n"
	"  -q, --quiet            print nothing: the exit status tells\n"
	"  -s, --summary          print one line for each family\n"
	"      --all              describe all packets that fare differently, not only the most\n"
	"      --text             show what differs in the text, also where it means the same\n"
	"      --state=DIR        the state directory of fw-load (/var/lib/fw-tools)\n"
	"      --backend=BACKEND  nft, legacy or auto (that of the system's iptables), for live\n"
	"  -h, --help             print this summary\n"
	"  -V, --version          print the version\n";

static const struct option longs[] = {
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "json", no_argument, NULL, 'j' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "summary", no_argument, NULL, 's' },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "text", no_argument, NULL, OPT_TEXT },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "backend", required_argument, NULL, OPT_BACKEND },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static void set_form(struct cli *cli, struct fw_diff_options *options, enum difftext_form form)
{
	if (options->described.form != DIFFTEXT_WORDS && options->described.form != form)
		cli_misuse(cli, "use only one of --json, --summary and --text");
	options->described.form = form;
}

static void read_option(struct cli *cli, struct fw_diff_options *options, int c)
{
	options->families |= cli_family(c);
	if (c == 'q')
		options->quiet = cli->quiet_warnings = true;
	else if (c == 'j')
		set_form(cli, options, DIFFTEXT_JSON);
	else if (c == 's')
		set_form(cli, options, DIFFTEXT_SUMMARY);
	else if (c == OPT_TEXT)
		set_form(cli, options, DIFFTEXT_CANONICAL);
	else if (c == OPT_ALL)
		options->described.all = true;
	else if (c == OPT_STATE)
		options->state_dir = optarg;
	else if (c == OPT_BACKEND && !backend_parse(optarg, &options->backend))
		cli_misuse(cli, "%s: the backend must be nft, legacy or auto", optarg);
}

struct fw_diff_options options_parse(struct cli *cli, int argc, char *argv[])
{
	struct fw_diff_options options = { .state_dir = STATE_DIR };
	int c;

	cli_begin(cli, "fw-diff", usage);
	while ((c = cli_option(cli, argc, argv, ":46jqshV", longs)) != -1)
		read_option(cli, &options, c);
	if (argc - optind != 2)
		cli_misuse(cli, "give two rulesets: the old one and the new one");
	for (int i = 0; i < 2; i++)
		options.operand[i] = argv[optind + i];
	if (strcmp(options.operand[0], "-") == 0 && strcmp(options.operand[1], "-") == 0)
		cli_misuse(cli, "only one of both can be read from standard input");
	if (options.families == FAMILY_NONE)
		options.families = FAMILY_BOTH;
	return options;
}
