/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "save.h"

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
};

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

static void set_action(struct cli *cli, struct save_opts *opts, enum save_action action)
{
	if (opts->action != ACTION_SAVE && opts->action != action)
		cli_misuse(cli, "only one of --check, --list, --verify, --show, --diff and --keep at a time");
	opts->action = action;
}

static void set_layout(struct cli *cli, enum layout *layout)
{
	if (!layout_parse(optarg, layout))
		cli_misuse(cli, "%s: the layout is debian or rhel", optarg);
}

static void set_long(struct cli *cli, struct save_opts *opts, int c)
{
	static const enum save_action actions[] = {
		[OPT_CHECK - OPT_CHECK] = ACTION_CHECK,	  [OPT_LIST - OPT_CHECK] = ACTION_LIST,
		[OPT_VERIFY - OPT_CHECK] = ACTION_VERIFY, [OPT_SHOW - OPT_CHECK] = ACTION_SHOW,
		[OPT_DIFF - OPT_CHECK] = ACTION_DIFF,	  [OPT_KEEP - OPT_CHECK] = ACTION_KEEP,
	};

	if (c == OPT_OWN)
		opts->own = true;
	else if (c == OPT_SYSLOG)
		opts->syslog = true;
	else if (c == OPT_ROOT)
		opts->root = optarg;
	else if (c == OPT_LAYOUT)
		set_layout(cli, &opts->layout);
	else if (c == OPT_FROM)
		set_layout(cli, &opts->from);
	else if (c == OPT_IGNORE && !vec_push(&opts->ignore, optarg))
		diag_memory(&cli->log);
	else if (c != OPT_IGNORE)
		set_action(cli, opts, actions[c - OPT_CHECK]);
	if (c == OPT_KEEP)
		opts->keep = cli_number(cli, optarg, 1, 1000000, "a number of generations");
}

static void set_option(struct cli *cli, struct save_opts *opts, int c)
{
	if (c == '4' || c == '6')
		opts->families |= c == '4' ? FAMILY_IPV4 : FAMILY_IPV6;
	else if (c == 'a')
		opts->all = true;
	else if (c == 'b' && !backend_parse(optarg, &opts->backend))
		cli_misuse(cli, "%s: the backend is nft, legacy or auto", optarg);
	else if (c == 'c')
		opts->counters = true;
	else if (c == 'o')
		opts->output = optarg;
	else if (c == 's')
		opts->state_dir = optarg;
	else if (c == 'w')
		opts->wait = cli_seconds(cli, optarg);
	else if (c == 'q')
		cli->quiet_warnings = true;
	else if (c == 'h')
		cli_help(cli);
	else if (c == 'V')
		cli_version(cli);
	else if (c >= OPT_CHECK)
		set_long(cli, opts, c);
}

static void take_operands(struct cli *cli, struct save_opts *opts, int argc, char *argv[])
{
	int want = opts->action == ACTION_SHOW ? 1 : opts->action == ACTION_DIFF ? 2 : 0;

	if (want == 0 && optind < argc)
		cli_misuse(cli, "no operand belongs here, and %s is one; the file to write goes behind -o", argv[optind]);
	if (argc - optind != want)
		cli_misuse(cli, want == 1 ? "--show takes one generation" : "--diff takes two generations");
	for (int i = 0; i < want; i++)
		opts->operand[i] = argv[optind + i];
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
	{ OPT_IGNORE, 1 << ACTION_CHECK | 1 << ACTION_DIFF, "--check and --diff" },
	{ OPT_SYSLOG, 1 << ACTION_CHECK, "--check" },
};

struct save_opts parse_opts(struct cli *cli, int argc, char *argv[])
{
	struct save_opts opts = { .wait = 30, .state_dir = STATE_DIR, .root = "" };
	int c;

	while ((c = cli_option(cli, argc, argv, ":46ab:co:s:w:qhV", longs)) != -1)
		set_option(cli, &opts, c);
	take_operands(cli, &opts, argc, argv);
	if (opts.families == FAMILY_NONE)
		opts.families = FAMILY_BOTH;
	cli_check_scopes(cli, longs, scopes, ARRAY_LEN(scopes), opts.action);
	if (opts.root[0] != '\0' && opts.action == ACTION_SAVE && opts.layout == LAYOUT_NONE && opts.from == LAYOUT_NONE)
		cli_misuse(cli, "--root goes with --layout, --from and --check");
	if (opts.layout != LAYOUT_NONE && opts.output != NULL)
		cli_misuse(cli, "--layout names the files, and so does -o");
	return opts;
}
