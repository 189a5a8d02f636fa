/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-save/options.h"
#include "store/state.h"

#include <errno.h>
#include <stdlib.h>

enum {
	OPT_CHECK = 256,
	OPT_OWN,
	OPT_IGNORE,
	OPT_SYSLOG,
	OPT_LIST,
	OPT_VERIFY,
	OPT_SHOW,
	OPT_DIFF,
	OPT_KEEP,
	OPT_LAYOUT,
	OPT_FROM,
	OPT_ROOT,
	OPT_MEANING,
};

static const char usage[] =
	"usage: fw-save [-46acq] [-b BACKEND] [-o FILE]\n"
	"       fw-save --check | --list | --verify | --show GEN | --diff A B | --keep N\n"
	"Writes the rules in force of both families as one stream for fw-load and iptables-restore.\n"
	"\n"
	"  -4, --ipv4               only IPv4, as plain text\n"
	"  -6, --ipv6               only IPv6, as plain text\n"
	"  -a, --all                save all rules in force, not only those of the last load\n"
	"  -b, --backend BACKEND    nft, legacy or auto (that of the system's iptables)\n"
	"  -c, --counters           include packet and byte counters\n"
	"  -o, --output FILE        write to FILE, completely or not at all\n"
	"      --layout NAME        write to the files that debian or rhel load at boot\n"
	"      --from NAME          read those files instead of the rules in force\n"
	"      --root DIR           look for those files and for boot scripts below DIR\n"
	"      --check              compare with the last load; status 1 if anything differs\n"
	"      --meaning            also tell which packets the differences concern\n"
	"      --own                ignore rules of other programs\n"
	"      --ignore PATTERN     ignore chains with such names, and jumps to them\n"
	"      --syslog             report differences to syslog too\n"
	"      --list               list the generations that fw-load keeps\n"
	"      --verify             check all generations, and report damaged ones\n"
	"      --show GEN           print what was loaded; GEN is a number, good or previous\n"
	"      --diff A B           compare two generations; A or B can be running\n"
	"      --keep N             remove all generations but the newest N\n"
	"  -s, --state DIR          the state directory of fw-load (/var/lib/fw-tools)\n"
	"  -w, --wait SECONDS       how long to wait for locks (30)\n"
	"  -q, --quiet              no warnings\n"
	"  -h, --help               this text\n"
	"  -V, --version            the version\n";

static const struct option longs[] = {
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "all", no_argument, NULL, 'a' },
	{ "backend", required_argument, NULL, 'b' },
	{ "counters", no_argument, NULL, 'c' },
	{ "output", required_argument, NULL, 'o' },
	{ "layout", required_argument, NULL, OPT_LAYOUT },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "meaning", no_argument, NULL, OPT_MEANING },
	{ "own", no_argument, NULL, OPT_OWN },
	{ "ignore", required_argument, NULL, OPT_IGNORE },
	{ "syslog", no_argument, NULL, OPT_SYSLOG },
	{ "list", no_argument, NULL, OPT_LIST },
	{ "verify", no_argument, NULL, OPT_VERIFY },
	{ "show", no_argument, NULL, OPT_SHOW },
	{ "diff", no_argument, NULL, OPT_DIFF },
	{ "keep", required_argument, NULL, OPT_KEEP },
	{ "state", required_argument, NULL, 's' },
	{ "wait", required_argument, NULL, 'w' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static void set_action(struct cli *cli, struct fw_save_options *options, enum save_action action)
{
	if (options->action != ACTION_SAVE && options->action != action)
		cli_misuse(cli, "only one of --check, --list, --verify, --show, --diff and --keep at a time");
	options->action = action;
}

static void set_layout(struct cli *cli, enum layout *layout)
{
	if (!layout_parse(optarg, layout))
		cli_misuse(cli, "%s: the layout must be debian or rhel", optarg);
}

static void set_long(struct cli *cli, struct fw_save_options *options, int c)
{
	static const enum save_action actions[] = {
		[OPT_CHECK - OPT_CHECK] = ACTION_CHECK,	  [OPT_LIST - OPT_CHECK] = ACTION_LIST,
		[OPT_VERIFY - OPT_CHECK] = ACTION_VERIFY, [OPT_SHOW - OPT_CHECK] = ACTION_SHOW,
		[OPT_DIFF - OPT_CHECK] = ACTION_DIFF,	  [OPT_KEEP - OPT_CHECK] = ACTION_KEEP,
	};

	if (c == OPT_OWN)
		options->check.own = true;
	else if (c == OPT_MEANING)
		options->check.meaning = true;
	else if (c == OPT_SYSLOG)
		options->check.syslog = true;
	else if (c == OPT_ROOT)
		options->root = optarg;
	else if (c == OPT_LAYOUT)
		set_layout(cli, &options->layout);
	else if (c == OPT_FROM)
		set_layout(cli, &options->from);
	else if (c == OPT_IGNORE && !vec_push(&options->ignore, optarg))
		diag_memory(&cli->log);
	else if (c != OPT_IGNORE)
		set_action(cli, options, actions[c - OPT_CHECK]);
	if (c == OPT_KEEP)
		options->keep = cli_number(cli, optarg, 1, 1000000, "a number of generations");
}

static void set_option(struct cli *cli, struct fw_save_options *options, int c)
{
	options->families |= cli_family(c);
	if (c == 'a')
		options->all = true;
	else if (c == 'b' && !backend_parse(optarg, &options->backend))
		cli_misuse(cli, "%s: the backend must be nft, legacy or auto", optarg);
	else if (c == 'c')
		options->counters = true;
	else if (c == 'o')
		options->output = optarg;
	else if (c == 's')
		options->state_dir = optarg;
	else if (c == 'w')
		options->wait = cli_seconds(cli, optarg);
	else if (c == 'q')
		cli->quiet_warnings = true;
	else if (c >= OPT_CHECK)
		set_long(cli, options, c);
}

static void take_operands(struct cli *cli, struct fw_save_options *options, int argc, char *argv[])
{
	int want = options->action == ACTION_SHOW ? 1 : options->action == ACTION_DIFF ? 2 : 0;

	if (want == 0 && optind < argc)
		cli_misuse(cli, "unexpected operand %s; use -o to name the file to write", argv[optind]);
	if (argc - optind != want)
		cli_misuse(cli, want == 1 ? "--show takes one generation" : "--diff takes two generations");
	for (int i = 0; i < want; i++)
		options->operand[i] = argv[optind + i];
}

static const struct cli_scope scopes[] = {
	{ '4', 1 << ACTION_SAVE | 1 << ACTION_CHECK | 1 << ACTION_SHOW | 1 << ACTION_DIFF, "saving, --check, --show and --diff" },
	{ '6', 1 << ACTION_SAVE | 1 << ACTION_CHECK | 1 << ACTION_SHOW | 1 << ACTION_DIFF, "saving, --check, --show and --diff" },
	{ 'a', 1 << ACTION_SAVE, "saving" },
	{ 'c', 1 << ACTION_SAVE, "saving" },
	{ 'o', 1 << ACTION_SAVE, "saving" },
	{ OPT_LAYOUT, 1 << ACTION_SAVE, "saving" },
	{ OPT_FROM, 1 << ACTION_SAVE, "saving" },
	{ OPT_ROOT, 1 << ACTION_SAVE | 1 << ACTION_CHECK, "--layout, --from and --check" },
	{ OPT_OWN, 1 << ACTION_CHECK, "--check" },
	{ OPT_MEANING, 1 << ACTION_CHECK, "--check" },
	{ OPT_IGNORE, 1 << ACTION_CHECK | 1 << ACTION_DIFF, "--check and --diff" },
	{ OPT_SYSLOG, 1 << ACTION_CHECK, "--check" },
};

struct fw_save_options options_parse(struct cli *cli, int argc, char *argv[])
{
	struct fw_save_options options = { .wait = 30, .state_dir = STATE_DIR, .root = "" };
	int c;

	cli_begin(cli, "fw-save", usage);
	while ((c = cli_option(cli, argc, argv, ":46ab:co:s:w:qhV", longs)) != -1)
		set_option(cli, &options, c);
	take_operands(cli, &options, argc, argv);
	if (options.families == FAMILY_NONE)
		options.families = FAMILY_BOTH;
	cli_check_scopes(cli, longs, scopes, ARRAY_LEN(scopes), options.action);
	if (options.root[0] != '\0' && options.action == ACTION_SAVE && options.layout == LAYOUT_NONE && options.from == LAYOUT_NONE)
		cli_misuse(cli, "--root is only valid with --layout, --from and --check");
	if (options.layout != LAYOUT_NONE && options.output != NULL)
		cli_misuse(cli, "use only one of --layout and -o");
	return options;
}
