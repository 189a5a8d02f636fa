/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "options.h"
#include "conntrack/events.h"
#include "conntrack/flowtext.h"
#include "conntrack/text.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>

#define DEFAULT_ROWS	10
#define DEFAULT_BUFFER	((uint64_t)16 << 20)
#define DEFAULT_REFRESH 2

enum {
	OPT_WARN_EARLY_DROP = 256,
	OPT_CRIT_DROP,
	OPT_WARN_INSERT_FAILED,
	OPT_FULL_IN,
	OPT_ASSURED,
	OPT_SYSLOG,
	OPT_REPEAT,
	OPT_STATE,
	OPT_INTERVAL,
	OPT_NETNS,
	OPT_ABSENT_OK,
	OPT_PROC,
	OPT_PLUGIN,
	OPT_JSON,
	OPT_PROM,
	OPT_MERGE,
	OPT_TSV,
	OPT_NO_HEADER,
	OPT_TOP,
	OPT_MIN,
	OPT_BY,
	OPT_SAMPLE,
	OPT_LIST,
	OPT_EVENTS,
	OPT_ONLY,
	OPT_BUFFER,
	OPT_WATCH,
	OPT_SPORT,
	OPT_DPORT,
	OPT_ZONE,
	OPT_TCP_STATE,
	OPT_STATUS,
	OPT_UNREPLIED,
	OPT_ADVISE,
	OPT_SYSCTL,
};

static const char usage[] =
	"usage: ct-stat [-46q] [-w LIMIT] [-c LIMIT] [-n ROWS] [-p PROTO] [OPTION ...]\n"
	"Reports how full the connection tracking table is, and what the kernel dropped.\n"
	"  -w, --warn LIMIT          exit 1 from LIMIT on: a percentage, or entries if above 100\n"
	"  -c, --crit LIMIT          exit 2 from LIMIT on\n"
	"      --warn-early-drop N   exit 1 if N or more entries were evicted (1; 0: never)\n"
	"      --crit-drop N         exit 2 if N or more packets were refused (1; 0: never)\n"
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
	"      --tcp-state NAME      ESTABLISHED, TIME_WAIT, ... (also --state)\n"
	"      --status WORD[,WORD]  assured, seen_reply, src_nat, dst_nat, offload, ...\n"
	"      --zone N              connection tracking zone\n"
	"  -m, --mark N[/MASK]       connection mark\n"
	"      --assured             entries that the kernel may not evict\n"
	"      --unreplied           entries without a reply\n"
	"Advice:\n"
	"      --advise              what to change, and why\n"
	"      --sysctl              the same as a file for sysctl.d\n"
	"  -h, --help                print this text\n"
	"  -V, --version             print the version\n";

static const struct option longs[] = {
	{ "warn", required_argument, NULL, 'w' },
	{ "crit", required_argument, NULL, 'c' },
	{ "warn-early-drop", required_argument, NULL, OPT_WARN_EARLY_DROP },
	{ "crit-drop", required_argument, NULL, OPT_CRIT_DROP },
	{ "warn-insert-failed", required_argument, NULL, OPT_WARN_INSERT_FAILED },
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
	{ "advise", no_argument, NULL, OPT_ADVISE },
	{ "sysctl", no_argument, NULL, OPT_SYSCTL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

#define IN(mode)   (1u << MODE_##mode)
#define IN_ENTRIES (IN(TOP) | IN(LIST) | IN(EVENTS) | IN(WATCH))

/* Where an option has a meaning, if not everywhere. */
static const struct cli_scope scopes[] = {
	{ 'w', IN(REPORT), "the report" },
	{ 'c', IN(REPORT), "the report" },
	{ OPT_WARN_EARLY_DROP, IN(REPORT), "the report" },
	{ OPT_CRIT_DROP, IN(REPORT), "the report" },
	{ OPT_WARN_INSERT_FAILED, IN(REPORT), "the report" },
	{ OPT_FULL_IN, IN(REPORT), "the report" },
	{ OPT_SYSLOG, IN(REPORT), "the report" },
	{ OPT_REPEAT, IN(REPORT), "the report" },
	{ OPT_INTERVAL, IN(REPORT), "the report" },
	{ OPT_ABSENT_OK, IN(REPORT), "the report" },
	{ OPT_PROC, IN(REPORT), "the report" },
	{ OPT_PLUGIN, IN(REPORT), "the report" },
	{ OPT_PROM, IN(REPORT), "the report" },
	{ OPT_TSV, IN(REPORT) | IN(MERGE) | IN(TOP), "the report, --merge and --top" },
	{ OPT_JSON, IN(REPORT) | IN(TOP) | IN(LIST) | IN(EVENTS) | IN(ADVISE),
	  "the report, --top, --list, --events and --advise" },
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
	{ '4', IN_ENTRIES, "--top, --list, --events and --watch" },
	{ '6', IN_ENTRIES, "--top, --list, --events and --watch" },
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
};

/*
 * Whether the exit status will be read as that of a monitoring plugin. It must be known before the command
 * line has been parsed, because a status of 2 for misuse would be read as critical.
 */
static bool is_alarm(int argc, char *argv[])
{
	static const char *const alarms[] = { "-w", "-c", "--w", "--c", "--plugin", "--full-in", "--merge" };

	for (int i = 1; i < argc; i++)
		for (size_t n = 0; n < ARRAY_LEN(alarms); n++)
			if (strncmp(argv[i], alarms[n], strlen(alarms[n])) == 0 &&
			    strncmp(argv[i], "--watch", 7) != 0)
				return true;
	return false;
}

/* The option's argument as a number from min to max. */
static uint64_t number(const struct cli *cli, const char *name, uint64_t min, uint64_t max)
{
	uint64_t value;

	if (!text_to_number(optarg, max, &value))
		cli_misuse(cli, "%s needs a number up to %llu, not %s", name, (unsigned long long)max, optarg);
	if (value < min)
		cli_misuse(cli, "%s needs a number of at least %llu", name, (unsigned long long)min);
	return value;
}

/* The option's argument, which may not be empty: an unset variable of a script would be. */
static const char *named(const struct cli *cli, const char *name)
{
	if (optarg[0] == '\0')
		cli_misuse(cli, "%s needs a name, but it is empty", name);
	return optarg;
}

static uint64_t duration(const struct cli *cli, const char *name)
{
	uint64_t value;

	if (!text_to_duration(optarg, &value))
		cli_misuse(cli, "%s needs a time such as 90s, 5m, 2h or 3d, not %s", name, optarg);
	return value;
}

static void set_mode(struct ct_stat_options *options, const struct cli *cli, enum mode mode)
{
	if (options->mode != MODE_REPORT && options->mode != mode)
		cli_misuse(cli, "use one of --merge, --top, --list, --events, --watch, --advise and --sysctl");
	options->mode = mode;
}

static void set_format(struct ct_stat_options *options, const struct cli *cli, enum format format)
{
	if (options->format != FORMAT_TEXT && options->format != format)
		cli_misuse(cli, "use one of --plugin, --json, --prom and --tsv");
	options->format = format;
}

static bool parse_limit(struct ct_stat_options *options, const struct cli *cli, int c)
{
	struct limits *limits = &options->request.limits;

	switch (c) {
	case 'w':
	case 'c':
		if (!threshold_read(c == 'w' ? &limits->warn : &limits->crit, optarg))
			cli_misuse(cli, "-%c needs a percentage or a number of entries, not %s", c, optarg);
		break;
	case OPT_WARN_EARLY_DROP:
		limits->warn_early_drop = number(cli, "--warn-early-drop", 0, UINT32_MAX);
		break;
	case OPT_CRIT_DROP:
		limits->crit_drop = number(cli, "--crit-drop", 0, UINT32_MAX);
		break;
	case OPT_WARN_INSERT_FAILED:
		limits->warn_insert_failed = number(cli, "--warn-insert-failed", 0, UINT32_MAX);
		limits->warn_nat = limits->warn_insert_failed;
		break;
	case OPT_FULL_IN:
		limits->full_in = duration(cli, "--full-in");
		break;
	default:
		return false;
	}
	limits->active = true;
	return true;
}

static bool parse_format(struct ct_stat_options *options, const struct cli *cli, int c)
{
	switch (c) {
	case OPT_PLUGIN:
		set_format(options, cli, FORMAT_PLUGIN);
		options->request.limits.active = true;
		return true;
	case OPT_JSON:
		set_format(options, cli, FORMAT_JSON);
		return true;
	case OPT_PROM:
		set_format(options, cli, FORMAT_PROM);
		options->prom_file = optarg != NULL ? named(cli, "--prom") : NULL;
		return true;
	case OPT_TSV:
		set_format(options, cli, FORMAT_TSV);
		return true;
	case OPT_NO_HEADER:
		options->no_header = true;
		return true;
	default:
		return false;
	}
}

static bool parse_report(struct ct_stat_options *options, const struct cli *cli, int c)
{
	switch (c) {
	case 'q':
		options->quiet = true;
		return true;
	case OPT_ASSURED:
		options->assured = true;
		return true;
	case OPT_SYSLOG:
		options->syslog = LOG_DAEMON | LOG_WARNING;
		if (optarg != NULL && !text_to_priority(optarg, &options->syslog))
			cli_misuse(cli, "--syslog needs FACILITY.LEVEL, not %s", optarg);
		return true;
	case OPT_REPEAT:
		options->repeat = duration(cli, "--repeat");
		return true;
	case OPT_STATE:
		options->state = named(cli, "--state");
		return true;
	case OPT_INTERVAL:
		options->request.interval = number(cli, "--interval", 1, 86400);
		return true;
	case OPT_NETNS:
		options->netns = named(cli, "--netns");
		return true;
	case OPT_ABSENT_OK:
		options->request.absent_ok = true;
		return true;
	case OPT_PROC:
		options->request.proc = named(cli, "--proc");
		return true;
	default:
		return false;
	}
}

static void parse_by(struct ct_stat_options *options, const struct cli *cli)
{
	static const char *const names[] = { "flows", "packets", "bytes" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(optarg, names[i]) == 0) {
			options->entries.breakdown.by = (enum tally_by)i;
			return;
		}
	cli_misuse(cli, "--by needs flows, packets or bytes, not %s", optarg);
}

static unsigned words(const struct cli *cli, const char *option, const char *const *names, size_t count)
{
	const char *bad = optarg;
	unsigned bits;

	if (!text_to_words(&bad, names, count, &bits))
		cli_misuse(cli, "%s does not know the word \"%.*s\"", option, (int)strcspn(bad, ","), bad);
	return bits;
}

static bool parse_mode(struct ct_stat_options *options, const struct cli *cli, int c)
{
	const char *bad;

	switch (c) {
	case OPT_TOP:
		set_mode(options, cli, MODE_TOP);
		if (!breakdown_keys(&options->entries.breakdown, optarg, &bad))
			cli_misuse(cli, "--top cannot count by \"%.*s\"", (int)strcspn(bad, ","), bad);
		return true;
	case OPT_MERGE:
		set_mode(options, cli, MODE_MERGE);
		return true;
	case OPT_LIST:
		set_mode(options, cli, MODE_LIST);
		return true;
	case OPT_EVENTS:
		set_mode(options, cli, MODE_EVENTS);
		return true;
	case OPT_WATCH:
		set_mode(options, cli, MODE_WATCH);
		if (optarg != NULL)
			options->entries.refresh = number(cli, "--watch", 1, 86400);
		return true;
	case OPT_ADVISE:
	case OPT_SYSCTL:
		set_mode(options, cli, c == OPT_ADVISE ? MODE_ADVISE : MODE_SYSCTL);
		return true;
	default:
		return false;
	}
}

static bool parse_entries(struct ct_stat_options *options, const struct cli *cli, int c)
{
	static const char *const outputs[] = { "extended", "id" }; /* the bits of enum flow_text */

	switch (c) {
	case 'n':
		options->entries.breakdown.rows = number(cli, "-n", 0, UINT32_MAX);
		return true;
	case OPT_MIN:
		options->entries.breakdown.min = number(cli, "--min", 0, UINT64_MAX);
		return true;
	case OPT_BY:
		parse_by(options, cli);
		return true;
	case OPT_SAMPLE:
		options->entries.breakdown.sample = number(cli, "--sample", 1, UINT32_MAX);
		return true;
	case 'o':
		options->entries.line_flags |= words(cli, "-o", outputs, ARRAY_LEN(outputs));
		return true;
	case OPT_ONLY:
		options->entries.events = words(cli, "--only", event_names, EVENT_TYPES);
		return true;
	case OPT_BUFFER:
		options->entries.buffer = number(cli, "--buffer", 0, (uint64_t)1 << 30);
		return true;
	default:
		return false;
	}
}

#define A_NET  "an address or a network such as 10.0.0.0/8 or fd00::/8"
#define A_PORT "a port number"

/* Returns NULL, or what the option needs instead of its argument. */
static const char *parse_tuple(struct ct_filter *filter, int c)
{
	switch (c) {
	case 'p':
		return filter_proto(filter, optarg) ? NULL : "-p needs a protocol such as tcp, udp, icmpv6 or 47";
	case 's':
		return filter_net(&filter->src, optarg) ? NULL : "-s needs " A_NET;
	case 'd':
		return filter_net(&filter->dst, optarg) ? NULL : "-d needs " A_NET;
	case OPT_SPORT:
		return filter_port(&filter->by_sport, &filter->sport, optarg) ? NULL : "--sport needs " A_PORT;
	case OPT_DPORT:
		return filter_port(&filter->by_dport, &filter->dport, optarg) ? NULL : "--dport needs " A_PORT;
	case OPT_TCP_STATE:
		return filter_state(filter, optarg) ? NULL : "--tcp-state needs a state such as TIME_WAIT";
	case OPT_STATUS:
		return filter_words(filter, optarg) ? NULL : "--status needs words such as assured,src_nat";
	case OPT_ZONE:
		return filter_zone(filter, optarg) ? NULL : "--zone needs a number up to 65535";
	default:
		return filter_mark(filter, optarg) ? NULL : "-m needs a number or number/mask";
	}
}

static bool parse_filter(struct ct_stat_options *options, const struct cli *cli, int c)
{
	struct ct_filter *filter = &options->entries.filter;
	uint8_t family = c == '4' ? AF_INET : AF_INET6;
	const char *needed;

	switch (c) {
	case '4':
	case '6':
		if (filter->family != 0 && filter->family != family)
			cli_misuse(cli, "use one of -4 and -6");
		filter->family = family;
		return true;
	case OPT_UNREPLIED:
		options->entries.unreplied = true;
		return true;
	case 'p':
	case 's':
	case 'd':
	case 'm':
	case OPT_SPORT:
	case OPT_DPORT:
	case OPT_ZONE:
	case OPT_TCP_STATE:
	case OPT_STATUS:
		needed = parse_tuple(filter, c);
		if (needed != NULL)
			cli_misuse(cli, "%s, not %s", needed, optarg);
		return true;
	default:
		return false;
	}
}

static bool reads_entries(const struct ct_stat_options *options)
{
	return (IN_ENTRIES & 1u << options->mode) != 0;
}

static void finish_filter(struct ct_stat_options *options, const struct cli *cli)
{
	struct ct_filter *filter = &options->entries.filter;

	if (options->assured)
		filter_status(filter, IPS_ASSURED, 0);
	if (options->entries.unreplied)
		filter_status(filter, 0, IPS_SEEN_REPLY);
	if (options->state != NULL && !filter_state(filter, options->state))
		cli_misuse(cli, "no such state: %s", options->state);
	if (!filter_settle(filter))
		cli_misuse(cli, "no entry is both IPv4 and IPv6");
}

static void finish_request(struct ct_stat_options *options)
{
	options->request.history = options->state;
	options->request.assured = options->assured;
	options->request.remembers = options->syslog >= 0;
}

static void check(struct ct_stat_options *options, const struct cli *cli)
{
	cli_check_scopes(cli, longs, scopes, ARRAY_LEN(scopes), options->mode);
	if (options->no_header && options->format != FORMAT_TSV)
		cli_misuse(cli, "--no-header is only valid with --tsv");
	if (options->mode != MODE_REPORT && options->netns != NULL && strcmp(options->netns, "all") == 0)
		cli_misuse(cli, "--netns all is only valid with the report");
	if (strcmp(options->request.proc, "/proc") != 0 && options->netns != NULL)
		cli_misuse(cli, "use one of --proc and --netns");
	if (options->request.interval > 0 && options->state != NULL)
		cli_misuse(cli, "use one of --interval and --state");
	if (threshold_is_above(&options->request.limits.warn, &options->request.limits.crit, 0))
		cli_misuse(cli, "the limit of -w is above that of -c");
	if (options->repeat > 0 && options->syslog < 0)
		cli_misuse(cli, "--repeat is only valid with --syslog");
	if (reads_entries(options))
		finish_filter(options, cli);
	else
		finish_request(options);
}

static void take_operands(struct ct_stat_options *options, const struct cli *cli, int argc, char *argv[])
{
	if (options->mode == MODE_WATCH && optind + 1 == argc) { /* --watch 5: getopt wants --watch=5 */
		optarg = argv[optind++];
		options->entries.refresh = number(cli, "--watch", 1, 86400);
	}
	if (options->mode == MODE_MERGE)
		options->files = argv + optind;
	else if (optind < argc)
		cli_misuse(cli, "unexpected operand %s", argv[optind]);
}

struct ct_stat_options options_parse(struct cli *cli, int argc, char *argv[])
{
	struct ct_stat_options options = {
		.request = { .limits = { .warn_early_drop = 1, .crit_drop = 1, .warn_nat = 1 }, .proc = "/proc" },
		.syslog = -1,
		.entries = { .breakdown = { .rows = DEFAULT_ROWS },
			     .buffer = DEFAULT_BUFFER,
			     .refresh = DEFAULT_REFRESH,
			     .events = (1u << EVENT_TYPES) - 1 },
	};
	int c;

	cli_begin(cli, "ct-stat", usage);
	if (is_alarm(argc, argv))
		cli->misuse_status = ALARM_UNKNOWN;
	while ((c = cli_option(cli, argc, argv, ":46c:d:hm:n:o:p:qs:Vw:", longs)) != -1)
		if (!parse_limit(&options, cli, c) && !parse_format(&options, cli, c) &&
		    !parse_report(&options, cli, c) && !parse_mode(&options, cli, c) &&
		    !parse_entries(&options, cli, c) && !parse_filter(&options, cli, c))
			cli_misuse(cli, "unknown option");
	take_operands(&options, cli, argc, argv);
	check(&options, cli);
	return options;
}

void options_free(struct ct_stat_options *options)
{
	breakdown_free(&options->entries.breakdown);
}
