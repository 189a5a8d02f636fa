/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "option_table.h"

const char usage[] =
	"usage: ct-stat [-46q] [-w LIMIT] [-c LIMIT] [-n ROWS] [-p PROTO] [OPTION ...]\n"
	"Reports how full the connection tracking table is, and what the kernel dropped.\n"
	"  -w, --warn LIMIT          exit 1 from LIMIT on: a percentage, or entries if above 100\n"
	"  -c, --crit LIMIT          exit 2 from LIMIT on\n"
	"      --warn-early-drop N   exit 1 if N or more entries were evicted (1; 0: never)\n"
	"      --crit-drop N         exit 2 if N or more packets were refused (1; 0: never)\n"
	"      --warn-insert-failed N  exit 1 if N or more insertions failed (0: never)\n"
	"      --warn-assured LIMIT  exit 1 from so many entries on that the kernel may not evict\n"
	"      --crit-assured LIMIT  exit 2 from so many on\n"
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
	"  -o, --output WORD[,WORD]  with --list: add the family (extended), the id (id), the labels\n"
	"                            (labels); as options of conntrack (save), with the mark (mark)\n"
	"      --expect              print every expectation like conntrack -L expect\n"
	"      --events              print every change as it happens\n"
	"      --only TYPE[,TYPE]    only these events: new, update, destroy\n"
	"      --buffer SIZE         bytes of events that may wait to be read (16777216)\n"
	"      --watch[=SEC]         show the table every SEC seconds (2)\n"
	"Filters:\n"
	"  -4, --ipv4                only IPv4\n"
	"  -6, --ipv6                only IPv6\n"
	"  -p, --proto PROTO         protocol, by name or number\n"
	"  -s, --src NET             original source: an address, ADDRESS/LENGTH or ADDRESS/MASK\n"
	"  -d, --dst NET             original destination\n"
	"      --mask-src MASK       the bits of the address of -s that count\n"
	"      --mask-dst MASK       the bits of the address of -d that count\n"
	"      --sport PORT          original source port\n"
	"      --dport PORT          original destination port\n"
	"      --reply-src NET       source of replies\n"
	"      --reply-dst NET       destination of replies\n"
	"      --reply-port-src PORT  source port of replies\n"
	"      --reply-port-dst PORT  destination port of replies\n"
	"      --src-nat[=ADDRESS[:PORT]]  source translated, to this address\n"
	"      --dst-nat[=ADDRESS[:PORT]]  destination translated, to this address\n"
	"      --any-nat[=ADDRESS[:PORT]]  source or destination translated\n"
	"      --icmp-type TYPE      type of ICMP or ICMPv6, as a number\n"
	"      --icmp-code CODE      code of ICMP or ICMPv6\n"
	"      --icmp-id ID          identifier of ICMP or ICMPv6\n"
	"      --srckey KEY          original source key of GRE\n"
	"      --dstkey KEY          original destination key of GRE\n"
	"      --reply-key-src KEY   source key of replies\n"
	"      --reply-key-dst KEY   destination key of replies\n"
	"      --tcp-state NAME      ESTABLISHED, TIME_WAIT, ... (also --state)\n"
	"      --status WORD[,WORD]  assured, seen_reply, unreplied, offload, !assured, ...\n"
	"      --zone N              connection tracking zone of the original direction\n"
	"      --orig-zone N         zone that only the original direction has\n"
	"      --reply-zone N        zone that only the reply direction has\n"
	"  -l, --label NAME[,NAME]   connection tracking labels\n"
	"  -m, --mark N[/MASK]       connection mark\n"
	"      --assured             entries that the kernel may not evict\n"
	"      --unreplied           entries without a reply\n"
	"Advice:\n"
	"      --advise              what to change, and why\n"
	"      --sysctl              the same as a file for sysctl.d\n"
	"  -h, --help                print this text\n"
	"  -V, --version             print the version\n";

const struct option longs[] = {
	{ "warn", required_argument, NULL, 'w' },
	{ "crit", required_argument, NULL, 'c' },
	{ "warn-early-drop", required_argument, NULL, OPT_WARN_EARLY_DROP },
	{ "crit-drop", required_argument, NULL, OPT_CRIT_DROP },
	{ "warn-insert-failed", required_argument, NULL, OPT_WARN_INSERT_FAILED },
	{ "warn-assured", required_argument, NULL, OPT_WARN_ASSURED },
	{ "crit-assured", required_argument, NULL, OPT_CRIT_ASSURED },
	{ "full-in", required_argument, NULL, OPT_FULL_IN },
	{ "assured", no_argument, NULL, OPT_ASSURED },
	{ "quiet", no_argument, NULL, 'q' },
	{ "syslog", optional_argument, NULL, OPT_SYSLOG },
	{ "repeat", required_argument, NULL, OPT_REPEAT },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "interval", required_argument, NULL, OPT_INTERVAL },
	{ "netns", required_argument, NULL, OPT_NETNS },
	{ "absent-ok", no_argument, NULL, OPT_ABSENT_OK },
	{ "proc", required_argument, NULL, OPT_PROC },
	{ "plugin", no_argument, NULL, OPT_PLUGIN },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "prom", optional_argument, NULL, OPT_PROM },
	{ "merge", no_argument, NULL, OPT_MERGE },
	{ "tsv", no_argument, NULL, OPT_TSV },
	{ "no-header", no_argument, NULL, OPT_NO_HEADER },
	{ "top", required_argument, NULL, OPT_TOP },
	{ "rows", required_argument, NULL, 'n' },
	{ "min", required_argument, NULL, OPT_MIN },
	{ "by", required_argument, NULL, OPT_BY },
	{ "sample", required_argument, NULL, OPT_SAMPLE },
	{ "list", no_argument, NULL, OPT_LIST },
	{ "expect", no_argument, NULL, OPT_EXPECT },
	{ "output", required_argument, NULL, 'o' },
	{ "events", no_argument, NULL, OPT_EVENTS },
	{ "only", required_argument, NULL, OPT_ONLY },
	{ "buffer", required_argument, NULL, OPT_BUFFER },
	{ "watch", optional_argument, NULL, OPT_WATCH },
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "proto", required_argument, NULL, 'p' },
	{ "src", required_argument, NULL, 's' },
	{ "dst", required_argument, NULL, 'd' },
	{ "sport", required_argument, NULL, OPT_SPORT },
	{ "dport", required_argument, NULL, OPT_DPORT },
	{ "zone", required_argument, NULL, OPT_ZONE },
	{ "mark", required_argument, NULL, 'm' },
	{ "tcp-state", required_argument, NULL, OPT_TCP_STATE },
	{ "status", required_argument, NULL, OPT_STATUS },
	{ "unreplied", no_argument, NULL, OPT_UNREPLIED },
	{ "src-nat", optional_argument, NULL, OPT_SRC_NAT },
	{ "dst-nat", optional_argument, NULL, OPT_DST_NAT },
	{ "any-nat", optional_argument, NULL, OPT_ANY_NAT },
	{ "reply-src", required_argument, NULL, OPT_REPLY_SRC },
	{ "reply-dst", required_argument, NULL, OPT_REPLY_DST },
	{ "reply-port-src", required_argument, NULL, OPT_REPLY_PORT_SRC },
	{ "reply-port-dst", required_argument, NULL, OPT_REPLY_PORT_DST },
	{ "mask-src", required_argument, NULL, OPT_MASK_SRC },
	{ "mask-dst", required_argument, NULL, OPT_MASK_DST },
	{ "orig-zone", required_argument, NULL, OPT_ORIG_ZONE },
	{ "reply-zone", required_argument, NULL, OPT_REPLY_ZONE },
	{ "icmp-type", required_argument, NULL, OPT_ICMP_TYPE },
	{ "icmp-code", required_argument, NULL, OPT_ICMP_CODE },
	{ "icmp-id", required_argument, NULL, OPT_ICMP_ID },
	{ "srckey", required_argument, NULL, OPT_SRCKEY },
	{ "dstkey", required_argument, NULL, OPT_DSTKEY },
	{ "reply-key-src", required_argument, NULL, OPT_REPLY_KEY_SRC },
	{ "reply-key-dst", required_argument, NULL, OPT_REPLY_KEY_DST },
	{ "label", required_argument, NULL, 'l' },
	{ "advise", no_argument, NULL, OPT_ADVISE },
	{ "sysctl", no_argument, NULL, OPT_SYSCTL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* Where an option has a meaning, if not everywhere. */
const struct cli_scope scopes[] = {
	{ 'w', IN(REPORT), "the report" },
	{ 'c', IN(REPORT), "the report" },
	{ OPT_WARN_EARLY_DROP, IN(REPORT), "the report" },
	{ OPT_CRIT_DROP, IN(REPORT), "the report" },
	{ OPT_WARN_INSERT_FAILED, IN(REPORT), "the report" },
	{ OPT_WARN_ASSURED, IN(REPORT), "the report" },
	{ OPT_CRIT_ASSURED, IN(REPORT), "the report" },
	{ OPT_FULL_IN, IN(REPORT), "the report" },
	{ OPT_SYSLOG, IN(REPORT), "the report" },
	{ OPT_REPEAT, IN(REPORT), "the report" },
	{ OPT_INTERVAL, IN(REPORT), "the report" },
	{ OPT_ABSENT_OK, IN(REPORT), "the report" },
	{ OPT_PROC, IN(REPORT), "the report" },
	{ OPT_PLUGIN, IN(REPORT), "the report" },
	{ OPT_PROM, IN(REPORT), "the report" },
	{ OPT_TSV, IN(REPORT) | IN(MERGE) | IN(TOP), "the report, --merge and --top" },
	{ OPT_JSON, IN(REPORT) | IN(TOP) | IN(LIST) | IN(EXPECT) | IN(EVENTS) | IN(ADVISE),
	  "the report, --top, --list, --expect, --events and --advise" },
	{ 'q', IN(REPORT) | IN(MERGE), "the report and --merge" },
	{ OPT_STATE, IN(REPORT) | IN_ENTRIES, "the report, --top, --list, --events and --watch" },
	{ OPT_ASSURED, IN(REPORT) | IN_ENTRIES, "the report, --top, --list, --events and --watch" },
	{ OPT_NETNS, ~IN(MERGE), "every mode but --merge" },
	{ 'n', IN(TOP) | IN(WATCH), "--top and --watch" },
	{ OPT_MIN, IN(TOP) | IN(WATCH), "--top and --watch" },
	{ OPT_BY, IN(TOP) | IN(WATCH), "--top and --watch" },
	{ OPT_SAMPLE, IN(TOP) | IN(WATCH), "--top and --watch" },
	{ 'o', IN(LIST), "--list" },
	{ OPT_ONLY, IN(EVENTS), "--events" },
	{ OPT_BUFFER, IN(EVENTS), "--events" },
	{ '4', IN_ENTRIES | IN(EXPECT), "--top, --list, --expect, --events and --watch" },
	{ '6', IN_ENTRIES | IN(EXPECT), "--top, --list, --expect, --events and --watch" },
	{ 'p', IN_ENTRIES, "--top, --list, --events and --watch" },
	{ 's', IN_ENTRIES, "--top, --list, --events and --watch" },
	{ 'd', IN_ENTRIES, "--top, --list, --events and --watch" },
	{ 'm', IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_SPORT, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_DPORT, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_ZONE, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_TCP_STATE, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_STATUS, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_UNREPLIED, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_SRC_NAT, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_DST_NAT, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_ANY_NAT, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_REPLY_SRC, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_REPLY_DST, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_REPLY_PORT_SRC, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_REPLY_PORT_DST, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_MASK_SRC, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_MASK_DST, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_ORIG_ZONE, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_REPLY_ZONE, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_ICMP_TYPE, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_ICMP_CODE, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_ICMP_ID, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_SRCKEY, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_DSTKEY, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_REPLY_KEY_SRC, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ OPT_REPLY_KEY_DST, IN_ENTRIES, "--top, --list, --events and --watch" },
	{ 'l', IN_ENTRIES, "--top, --list, --events and --watch" },
};
const size_t scope_count = ARRAY_LEN(scopes);
