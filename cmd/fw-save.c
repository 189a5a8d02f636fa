/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fw-save/save.h"

static const char usage[] =
	"usage: fw-save [-46acq] [-b BACKEND] [-o FILE]\n"
	"       fw-save --check | --list | --verify | --show GEN | --diff A B | --keep N\n"
	"Writes the rules in force, of both families, as one stream that fw-load and iptables-restore read.\n"
	"\n"
	"  -4, --ipv4               only IPv4, as plain text\n"
	"  -6, --ipv6               only IPv6, as plain text\n"
	"  -a, --all                rules of other programs too, not only those of the last load\n"
	"  -b, --backend BACKEND    nft, legacy or auto (what the system's iptables is)\n"
	"  -c, --counters           with packet and byte counts\n"
	"  -o, --output FILE        to FILE, which appears whole or not at all\n"
	"      --layout NAME        to the files that debian or rhel load at boot\n"
	"      --from NAME          from those files, in place of the rules in force\n"
	"      --root DIR           these files, and what a boot runs, are looked for below DIR\n"
	"      --check              compare with the last load: status 1 and the difference\n"
	"      --own                rules of other programs are no difference\n"
	"      --ignore PATTERN     chains of such names, and jumps to them, are no difference\n"
	"      --syslog             differences go to syslog too\n"
	"      --list               the generations that fw-load keeps\n"
	"      --verify             check all of them, and name those that are damaged\n"
	"      --show GEN           what was loaded: a number, good or previous\n"
	"      --diff A B           what differs between two of them, or running\n"
	"      --keep N             remove all but the newest N\n"
	"  -s, --state DIR          where fw-load keeps its state (/var/lib/fw-tools)\n"
	"  -w, --wait SECONDS       how long to wait for locks (30)\n"
	"  -q, --quiet              no warnings\n"
	"  -h, --help               this text\n"
	"  -V, --version            the version\n";

static void save_begin(struct save *save, struct cli *cli, int argc, char *argv[])
{
	*save = (struct save){ .cli = cli, .log = &cli->log, .dump = DUMP_INIT };
	save->opts = parse_opts(cli, argc, argv);
	state_begin(&save->state, save->opts.state_dir);
}

static void save_end(struct save *save)
{
	for (int i = 0; i < FAMILIES; i++)
		rules_free(&save->own[i]);
	dump_free(&save->dump);
	generation_free(&save->good);
	extras_free(&save->extras);
	vec_free(&save->opts.ignore);
}

int main(int argc, char *argv[])
{
	static void (*const actions[])(struct save *) = {
		[ACTION_SAVE] = save_write,   [ACTION_CHECK] = save_check, [ACTION_LIST] = save_list,
		[ACTION_VERIFY] = save_verify, [ACTION_SHOW] = save_show,   [ACTION_DIFF] = save_diff,
		[ACTION_KEEP] = save_keep,
	};
	struct cli cli;
	struct save save;

	cli_begin(&cli, "fw-save", usage);
	save_begin(&save, &cli, argc, argv);
	actions[save.opts.action](&save);
	save_end(&save);
	return cli_finish(&cli);
}
