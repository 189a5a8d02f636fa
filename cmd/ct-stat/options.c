/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "options.h"
#include "filter_option.h"
#include "option_table.h"
#include "conntrack/events.h"
#include "conntrack/input.h"
#include "conntrack/text.h"

#include <string.h>
#include <syslog.h>

#define DEFAULT_ROWS	10
#define DEFAULT_BUFFER	((uint64_t)16 << 20)
#define DEFAULT_REFRESH 2

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
		cli_misuse(cli, "use one of --merge, --top, --list, --expect, --events, --watch, --advise and --sysctl");
	options->mode = mode;
}

static void set_format(struct ct_stat_options *options, const struct cli *cli, enum format format)
{
	if (options->format != FORMAT_TEXT && options->format != format)
		cli_misuse(cli, "use one of --plugin, --json, --prom and --tsv");
	options->format = format;
}

static void parse_threshold(struct threshold *threshold, const struct cli *cli, const char *name)
{
	if (!threshold_read(threshold, optarg))
		cli_misuse(cli, "%s needs a percentage or a number of entries, not %s", name, optarg);
}

static bool parse_limit(struct ct_stat_options *options, const struct cli *cli, int c)
{
	struct limits *limits = &options->request.limits;

	switch (c) {
	case 'w':
		parse_threshold(&limits->warn, cli, "-w");
		break;
	case 'c':
		parse_threshold(&limits->crit, cli, "-c");
		break;
	case OPT_WARN_ASSURED:
		parse_threshold(&limits->warn_assured, cli, "--warn-assured");
		break;
	case OPT_CRIT_ASSURED:
		parse_threshold(&limits->crit_assured, cli, "--crit-assured");
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
	case OPT_EXPECT:
		set_mode(options, cli, MODE_EXPECT);
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
	static const char *const outputs[] = { "extended", "id", "labels", "save", "mark" };

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
		options->entries.output |= words(cli, "-o", outputs, ARRAY_LEN(outputs));
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

static bool reads_entries(const struct ct_stat_options *options)
{
	return (IN_ENTRIES & 1u << options->mode) != 0;
}

/* Words of -o that exclude each other. A missing file of labels is no reason to print nothing. */
static void check_output(struct ct_stat_options *options, struct cli *cli)
{
	unsigned output = options->entries.output;
	int err;

	if ((output & OUTPUT_SAVE) != 0 && (output & ~(unsigned)(OUTPUT_SAVE | OUTPUT_MARK)) != 0)
		cli_misuse(cli, "-o save can only be combined with mark");
	if ((output & OUTPUT_MARK) != 0 && (output & OUTPUT_SAVE) == 0)
		cli_misuse(cli, "-o mark is only valid with save");
	if ((output & OUTPUT_SAVE) != 0 && options->format == FORMAT_JSON)
		cli_misuse(cli, "use one of --json and -o save");
	if ((output & OUTPUT_LABELS) == 0)
		return;
	err = filter_option_labels(options);
	if (err != 0)
		diag_add(&cli->log, DIAG_CONNTRACK_WARNING, NULL, NULL, LABEL_PATH ": %s: labels have numbers only",
			 input_error(err));
}

static void finish_request(struct ct_stat_options *options)
{
	const struct limits *limits = &options->request.limits;

	options->request.history = options->state;
	options->request.assured = options->assured || limits->warn_assured.kind != THRESHOLD_NONE ||
				   limits->crit_assured.kind != THRESHOLD_NONE;
	options->request.remembers = options->syslog >= 0;
}

static void check(struct ct_stat_options *options, struct cli *cli)
{
	cli_check_scopes(cli, longs, scopes, scope_count, options->mode);
	check_output(options, cli);
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
	if (threshold_is_above(&options->request.limits.warn_assured, &options->request.limits.crit_assured, 0))
		cli_misuse(cli, "the limit of --warn-assured is above that of --crit-assured");
	if (options->repeat > 0 && options->syslog < 0)
		cli_misuse(cli, "--repeat is only valid with --syslog");
	if (reads_entries(options))
		filter_option_finish(options, cli);
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
	while ((c = cli_option(cli, argc, argv, ":46c:d:hl:m:n:o:p:qs:Vw:", longs)) != -1)
		if (!parse_limit(&options, cli, c) && !parse_format(&options, cli, c) &&
		    !parse_report(&options, cli, c) && !parse_mode(&options, cli, c) &&
		    !parse_entries(&options, cli, c) && !filter_option(&options, cli, c, argv))
			cli_misuse(cli, "unknown option");
	take_operands(&options, cli, argc, argv);
	check(&options, cli);
	return options;
}

void options_free(struct ct_stat_options *options)
{
	breakdown_free(&options->entries.breakdown);
	labels_free(&options->entries.labels);
}
