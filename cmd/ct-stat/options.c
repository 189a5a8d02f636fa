/* SPDX-License-Identifier: GPL-2.0-or-later */
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
	OPT_UNREPLIED,
	OPT_ADVISE,
	OPT_SYSCTL,
};

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
	{ "unreplied", no_argument, NULL, OPT_UNREPLIED },
	{ "advise", no_argument, NULL, OPT_ADVISE },
	{ "sysctl", no_argument, NULL, OPT_SYSCTL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char shorts[] = ":46c:d:hm:n:o:p:qs:Vw:";

bool options_are_alarm(int argc, char *argv[])
{
	static const char *const alarms[] = { "-w", "-c", "--w", "--c", "--plugin", "--full-in", "--merge" };

	for (int i = 1; i < argc; i++)
		for (size_t n = 0; n < ARRAY_LEN(alarms); n++)
			if (strncmp(argv[i], alarms[n], strlen(alarms[n])) == 0 &&
			    strncmp(argv[i], "--watch", 7) != 0)
				return true;
	return false;
}

/* A number or the end. */
static uint64_t number(const struct cli *cli, const char *name, uint64_t max)
{
	uint64_t value;

	if (!text_to_number(optarg, max, &value))
		cli_misuse(cli, "%s wants a number up to %llu, not %s", name, (unsigned long long)max,
			   optarg);
	return value;
}

/* A text that is not empty, as a variable of a script may be that was never set. */
static const char *named(const struct cli *cli, const char *name)
{
	if (optarg[0] == '\0')
		cli_misuse(cli, "%s wants a name, not nothing", name);
	return optarg;
}

static uint64_t duration(const struct cli *cli, const char *name)
{
	uint64_t value;

	if (!text_to_duration(optarg, &value))
		cli_misuse(cli, "%s wants a time like 90s, 5m, 2h or 3d, not %s", name, optarg);
	return value;
}

static void set_mode(struct ct_stat_options *options, const struct cli *cli, enum mode mode)
{
	if (options->mode != MODE_REPORT && options->mode != mode)
		cli_misuse(cli, "one mode at a time: --merge, --top, --list, --events, --watch, --advise or --sysctl");
	options->mode = mode;
}

static void set_format(struct ct_stat_options *options, const struct cli *cli, enum format format)
{
	if (options->format != FORMAT_TEXT && options->format != format)
		cli_misuse(cli, "one of --plugin, --json, --prom and --tsv at a time");
	options->format = format;
}

/* "daemon.warning" as syslog.conf writes it, or a level alone. */
static int read_priority(const struct cli *cli, const char *text)
{
	static const struct {
		const char *name;
		int value;
	} facilities[] = { { "daemon.", LOG_DAEMON }, { "kern.", LOG_KERN },	 { "user.", LOG_USER },
			   { "auth.", LOG_AUTH },     { "local0.", LOG_LOCAL0 }, { "local1.", LOG_LOCAL1 },
			   { "local2.", LOG_LOCAL2 }, { "local3.", LOG_LOCAL3 }, { "local4.", LOG_LOCAL4 },
			   { "local5.", LOG_LOCAL5 }, { "local6.", LOG_LOCAL6 }, { "local7.", LOG_LOCAL7 } },
	  levels[] = { { "emerg", LOG_EMERG }, { "alert", LOG_ALERT },	   { "crit", LOG_CRIT },
		       { "err", LOG_ERR },     { "warning", LOG_WARNING }, { "notice", LOG_NOTICE },
		       { "info", LOG_INFO },   { "debug", LOG_DEBUG } };
	const char *level = text;
	int facility = LOG_DAEMON;

	for (size_t i = 0; i < ARRAY_LEN(facilities); i++) {
		size_t len = strlen(facilities[i].name);

		if (strncmp(text, facilities[i].name, len) == 0) {
			facility = facilities[i].value;
			level = text + len;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (strcmp(level, levels[i].name) == 0)
			return facility | levels[i].value;
	cli_misuse(cli, "--syslog wants FACILITY.LEVEL, not %s", text);
}

static bool parse_limit(struct ct_stat_options *options, const struct cli *cli, int c)
{
	struct limits *limits = &options->limits;

	switch (c) {
	case 'w':
	case 'c':
		if (!threshold_read(c == 'w' ? &limits->warn : &limits->crit, optarg))
			cli_misuse(cli, "a limit is a percentage or a number of entries, not %s", optarg);
		break;
	case OPT_WARN_EARLY_DROP:
		limits->warn_early_drop = number(cli, "--warn-early-drop", UINT32_MAX);
		break;
	case OPT_CRIT_DROP:
		limits->crit_drop = number(cli, "--crit-drop", UINT32_MAX);
		break;
	case OPT_WARN_INSERT_FAILED:
		limits->warn_insert_failed = number(cli, "--warn-insert-failed", UINT32_MAX);
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
		options->limits.active = true;
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
		options->syslog = optarg != NULL ? read_priority(cli, optarg) : LOG_DAEMON | LOG_WARNING;
		return true;
	case OPT_REPEAT:
		options->repeat = duration(cli, "--repeat");
		return true;
	case OPT_STATE:
		options->state = named(cli, "--state");
		return true;
	case OPT_INTERVAL:
		options->interval = number(cli, "--interval", 86400);
		if (options->interval == 0)
			cli_misuse(cli, "--interval wants a second at least");
		return true;
	case OPT_NETNS:
		options->netns = named(cli, "--netns");
		return true;
	case OPT_ABSENT_OK:
		options->absent_ok = true;
		return true;
	case OPT_PROC:
		options->proc = named(cli, "--proc");
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
			options->breakdown.by = (enum tally_by)i;
			return;
		}
	cli_misuse(cli, "--by wants flows, packets or bytes, not %s", optarg);
}

/* A list of words, each a bit. */
static unsigned parse_words(const struct cli *cli, const char *option, const char *const *names, size_t count)
{
	const char *text = optarg;
	unsigned bits = 0;

	for (;; text++) {
		size_t len = strcspn(text, ","), i = 0;

		while (i < count && (strlen(names[i]) != len || strncmp(names[i], text, len) != 0))
			i++;
		if (i == count)
			cli_misuse(cli, "%s does not know \"%.*s\"", option, (int)len, text);
		bits |= 1u << i;
		text += len;
		if (*text == '\0')
			return bits;
	}
}

static bool parse_mode(struct ct_stat_options *options, const struct cli *cli, int c)
{
	const char *bad;

	switch (c) {
	case OPT_TOP:
		set_mode(options, cli, MODE_TOP);
		if (!breakdown_keys(&options->breakdown, optarg, &bad))
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
			options->refresh = number(cli, "--watch", 86400);
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
		options->breakdown.rows = number(cli, "-n", UINT32_MAX);
		return true;
	case OPT_MIN:
		options->breakdown.min = number(cli, "--min", UINT64_MAX);
		return true;
	case OPT_BY:
		parse_by(options, cli);
		return true;
	case OPT_SAMPLE:
		options->breakdown.sample = number(cli, "--sample", UINT32_MAX);
		if (options->breakdown.sample == 0)
			cli_misuse(cli, "--sample wants at least one entry");
		return true;
	case 'o':
		options->line_flags |= parse_words(cli, "-o", outputs, ARRAY_LEN(outputs));
		return true;
	case OPT_ONLY:
		options->events = parse_words(cli, "--only", event_names, EVENT_TYPES);
		return true;
	case OPT_BUFFER:
		options->buffer = number(cli, "--buffer", (uint64_t)1 << 30);
		return true;
	default:
		return false;
	}
}

#define A_NET  "an address or a network like 10.0.0.0/8 or fd00::/8"
#define A_PORT "a port number"

/* NULL, or what was wanted instead. */
static const char *parse_tuple(struct ct_filter *filter, int c)
{
	switch (c) {
	case 'p':
		return filter_proto(filter, optarg) ? NULL : "-p wants a protocol like tcp, udp, icmpv6 or 47";
	case 's':
		return filter_net(&filter->src, optarg) ? NULL : "-s wants " A_NET;
	case 'd':
		return filter_net(&filter->dst, optarg) ? NULL : "-d wants " A_NET;
	case OPT_SPORT:
		return filter_port(&filter->by_sport, &filter->sport, optarg) ? NULL : "--sport wants " A_PORT;
	case OPT_DPORT:
		return filter_port(&filter->by_dport, &filter->dport, optarg) ? NULL : "--dport wants " A_PORT;
	case OPT_ZONE:
		return filter_zone(filter, optarg) ? NULL : "--zone wants a number up to 65535";
	default:
		return filter_mark(filter, optarg) ? NULL : "-m wants a number, or a number/mask";
	}
}

static bool parse_filter(struct ct_stat_options *options, const struct cli *cli, int c)
{
	struct ct_filter *filter = &options->filter;
	uint8_t family = c == '4' ? AF_INET : AF_INET6;
	const char *wanted;

	switch (c) {
	case '4':
	case '6':
		if (filter->family != 0 && filter->family != family)
			cli_misuse(cli, "one of -4 and -6 at a time");
		filter->family = family;
		return true;
	case OPT_UNREPLIED:
		options->unreplied = true;
		return true;
	case 'p':
	case 's':
	case 'd':
	case 'm':
	case OPT_SPORT:
	case OPT_DPORT:
	case OPT_ZONE:
		wanted = parse_tuple(filter, c);
		if (wanted != NULL)
			cli_misuse(cli, "%s, not %s", wanted, optarg);
		return true;
	default:
		return false;
	}
}

static bool reads_entries(const struct ct_stat_options *options)
{
	return options->mode == MODE_TOP || options->mode == MODE_LIST || options->mode == MODE_EVENTS ||
	       options->mode == MODE_WATCH;
}

static void settle_filter(struct ct_stat_options *options, const struct cli *cli)
{
	if (options->assured)
		filter_status(&options->filter, IPS_ASSURED, 0);
	if (options->unreplied)
		filter_status(&options->filter, 0, IPS_SEEN_REPLY);
	if (options->state != NULL && !filter_state(&options->filter, options->state))
		cli_misuse(cli, "no such state: %s", options->state);
	if (!filter_settle(&options->filter))
		cli_misuse(cli, "no entry is of both families");
}

#define IN(mode)   (1u << MODE_##mode)
#define IN_ENTRIES (IN(TOP) | IN(LIST) | IN(EVENTS) | IN(WATCH))

/* Options that only some modes know: elsewhere they would be ignored silently, or answer another question. */
static const struct fit {
	unsigned modes;
	const char *belongs;
	int options[12]; /* 0 behind the last */
} fits[] = {
	{ IN(REPORT),
	  "alarms, --syslog, --repeat, --interval, --absent-ok and --proc belong to the report",
	  { 'w', 'c', OPT_WARN_EARLY_DROP, OPT_CRIT_DROP, OPT_WARN_INSERT_FAILED, OPT_FULL_IN, OPT_SYSLOG,
	    OPT_REPEAT, OPT_INTERVAL, OPT_ABSENT_OK, OPT_PROC } },
	{ IN(REPORT), "--plugin and --prom are formats of the report", { OPT_PLUGIN, OPT_PROM } },
	{ IN(REPORT) | IN(MERGE) | IN(TOP),
	  "--tsv is a format of the report, --merge and --top",
	  { OPT_TSV } },
	{ IN(REPORT) | IN(TOP) | IN(LIST) | IN(EVENTS) | IN(ADVISE),
	  "--json does not go with --merge, --watch and --sysctl",
	  { OPT_JSON } },
	{ IN(REPORT) | IN(MERGE), "-q belongs to the report and --merge", { 'q' } },
	{ IN(REPORT) | IN_ENTRIES,
	  "--state and --assured belong to the report or to entries",
	  { OPT_STATE, OPT_ASSURED } },
	{ ~IN(MERGE), "--merge looks into no namespace", { OPT_NETNS } },
	{ IN(TOP) | IN(WATCH),
	  "-n, --min, --by and --sample belong to --top and --watch",
	  { 'n', OPT_MIN, OPT_BY, OPT_SAMPLE } },
	{ IN(LIST), "-o belongs to --list", { 'o' } },
	{ IN(EVENTS), "--only and --buffer belong to --events", { OPT_ONLY, OPT_BUFFER } },
	{ IN_ENTRIES,
	  "filters belong to --top, --list, --events and --watch",
	  { '4', '6', 'p', 's', 'd', 'm', OPT_SPORT, OPT_DPORT, OPT_ZONE, OPT_UNREPLIED } },
};

/* The mode may come behind the option: so what is wrong with each mode is remembered. */
static void note_modes(struct ct_stat_options *options, int c)
{
	const struct fit *fit = NULL;

	for (size_t i = 0; i < ARRAY_LEN(fits); i++)
		for (size_t n = 0; n < ARRAY_LEN(fits[i].options) && fits[i].options[n] != 0; n++)
			fit = fits[i].options[n] == c ? &fits[i] : fit;
	for (unsigned mode = 0; fit != NULL && mode < MODES; mode++)
		if ((fit->modes & 1u << mode) == 0 && options->unfit[mode] == NULL)
			options->unfit[mode] = fit->belongs;
}

static void check(struct ct_stat_options *options, const struct cli *cli)
{
	if (options->unfit[options->mode] != NULL)
		cli_misuse(cli, "%s", options->unfit[options->mode]);
	if (options->no_header && options->format != FORMAT_TSV)
		cli_misuse(cli, "--no-header belongs to --tsv");
	if (options->mode != MODE_REPORT && options->netns != NULL && strcmp(options->netns, "all") == 0)
		cli_misuse(cli, "all namespaces are for the report only");
	if (strcmp(options->proc, "/proc") != 0 && options->netns != NULL)
		cli_misuse(cli, "--proc and --netns do not go together");
	if (options->interval > 0 && options->state != NULL)
		cli_misuse(cli, "--interval needs no --state");
	if (options->repeat > 0 && options->syslog < 0)
		cli_misuse(cli, "--repeat belongs to --syslog");
	if (reads_entries(options))
		settle_filter(options, cli);
}

void options_parse(struct ct_stat_options *options, struct cli *cli, int argc, char *argv[])
{
	int c;

	*options = (struct ct_stat_options){ .proc = "/proc",
				     .syslog = -1,
				     .buffer = DEFAULT_BUFFER,
				     .refresh = DEFAULT_REFRESH,
				     .events = (1u << EVENT_TYPES) - 1 };
	options->limits.warn_early_drop = options->limits.crit_drop = 1;
	options->breakdown.rows = DEFAULT_ROWS;
	while ((c = cli_option(cli, argc, argv, shorts, longs)) != -1) {
		if (c == 'h')
			cli_help(cli);
		if (c == 'V')
			cli_version(cli);
		if (!parse_limit(options, cli, c) && !parse_format(options, cli, c) &&
		    !parse_report(options, cli, c) && !parse_mode(options, cli, c) &&
		    !parse_entries(options, cli, c) && !parse_filter(options, cli, c))
			cli_misuse(cli, "unknown option");
		note_modes(options, c);
	}
	if (options->mode == MODE_WATCH &&
	    optind + 1 == argc) { /* --watch 5: an optional argument stands apart */
		optarg = argv[optind++];
		options->refresh = number(cli, "--watch", 86400);
	}
	if (options->mode == MODE_MERGE)
		options->files = argv + optind;
	else if (optind < argc)
		cli_misuse(cli, "unexpected %s", argv[optind]);
	if (options->mode == MODE_WATCH && options->refresh == 0)
		cli_misuse(cli, "--watch wants a second at least");
	check(options, cli);
}
