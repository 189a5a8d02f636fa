/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-load/options.h"

#include <string.h>

enum {
	OPT_CHECK = 256,
	OPT_CONFIRM,
	OPT_CONFIRM_NOW,
	OPT_ROLLBACK,
	OPT_STATUS,
	OPT_BOOT,
	OPT_ADOPT,
	OPT_REPLACE,
	OPT_KEEP,
	OPT_COUNTERS,
	OPT_NO_REHEARSE,
	OPT_ASSUME_EMPTY,
	OPT_SAFE_RULES,
	OPT_CUTS,
	OPT_FORCE,
	OPT_GUARD,
};

static const char usage[] =
	"usage: fw-load [-46nqv] [-b BACKEND] [-s DIR] [--confirm SECONDS]\n"
	"               [--adopt | --replace | --keep PATTERN] [--cuts MODE] [--force] [FILE]\n"
	"       fw-load --check [FILE]\n"
	"       fw-load --confirm-now | --rollback [GENERATION] | --status | --boot\n"
	"Loads the rules of FILE or standard input, for both families, completely or not at all.\n"
	"\n"
	"  -4, --ipv4               only IPv4\n"
	"  -6, --ipv6               only IPv6\n"
	"  -b, --backend BACKEND    nft, legacy or auto (that of the system's iptables)\n"
	"  -s, --state DIR          the state directory (/var/lib/fw-tools)\n"
	"  -n, --plan               print the steps and change nothing\n"
	"      --check              only rehearse the load; needs no root\n"
	"      --confirm SECONDS    undo the load unless it is confirmed in time\n"
	"      --confirm-now        confirm the load that waits for it\n"
	"      --rollback           load the previous generation, or GENERATION\n"
	"      --status             show the generations, and undo an interrupted load\n"
	"      --boot               load the last good rules, or the safe rules\n"
	"      --adopt              keep rules in force that fw-load did not load\n"
	"      --replace            remove rules in force that fw-load did not load\n"
	"      --keep PATTERN       keep chains with such names, and jumps to them\n"
	"      --cuts MODE          live connections that would be cut: report, refuse or off\n"
	"      --force              load although live connections would be cut\n"
	"      --counters           set the packet and byte counters of the input\n"
	"      --no-rehearse        do not try the rules in a scratch namespace first\n"
	"      --assume-empty       with -n: plan for a host without rules; needs no root\n"
	"      --safe-rules FILE    rules to load if all else fails (/etc/fw-tools/safe.rules)\n"
	"  -w, --wait SECONDS       how long to wait for locks (30)\n"
	"  -q, --quiet              no warnings\n"
	"  -v, --verbose            report each step\n"
	"  -h, --help               this text\n"
	"  -V, --version            the version\n";

static const struct option longs[] = {
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "backend", required_argument, NULL, 'b' },
	{ "state", required_argument, NULL, 's' },
	{ "plan", no_argument, NULL, 'n' },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "confirm", required_argument, NULL, OPT_CONFIRM },
	{ "confirm-now", no_argument, NULL, OPT_CONFIRM_NOW },
	{ "rollback", no_argument, NULL, OPT_ROLLBACK },
	{ "status", no_argument, NULL, OPT_STATUS },
	{ "boot", no_argument, NULL, OPT_BOOT },
	{ "adopt", no_argument, NULL, OPT_ADOPT },
	{ "replace", no_argument, NULL, OPT_REPLACE },
	{ "keep", required_argument, NULL, OPT_KEEP },
	{ "counters", no_argument, NULL, OPT_COUNTERS },
	{ "no-rehearse", no_argument, NULL, OPT_NO_REHEARSE },
	{ "assume-empty", no_argument, NULL, OPT_ASSUME_EMPTY },
	{ "safe-rules", required_argument, NULL, OPT_SAFE_RULES },
	{ "cuts", required_argument, NULL, OPT_CUTS },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "guard", no_argument, NULL, OPT_GUARD }, /* for run_start_guard alone: people are not told */
	{ "wait", required_argument, NULL, 'w' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* Handles an option that is a command. False: it is none. */
static bool set_action(const struct cli *cli, struct fw_load_options *options, int c)
{
	static const int commands[] = {
		[ACTION_CHECK] = OPT_CHECK,   [ACTION_CONFIRM] = OPT_CONFIRM_NOW, [ACTION_ROLLBACK] = OPT_ROLLBACK,
		[ACTION_STATUS] = OPT_STATUS, [ACTION_BOOT] = OPT_BOOT,		  [ACTION_GUARD] = OPT_GUARD,
	};

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (commands[i] != c)
			continue;
		if (options->action != ACTION_LOAD)
			cli_misuse(cli, "only one command at a time");
		options->action = (enum action)i;
		return true;
	}
	return false;
}

static enum cuts_mode read_cuts(const struct cli *cli, const char *word)
{
	static const char *const names[] = { [CUTS_REPORT] = "report", [CUTS_REFUSE] = "refuse", [CUTS_OFF] = "off" };

	for (size_t i = CUTS_REPORT; i < ARRAY_LEN(names); i++)
		if (strcmp(word, names[i]) == 0)
			return (enum cuts_mode)i;
	cli_misuse(cli, "--cuts %s: it must be report, refuse or off", word);
}

static void set_word(const struct cli *cli, struct fw_load_options *options, int c)
{
	if (c == 'b' && !backend_parse(optarg, &options->backend))
		cli_misuse(cli, "%s: the backend must be nft, legacy or auto", optarg);
	else if (c == 's')
		options->state_dir = optarg;
	else if (c == 'w')
		options->wait = cli_seconds(cli, optarg);
	else if (c == OPT_CONFIRM && (options->confirm = cli_seconds(cli, optarg)) == 0)
		cli_misuse(cli, "--confirm 0: the time must be at least 1 second");
	else if (c == OPT_CUTS)
		options->cuts = read_cuts(cli, optarg);
	else if (c == OPT_SAFE_RULES)
		options->safe_rules = optarg;
	else if (c == OPT_KEEP && !vec_push(&options->keep, optarg))
		cli_misuse(cli, "out of memory");
}

static void set_flag(struct cli *cli, struct fw_load_options *options, int c)
{
	options->families |= cli_family(c);
	if (c == 'n')
		options->plan_only = true;
	else if ((c == OPT_ADOPT || c == OPT_REPLACE) && options->unknown != UNKNOWN_REFUSE)
		cli_misuse(cli, "use only one of --adopt and --replace");
	else if (c == OPT_ADOPT || c == OPT_REPLACE)
		options->unknown = c == OPT_ADOPT ? UNKNOWN_ADOPT : UNKNOWN_REPLACE;
	else if (c == OPT_FORCE)
		options->force = true;
	else if (c == OPT_COUNTERS)
		options->counters = true;
	else if (c == OPT_NO_REHEARSE)
		options->no_rehearsal = true;
	else if (c == OPT_ASSUME_EMPTY)
		options->assume_empty = options->no_rehearsal = true;
	else if (c == 'q')
		cli->quiet_warnings = true;
	else if (c == 'v')
		options->verbose = true;
}

/* Actions that options may go with. --boot and the guard take everything else from the state. */
enum { LOADS = 1 << ACTION_LOAD | 1 << ACTION_ROLLBACK, TEXTS = 1 << ACTION_LOAD | 1 << ACTION_CHECK };

static const struct cli_scope scopes[] = {
	{ 'n', LOADS, "a load and with --rollback" },
	{ '4', TEXTS, "a load and with --check: a generation always has both families" },
	{ '6', TEXTS, "a load and with --check: a generation always has both families" },
	{ OPT_CONFIRM, LOADS, "a load and with --rollback" },
	{ OPT_ADOPT, LOADS, "a load and with --rollback" },
	{ OPT_REPLACE, LOADS, "a load and with --rollback" },
	{ OPT_KEEP, LOADS | 1 << ACTION_BOOT, "a load, --rollback and --boot" },
	{ OPT_CUTS, LOADS, "a load and with --rollback" },
	{ OPT_FORCE, 1 << ACTION_LOAD, "a load" },
	{ OPT_COUNTERS, TEXTS, "a load and with --check" },
	{ OPT_NO_REHEARSE, LOADS, "a load and with --rollback" },
	{ OPT_ASSUME_EMPTY, 1 << ACTION_LOAD, "-n: a load must not ignore the rules in force" },
};

bool options_look(const struct fw_load_options *options)
{
	return (LOADS & 1U << options->action) != 0 && options->cuts != CUTS_OFF;
}

struct fw_load_options options_parse(struct cli *cli, int argc, char *argv[])
{
	struct fw_load_options options = { .state_dir = STATE_DIR, .safe_rules = "/etc/fw-tools/safe.rules", .wait = 30 };
	int c;

	cli_begin(cli, "fw-load", usage);
	while ((c = cli_option(cli, argc, argv, ":46b:s:nw:qvhV", longs)) != -1) {
		if (set_action(cli, &options, c))
			continue;
		if (optarg != NULL)
			set_word(cli, &options, c);
		else
			set_flag(cli, &options, c);
		optarg = NULL;
	}
	if (options.unknown == UNKNOWN_ADOPT && options.keep.len > 0)
		cli_misuse(cli, "use only one of --adopt, which keeps everything, and --keep");
	cli_check_scopes(cli, longs, scopes, ARRAY_LEN(scopes), options.action);
	if (options.assume_empty && !options.plan_only)
		cli_misuse(cli, "--assume-empty is only valid with -n: a load must not ignore the rules in force");
	options.input = cli_operand(cli, argc, argv);
	if (options.action == ACTION_ROLLBACK && optind < argc)
		options.generation = cli_number(cli, argv[optind], 1, 1000000000, "the number of a generation");
	else if (options.action > ACTION_CHECK && optind < argc)
		cli_misuse(cli, "this command takes no operand: %s", argv[optind]);
	return options;
}
