/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"
#include "fw-load/load.h"

#include <string.h>

static const char usage[] =
	"usage: fw-load [-46nqv] [-b BACKEND] [-s DIR] [--replace] [FILE]\n"
	"Puts the rules of FILE or standard input in force, of both families, or changes nothing.\n"
	"\n"
	"  -4, --ipv4               only IPv4\n"
	"  -6, --ipv6               only IPv6\n"
	"  -b, --backend BACKEND    nft, legacy or auto (what the system's iptables is)\n"
	"  -s, --state DIR          where state is kept (/var/lib/fw-tools)\n"
	"  -n, --plan               print the steps and do none\n"
	"      --replace            rules that are not ours go\n"
	"      --counters           packet and byte counts of the input count\n"
	"  -w, --wait SECONDS       how long to wait for locks (30)\n"
	"  -q, --quiet              no warnings\n"
	"  -v, --verbose            say what is done\n"
	"  -h, --help               this text\n"
	"  -V, --version            the version\n";

enum { OPT_REPLACE = 256, OPT_COUNTERS };

static const struct option longs[] = {
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "backend", required_argument, NULL, 'b' },
	{ "state", required_argument, NULL, 's' },
	{ "plan", no_argument, NULL, 'n' },
	{ "replace", no_argument, NULL, OPT_REPLACE },
	{ "counters", no_argument, NULL, OPT_COUNTERS },
	{ "wait", required_argument, NULL, 'w' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static void set_option(struct cli *cli, struct load_opts *opts, int c)
{
	switch (c) {
	case '4':
	case '6':
		opts->families |= c == '4' ? FAMILY_IPV4 : FAMILY_IPV6;
		break;
	case 'b':
		if (!backend_parse(optarg, &opts->backend))
			cli_misuse(cli, "%s: the backend is nft, legacy or auto", optarg);
		break;
	case 's':
		opts->state_dir = optarg;
		break;
	case 'n':
		opts->plan_only = true;
		break;
	case OPT_REPLACE:
		opts->unknown = UNKNOWN_REPLACE;
		break;
	case OPT_COUNTERS:
		opts->counters = true;
		break;
	case 'w':
		opts->wait = cli_seconds(cli, optarg);
		break;
	case 'q':
		cli->quiet_warnings = true;
		break;
	case 'v':
		opts->verbose = true;
		break;
	case 'h':
		cli_help(cli);
	case 'V':
		cli_version(cli);
	}
}

static struct load_opts parse_opts(struct cli *cli, int argc, char *argv[])
{
	struct load_opts opts = { .state_dir = "/var/lib/fw-tools", .wait = 30, .unknown = UNKNOWN_REPLACE };
	int c;

	while ((c = cli_option(cli, argc, argv, ":46b:s:nw:qvhV", longs)) != -1)
		set_option(cli, &opts, c);
	opts.input = cli_operand(cli, argc, argv);
	return opts;
}

int main(int argc, char *argv[])
{
	struct cli cli;
	struct load load;
	struct load_opts opts;
	int status;

	cli_begin(&cli, "fw-load", usage);
	opts = parse_opts(&cli, argc, argv);
	load_begin(&load, &cli, &opts);
	if (load_read(&load) && load_find(&load) && load_lock(&load) && load_rehearse(&load) && load_snapshot(&load) &&
	    load_merge(&load) && load_plan(&load)) {
		if (opts.plan_only)
			plan_print(&load.plan, stdout);
		else
			load_commit(&load);
	}
	status = load.status;
	load_end(&load);
	return status > 0 ? (cli_finish(&cli), status) : cli_finish(&cli);
}
