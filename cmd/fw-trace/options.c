/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-trace/options.h"

#include <string.h>

static const char usage[] =
	"usage: fw-trace [-46jrhV] [-R FILE] PACKET\n"
	"       fw-trace [-46jchV] [-R FILE] -p FILE | -l FILE\n"
	"Show how a packet passes through a ruleset, which is read from standard input.\n"
	"A packet is written as 'in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:22 new'.\n"
	"\n"
	"  -4, --ipv4             trace IPv4 packets only\n"
	"  -6, --ipv6             trace IPv6 packets only\n"
	"  -R, --rules=FILE       read the rules from FILE instead of standard input\n"
	"  -p, --packets=FILE     read one packet from each line of FILE, and print one line for each\n"
	"  -l, --from-log=FILE    read packets from messages of the target LOG; print which rule decides each now\n"
	"  -r, --reply            if the packet is accepted, trace the reply to it too\n"
	"  -j, --json             print one JSON object for each packet\n"
	"  -c, --count            print the rules with the number of packets that each matched\n"
	"  -h, --help             print this summary\n"
	"  -V, --version          print the version\n";

static const struct option longs[] = {
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "rules", required_argument, NULL, 'R' },
	{ "packets", required_argument, NULL, 'p' },
	{ "from-log", required_argument, NULL, 'l' },
	{ "reply", no_argument, NULL, 'r' },
	{ "json", no_argument, NULL, 'j' },
	{ "count", no_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static void read_option(struct fw_trace_options *options, int c)
{
	switch (c) {
	case '4':
	case '6':
		options->family |= cli_family(c);
		break;
	case 'R':
		options->rules = optarg;
		break;
	case 'p':
		options->packets = optarg;
		break;
	case 'l':
		options->log = optarg;
		break;
	case 'r':
		options->reply = true;
		break;
	case 'j':
		options->json = true;
		break;
	case 'c':
		options->count = true;
		break;
	default:
		break;
	}
}

static void check_together(const struct cli *cli, const struct fw_trace_options *options)
{
	const char *many = options->packets != NULL ? options->packets : options->log;

	if ((options->packet != NULL) + (options->packets != NULL) + (options->log != NULL) != 1)
		cli_misuse(cli, "give one packet, --packets or --from-log");
	if (options->reply && many != NULL)
		cli_misuse(cli, "--reply is only valid with one packet");
	if (options->count && options->json)
		cli_misuse(cli, "--count and --json cannot be used together");
	if (many != NULL && strcmp(many, "-") == 0 && strcmp(options->rules, "-") == 0)
		cli_misuse(cli, "rules and packets cannot both come from standard input");
	if (options->family == FAMILY_BOTH)
		cli_misuse(cli, "-4 and -6 cannot be used together");
}

struct fw_trace_options options_parse(struct cli *cli, int argc, char *argv[])
{
	struct fw_trace_options options = { .rules = "-" };
	int c;

	cli_begin(cli, "fw-trace", usage);
	while ((c = cli_option(cli, argc, argv, ":46R:p:l:rjchV", longs)) != -1)
		read_option(&options, c);
	if (optind < argc)
		options.packet = argv[optind++];
	if (optind < argc)
		cli_misuse(cli, "give only one packet, in quotes");
	check_together(cli, &options);
	return options;
}
