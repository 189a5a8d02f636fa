/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fw-gen/options.h"

static const char usage[] = "usage: fw-gen [-4|-6] [-c|-e|-i|-m|-s] [--no-sets] [FILE]\n"
			    "Compile a firewall profile into the rules of both families.\n"
			    "  -4, --ipv4      the rules of IPv4 only, as plain iptables-restore text\n"
			    "  -6, --ipv6      the rules of IPv6 only, as plain ip6tables-restore text\n"
			    "  -c, --check     compile, print nothing\n"
			    "  -e, --explain   each statement and the rules that it became\n"
			    "  -i, --import    read iptables-save text, print a profile that makes it again\n"
			    "  -m, --modules   the kernel modules it needs, as lines for modules-load.d\n"
			    "  -s, --sysctls   the kernel settings it needs, as lines for sysctl.d\n"
			    "      --no-sets   long host lists become trees of chains, not ipsets\n"
			    "      --services    the built-in table of services\n"
			    "      --statements  the statements of the language\n"
			    "  -h, --help      this text\n"
			    "  -V, --version   the version\n";

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
		cli_misuse(cli, "-4 and -6 exclude each other: leave both out for both families");
	options->profile.family = family;
}

static void set_mode(const struct cli *cli, struct fw_gen_options *options, int mode)
{
	if (options->mode != 0 && options->mode != mode)
		cli_misuse(cli, "one of -c, -e, -i, -m, -s, --services and --statements at a time");
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
