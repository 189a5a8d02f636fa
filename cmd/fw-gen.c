/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fw-gen - compile a firewall profile into the rules of both families. */
#include "cli.h"
#include "base/file.h"
#include "profile/import.h"
#include "profile/profile.h"

#include <string.h>
#include <time.h>

/* Larger profiles and host lists than this are a mistake. */
#define INPUT_BYTES_MAX ((size_t)64 << 20)

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
			    "      --services  the built-in table of services\n"
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
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

struct gen {
	struct cli cli;
	struct profile_options options;
	int mode; /* the option letter of what to print, 0: the rules */
	const char *path;
};

static void family_set(struct gen *gen, enum family family)
{
	if (gen->options.family != FAMILY_BOTH && gen->options.family != family)
		cli_misuse(&gen->cli, "-4 and -6 exclude each other: leave both out for both families");
	gen->options.family = family;
}

static void mode_set(struct gen *gen, int mode)
{
	if (gen->mode != 0 && gen->mode != mode)
		cli_misuse(&gen->cli, "one of -c, -e, -i, -m, -s and --services at a time");
	gen->mode = mode;
}

static void options_parse(struct gen *gen, int argc, char *argv[])
{
	int c;

	cli_begin(&gen->cli, "fw-gen", usage);
	gen->options.family = FAMILY_BOTH;
	while ((c = cli_option(&gen->cli, argc, argv, ":46ceimshV", longs)) != -1) {
		switch (c) {
		case '4':
			family_set(gen, FAMILY_IPV4);
			break;
		case '6':
			family_set(gen, FAMILY_IPV6);
			break;
		case 'n':
			gen->options.no_sets = true;
			break;
		case 'h':
			cli_help(&gen->cli);
		case 'V':
			cli_version(&gen->cli);
		default:
			mode_set(gen, c);
		}
	}
	gen->path = cli_operand(&gen->cli, argc, argv);
}

static int source_read(void *ctx, const char *path, struct strbuf *out)
{
	(void)ctx;
	return file_read_path(path, out, INPUT_BYTES_MAX);
}

static void profile_output(const struct gen *gen, const struct profile *profile, struct strbuf *out)
{
	switch (gen->mode) {
	case 'c':
		break;
	case 'e':
		profile_print_explanation(profile, out);
		break;
	case 'm':
		profile_print_modules(profile, out);
		break;
	case 's':
		profile_print_sysctls(profile, out);
		break;
	default:
		profile_print(profile, out);
	}
}

static void gen_run(struct gen *gen, struct strbuf *out)
{
	struct profile_source source = { .read = source_read, .now = (int64_t)time(NULL) };
	struct strbuf text = STRBUF_INIT;
	struct profile *profile = NULL;

	if (!cli_read(&gen->cli, gen->path, &text, INPUT_BYTES_MAX)) {
		strbuf_free(&text);
		return;
	}
	if (gen->mode == 'i' && !profile_import(cli_input_name(gen->path), strbuf_text(&text), text.len,
						gen->options.family, &gen->cli.log, out))
		strbuf_reset(out);
	if (gen->mode != 'i')
		profile = profile_compile(cli_input_name(gen->path), strbuf_text(&text), text.len, &source,
					  &gen->options, &gen->cli.log);
	if (profile != NULL)
		profile_output(gen, profile, out);
	profile_free(profile);
	strbuf_free(&text);
}

int main(int argc, char *argv[])
{
	struct gen gen = { .mode = 0 };
	struct strbuf out = STRBUF_INIT;

	options_parse(&gen, argc, argv);
	if (gen.mode == 'S')
		profile_print_services(&out);
	else
		gen_run(&gen, &out);
	if (out.failed)
		diag_memory(&gen.cli.log);
	else if (out.len > 0)
		fwrite(out.data, 1, out.len, stdout);
	strbuf_free(&out);
	return cli_finish(&gen.cli);
}
