/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-gen/options.h"

static const char usage[] = "usage: fw-gen [-4|-6] [-c|-e|-i|-m|-s] [--no-sets] [FILE]\n"
			    "       fw-gen --services|--statements\n"
			    "Compile a firewall profile into IPv4 and IPv6 rules.\n"
			    "  -4, --ipv4        write IPv4 rules only, for iptables-restore\n"
			    "  -6, --ipv6        write IPv6 rules only, for ip6tables-restore\n"
			    "  -c, --check       compile and write no rules\n"
			    "  -e, --explain     print each statement with its rules\n"
			    "  -i, --import      read iptables-save output and print a profile of it\n"
			    "  -m, --modules     print the kernel modules needed, for modules-load.d\n"
			    "  -s, --sysctls     print the kernel settings needed, for sysctl.d\n"
			    "      --no-sets     turn long host lists into trees of chains, not ipsets\n"
			    "      --services    print the built-in table of services\n"
			    "      --statements  print the statements of the profile language\n"
			    "  -h, --help        print this help\n"
			    "  -V, --version     print the version\n";

static const struct option longs[] = {
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "check", no_argument, NULL, 'c' },
	{ "explain", no_argument, NULL, 'e' },
	{ "import", no_argument, NULL, 'i' },
	{ "modules", no_argument, NULL, 'm' },
	{ "sysctls", no_argument, NULL, 's' },
	{ "no-sets", no_argument, NULL, 'n' },
	{ "services", no_argument, NULL, 'S' },
	{ "statements", no_argument, NULL, 'L' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static void set_family(const struct cli *cli, struct fw_gen_options *options, enum family family)
{
	if (options->profile.family != FAMILY_BOTH && options->profile.family != family)
		cli_misuse(cli, "-4 and -6 exclude each other: leave out both to get both families");
	options->profile.family = family;
}

static void set_mode(const struct cli *cli, struct fw_gen_options *options, int mode)
{
	if (options->mode != 0 && options->mode != mode)
		cli_misuse(cli, "give only one of -c, -e, -i, -m, -s, --services and --statements");
	options->mode = mode;
}

struct fw_gen_options options_parse(struct cli *cli, int argc, char *argv[])
{
	struct fw_gen_options options = { .profile.family = FAMILY_BOTH };
	int c;

	cli_begin(cli, "fw-gen", usage);
	while ((c = cli_option(cli, argc, argv, ":46ceimshV", longs)) != -1) {
		if (cli_family(c) != FAMILY_NONE)
			set_family(cli, &options, cli_family(c));
		else if (c == 'n')
			options.profile.no_sets = true;
		else
			set_mode(cli, &options, c);
	}
	options.path = cli_operand(cli, argc, argv);
	return options;
}
