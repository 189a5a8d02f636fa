/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ct-stat - how full the connection tracking table is, who fills it, and what the kernel dropped. */
#include "cli.h"
#include "ct-stat/options.h"
#include "ct-stat/run.h"

static const char usage[] =
	"usage: ct-stat [-46q] [-w LIMIT] [-c LIMIT] [-n ROWS] [-p PROTO] [OPTION ...]\n"
	"Reports how full the connection tracking table is, and what the kernel dropped.\n"
	"  -w, --warn LIMIT          exit 1 from LIMIT on: a percentage, or entries if above 100\n"
	"  -c, --crit LIMIT          exit 2 from LIMIT on\n"
	"      --warn-early-drop N   exit 1 if N or more entries were evicted (1; 0: never)\n"
	"      --crit-drop N         exit 2 if N or more packets were dropped (1; 0: never)\n"
	"      --warn-insert-failed N  exit 1 if N or more insertions failed (0: never)\n"
	"      --full-in TIME        exit 1 if the table will be full within TIME\n"
	"      --assured             also count the entries that the kernel may not evict\n"
	"  -q, --quiet               print nothing unless there is an alarm\n"
	"      --syslog[=PRIORITY]   log changes of the alarm level (daemon.warning)\n"
	"      --repeat TIME         log an alarm that lasts again after TIME\n"
	"      --state FILE          remember this run in FILE (" HISTORY_PATH ")\n"
	"      --interval SEC        measure twice, SEC seconds apart, without a state file\n"
	"      --netns NAME          a network namespace by name or process id, or all\n"
	"      --absent-ok           exit 0 where connection tracking is not active\n"
	"      --proc DIR            read the files of DIR instead of /proc, and nothing else\n"
	"      --plugin              one line with performance data\n"
	"      --json                one object per line\n"
	"      --prom[=FILE]         Prometheus text, for the textfile collector\n"
	"      --merge [FILE...]     list reports that --json printed, the worst first\n"
	"      --tsv                 a table with tabs between the columns\n"
	"      --no-header           with --tsv: leave out the names of the columns\n"
	"Entries:\n"
	"      --top KEY[,KEY...]    count by proto, state, src, dst, sport, dport, zone, mark, family,\n"
	"                            nat, status, helper, master, timeout, src/24, src/24/64, dst/24\n"
	"  -n, --rows N              rows for each key (10; 0: all)\n"
	"      --min N               only rows with N or more\n"
	"      --by WHAT             sort by flows, packets or bytes\n"
	"      --sample N            estimate from the first N entries\n"
	"      --list                print every entry like conntrack -L\n"
	"  -o, --output WORD[,WORD]  with --list: add the family (extended), the id (id)\n"
	"      --events              print every change as it happens\n"
	"      --only TYPE[,TYPE]    only these events: new, update, destroy\n"
	"      --buffer SIZE         bytes of events that may wait to be read (16777216)\n"
	"      --watch[=SEC]         show the table every SEC seconds (2)\n"
	"Filters:\n"
	"  -4, --ipv4                only IPv4\n"
	"  -6, --ipv6                only IPv6\n"
	"  -p, --proto PROTO         protocol, by name or number\n"
	"  -s, --src NET             original source\n"
	"  -d, --dst NET             original destination\n"
	"      --sport PORT          original source port\n"
	"      --dport PORT          original destination port\n"
	"      --state NAME          ESTABLISHED, TIME_WAIT, ...\n"
	"      --zone N              connection tracking zone\n"
	"  -m, --mark N[/MASK]       connection mark\n"
	"      --assured             entries that the kernel may not evict\n"
	"      --unreplied           entries without a reply\n"
	"Advice:\n"
	"      --advise              what to change, and why\n"
	"      --sysctl              the same as a file for sysctl.d\n"
	"  -h, --help                print this text\n"
	"  -V, --version             print the version\n";

int main(int argc, char *argv[])
{
	static int (*const modes[MODES])(struct cli *, struct ct_stat_options *) = {
		[MODE_REPORT] = run_report, [MODE_MERGE] = run_merge,	[MODE_TOP] = run_top,
		[MODE_LIST] = run_list,	    [MODE_EVENTS] = run_events, [MODE_WATCH] = run_watch,
		[MODE_ADVISE] = run_advise, [MODE_SYSCTL] = run_advise,
	};
	struct ct_stat_options options;
	struct cli cli;
	int status;

	cli_begin(&cli, "ct-stat", usage);
	options_parse(&options, &cli, argc, argv);
	status = modes[options.mode](&cli, &options);
	options_free(&options);
	/* An alarm says more than lost output does. */
	return cli_finish(&cli) != STATUS_DONE && status == ALARM_OK ? ALARM_UNKNOWN : status;
}
