/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ct-stat - how full the connection tracking table is, who fills it, and what the kernel dropped. */
#include "cli.h"
#include "ct-stat/options.h"
#include "ct-stat/run.h"

static const char usage[] =
	"usage: ct-stat [-46q] [-w limit] [-c limit] [-n rows] [-p proto] [option ...]\n"
	"Report: how full the connection tracking table is, and what the kernel had to drop.\n"
	"  -w, --warn LIMIT          exit 1 from LIMIT on: percent, or entries when above 100\n"
	"  -c, --crit LIMIT          exit 2 from LIMIT on\n"
	"      --warn-early-drop N   exit 1 when N or more entries were evicted (1; 0: never)\n"
	"      --crit-drop N         exit 2 when N or more packets were refused (1; 0: never)\n"
	"      --warn-insert-failed N  exit 1 when N or more insertions failed (0: never)\n"
	"      --full-in TIME        exit 1 when the table will be full within TIME\n"
	"      --assured             count those that the kernel may not evict, too\n"
	"  -q, --quiet               print nothing unless there is an alarm\n"
	"      --syslog[=PRIORITY]   log changes of the alarm level (daemon.warning)\n"
	"      --repeat TIME         log a lasting alarm again after TIME\n"
	"      --state FILE          remember the counters there (" HISTORY_PATH ")\n"
	"      --interval SEC        measure twice, SEC seconds apart, without a state file\n"
	"      --netns NAME          of a named network namespace, or a process id; all: of each\n"
	"      --absent-ok           exit 0 where connection tracking is not active\n"
	"      --proc DIR            read the files of DIR instead of /proc, and nothing else\n"
	"      --plugin              one line with performance data\n"
	"      --json                one object a line\n"
	"      --prom[=FILE]         Prometheus text, for the textfile collector\n"
	"      --merge [FILE...]     reports that --json printed elsewhere, the worst first\n"
	"      --tsv                 a table, columns apart by tabs; of --top too\n"
	"      --no-header           of --tsv: without the names of the columns\n"
	"Entries:\n"
	"      --top KEY[,KEY...]    count by proto, state, src, dst, sport, dport, zone, mark, family,\n"
	"                            nat, status, helper, master, timeout, src/24, src/24/64, dst/24\n"
	"  -n, --rows N              rows a key (10; 0: all)\n"
	"      --min N               only rows with at least N\n"
	"      --by WHAT             flows, packets or bytes\n"
	"      --sample N            estimate from the first N entries\n"
	"      --list                every entry, as conntrack -L prints it\n"
	"  -o, --output WORD[,WORD]  of a line: extended, id\n"
	"      --events              every change as it happens\n"
	"      --only TYPE[,TYPE]    of events: new, update, destroy\n"
	"      --buffer SIZE         bytes that may wait for us (16777216)\n"
	"      --watch[=SEC]         a picture every SEC seconds (2)\n"
	"Filters:\n"
	"  -4, --ipv4                IPv4 only\n"
	"  -6, --ipv6                IPv6 only\n"
	"  -p, --proto PROTO         name or number\n"
	"  -s, --src NET             original source\n"
	"  -d, --dst NET             original destination\n"
	"      --sport PORT          original source port\n"
	"      --dport PORT          original destination port\n"
	"      --state NAME          ESTABLISHED, TIME_WAIT, ...\n"
	"      --zone N              conntrack zone\n"
	"  -m, --mark N[/MASK]       conntrack mark\n"
	"      --assured             those that the kernel may not evict\n"
	"      --unreplied           those that saw no answer\n"
	"Advice:\n"
	"      --advise              what to change and why\n"
	"      --sysctl              the same as lines for sysctl.d\n"
	"  -h, --help                this text\n"
	"  -V, --version             the version\n";

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
