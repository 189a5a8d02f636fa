/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"
#include "fw-load/run.h"
#include "host/limits.h"

static const char usage[] =
	"usage: fw-load [-46nqv] [-b BACKEND] [-s DIR] [--confirm SECONDS]\n"
	"               [--adopt | --replace | --keep PATTERN] [FILE]\n"
	"       fw-load --check [FILE]\n"
	"       fw-load --confirm-now | --rollback [GENERATION] | --status | --boot\n"
	"Puts the rules of FILE or standard input in force, of both families, or changes nothing.\n"
	"\n"
	"  -4, --ipv4               only IPv4\n"
	"  -6, --ipv6               only IPv6\n"
	"  -b, --backend BACKEND    nft, legacy or auto (what the system's iptables is)\n"
	"  -s, --state DIR          where state is kept (/var/lib/fw-tools)\n"
	"  -n, --plan               print the steps and do none\n"
	"      --check              rehearse only; needs no root\n"
	"      --confirm SECONDS    undo it unless it is confirmed in time\n"
	"      --confirm-now        confirm the load that waits for it\n"
	"      --rollback           load the previous generation again, or the one named\n"
	"      --status             tell the generations, and undo an interrupted load\n"
	"      --boot               put the last good rules in force, or safe ones\n"
	"      --adopt              rules in force that are not ours stay\n"
	"      --replace            rules in force that are not ours go\n"
	"      --keep PATTERN       of them, chains of such names and the jumps to them stay\n"
	"      --counters           packet and byte counts of the input count\n"
	"      --no-rehearse        do not try the rules in a scratch namespace first\n"
	"      --assume-empty       with -n: plan for a host without rules; needs no rights\n"
	"      --safe-rules FILE    what to load when all else fails (/etc/fw-tools/safe.rules)\n"
	"      --guard              wait and undo an unconfirmed load; fw-load starts this itself\n"
	"  -w, --wait SECONDS       how long to wait for locks (30)\n"
	"  -q, --quiet              no warnings\n"
	"  -v, --verbose            say what is done\n"
	"  -h, --help               this text\n"
	"  -V, --version            the version\n";

static bool changes(const struct load_options *options)
{
	return !options->plan_only && options->action != ACTION_CHECK && options->action != ACTION_STATUS;
}

int main(int argc, char *argv[])
{
	static enum result (*const actions[])(struct load_run *) = {
		[ACTION_LOAD] = run_load,	  [ACTION_CHECK] = run_check,	[ACTION_CONFIRM] = run_confirm,
		[ACTION_ROLLBACK] = run_rollback, [ACTION_STATUS] = run_status, [ACTION_BOOT] = run_boot,
		[ACTION_GUARD] = run_guard,
	};
	struct load_options options;
	struct cli cli;
	struct load_run run;
	enum result result = RESULT_SYSTEM;
	int status;

	cli_begin(&cli, "fw-load", usage);
	options = parse_options(&cli, argc, argv);
	run_begin(&run, &cli, &options);
	if (host_prepare(&cli.log) || options.action == ACTION_BOOT) /* at boot less may do, and must be tried */
		result = actions[options.action](&run);
	run_end(&run);
	status = cli_finish(&cli);
	/* Where something was changed the result says what is in force, whatever went wrong on the way there. */
	return result != RESULT_DONE || changes(&options) ? (int)result : status;
}
