/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ct-rotate/options.h"
#include "base/pack.h"
#include "rotate/inspect.h"

#include <stdlib.h>
#include <string.h>

enum option_id {
	OPT_JSON = 256, OPT_WAIT,
	OPT_HOURLY, OPT_DAILY, OPT_WEEKLY, OPT_MONTHLY, OPT_YEARLY, OPT_SIZE, OPT_MAXSIZE, OPT_MINSIZE, OPT_MINAGE,
	OPT_ROTATE, OPT_MAXAGE, OPT_MAX_BYTES, OPT_MIN_FREE, OPT_NAMING, OPT_DATEFORMAT, OPT_EXTENSION, OPT_ADDEXTENSION, OPT_OLDDIR,
	OPT_COMPRESS, OPT_DELAYCOMPRESS, OPT_COMPRESSCMD, OPT_LEVEL, OPT_THREADS, OPT_NO_VERIFY,
	OPT_MISSINGOK, OPT_NOTIFEMPTY, OPT_ALLOWHARDLINK, OPT_CREATE, OPT_NOCREATE, OPT_COPYTRUNCATE, OPT_SU,
	OPT_REOPEN, OPT_SETTLE, OPT_SCRIPT_TIMEOUT,
	OPT_PIPE, OPT_EVERY, OPT_FSYNC, OPT_VERIFY, OPT_REPAIR, OPT_CAT, OPT_SINCE, OPT_IMPORT, OPT_ADOPT
};

static const char usage[] =
	"usage: ct-rotate [-fnqv] [OPTION ...] LOG ...\n"
	"       ct-rotate [-fnqv] [OPTION ...] -c FILE\n"
	"       ct-rotate --pipe DIR [OPTION ...]\n"
	"       ct-rotate --verify | --repair | --cat [--since TIME] LOG|DIR ...\n"
	"       ct-rotate --import-logrotate FILE\n"
	"       ct-rotate --adopt [OPTION ...] LOG ... | -c FILE\n"
	"Rotate logs without losing a line.\n"
	"\n"
	"  -c, --config FILE        read logs and settings from FILE, ct-rotate.conf(5); other options are its defaults;\n"
	"                           several files are read as one\n"
	"  -f, --force              rotate now, even if no rotation is due\n"
	"  -n, --dry-run            print what would be done, and change nothing\n"
	"  -q, --quiet              print errors only; a log that another instance has locked is no error\n"
	"  -v, --verbose            print each step\n"
	"      --json               print one JSON object for each log\n"
	"      --wait[=TIME]        wait for another instance, for TIME or 60s\n"
	"When to rotate:\n"
	"      --hourly             rotate once an hour\n"
	"      --daily              rotate once a day\n"
	"      --weekly             rotate once a week\n"
	"      --monthly            rotate once a month\n"
	"      --yearly             rotate once a year\n"
	"      --size BYTES         without a schedule: rotate a log of at least this size (1M)\n"
	"      --maxsize BYTES      rotate a larger log even if the schedule does not require it\n"
	"      --minsize BYTES      do not rotate a smaller log even if the schedule requires it\n"
	"      --minage DAYS        do not rotate a log that was written to within this time\n"
	"      --notifempty         do not rotate an empty log\n"
	"What to keep:\n"
	"      --rotate N           keep N archives; 0 keeps none, -1 all (-1)\n"
	"      --maxage DAYS        remove older archives\n"
	"      --max-bytes BYTES    remove the oldest archives until all together are not larger\n"
	"      --min-free PERCENT   remove the oldest archives while less of the file system is free\n"
	"      --naming WAY         name archives by date (LOG-20260131T235959Z) or number (LOG.1)\n"
	"      --dateformat FORMAT  use this format for names by date: %Y %m %d %H %M %S %V %s %z\n"
	"      --extension EXT      keep EXT at the end: a.log becomes a-20260131T235959Z.log\n"
	"      --addextension EXT   add EXT to names of archives, or keep it at the end\n"
	"      --olddir DIR         move archives to DIR, on the same file system\n"
	"Compression:\n"
	"      --compress           compress archives\n"
	"      --compresscmd NAME   compress in the format of gzip, xz or zstd (gzip)\n"
	"      --delaycompress      compress the newest archive only at the next rotation\n"
	"      --level LEVEL        set the compression level, 1 to 9 (zstd: 19) or fast\n"
	"      --threads N          use 1 to 16 threads, or auto (1)\n"
	"      --no-verify          do not decompress and compare the result\n"
	"The log and its writer:\n"
	"      --reopen HOW         tell the writer to reopen: pidfile:PATH (SIGHUP), unit:NAME or cmd:WORDS\n"
	"      --settle TIME        wait until no program has the archive open for writing (5s)\n"
	"      --script-timeout TIME  kill a script or command after this time (60s)\n"
	"      --create MODE[:OWNER[:GROUP]]  set the mode and owner of the new log; else copy them\n"
	"      --nocreate           do not create a new log; its writer does\n"
	"      --copytruncate       copy and truncate, for writers that never reopen; can lose lines\n"
	"      --missingok          do not report a missing log\n"
	"      --allowhardlink      rotate a log that has several hard links\n"
	"      --su USER:GROUP      access the files as this user, if others can write to the directory\n"
	"Logging from a pipe and other commands:\n"
	"      --pipe DIR           write standard input to DIR/current, and archive this file\n"
	"      --every TIME         with --pipe: archive the file when it is this old\n"
	"      --fsync WHEN         with --pipe: sync after each line, each sec, or at rotate (rotate)\n"
	"      --verify             check archives, and name files that a killed run left behind\n"
	"      --repair             do not rotate; repair what a killed run left behind\n"
	"      --cat                print the archives, decompressed, and then the log\n"
	"      --since TIME         with --cat: from 2026-01-31, 2026-01-31T23:59:59 or @SECONDS on\n"
	"      --import-logrotate FILE  convert a configuration of logrotate, and print it\n"
	"      --adopt              rename the archives of logrotate, so that they count as archives of LOG\n"
	"  -h, --help               print this summary\n"
	"  -V, --version            print the version\n";

static const struct option longs[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "force", no_argument, NULL, 'f' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "wait", optional_argument, NULL, OPT_WAIT },
	{ "hourly", no_argument, NULL, OPT_HOURLY },
	{ "daily", no_argument, NULL, OPT_DAILY },
	{ "weekly", no_argument, NULL, OPT_WEEKLY },
	{ "monthly", no_argument, NULL, OPT_MONTHLY },
	{ "yearly", no_argument, NULL, OPT_YEARLY },
	{ "size", required_argument, NULL, OPT_SIZE },
	{ "maxsize", required_argument, NULL, OPT_MAXSIZE },
	{ "minsize", required_argument, NULL, OPT_MINSIZE },
	{ "minage", required_argument, NULL, OPT_MINAGE },
	{ "notifempty", no_argument, NULL, OPT_NOTIFEMPTY },
	{ "rotate", required_argument, NULL, OPT_ROTATE },
	{ "maxage", required_argument, NULL, OPT_MAXAGE },
	{ "max-bytes", required_argument, NULL, OPT_MAX_BYTES },
	{ "min-free", required_argument, NULL, OPT_MIN_FREE },
	{ "naming", required_argument, NULL, OPT_NAMING },
	{ "dateformat", required_argument, NULL, OPT_DATEFORMAT },
	{ "extension", required_argument, NULL, OPT_EXTENSION },
	{ "addextension", required_argument, NULL, OPT_ADDEXTENSION },
	{ "olddir", required_argument, NULL, OPT_OLDDIR },
	{ "compress", no_argument, NULL, OPT_COMPRESS },
	{ "delaycompress", no_argument, NULL, OPT_DELAYCOMPRESS },
	{ "compresscmd", required_argument, NULL, OPT_COMPRESSCMD },
	{ "level", required_argument, NULL, OPT_LEVEL },
	{ "threads", required_argument, NULL, OPT_THREADS },
	{ "no-verify", no_argument, NULL, OPT_NO_VERIFY },
	{ "reopen", required_argument, NULL, OPT_REOPEN },
	{ "settle", required_argument, NULL, OPT_SETTLE },
	{ "script-timeout", required_argument, NULL, OPT_SCRIPT_TIMEOUT },
	{ "create", required_argument, NULL, OPT_CREATE },
	{ "nocreate", no_argument, NULL, OPT_NOCREATE },
	{ "copytruncate", no_argument, NULL, OPT_COPYTRUNCATE },
	{ "missingok", no_argument, NULL, OPT_MISSINGOK },
	{ "allowhardlink", no_argument, NULL, OPT_ALLOWHARDLINK },
	{ "su", required_argument, NULL, OPT_SU },
	{ "pipe", required_argument, NULL, OPT_PIPE },
	{ "every", required_argument, NULL, OPT_EVERY },
	{ "fsync", required_argument, NULL, OPT_FSYNC },
	{ "verify", no_argument, NULL, OPT_VERIFY },
	{ "repair", no_argument, NULL, OPT_REPAIR },
	{ "cat", no_argument, NULL, OPT_CAT },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "import-logrotate", required_argument, NULL, OPT_IMPORT },
	{ "adopt", no_argument, NULL, OPT_ADOPT },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static long need_number(const struct cli *cli, const char *option, long low, long high)
{
	long value;

	if (!setting_number(optarg, low, high, &value))
		cli_misuse(cli, "%s: %s is not a number from %ld to %ld", option, optarg, low, high);
	return value;
}

static uint64_t need_size(const struct cli *cli, const char *option)
{
	uint64_t bytes;

	if (!setting_size(optarg, &bytes))
		cli_misuse(cli, "%s: %s is not a size like 100k, 5M or 2G", option, optarg);
	return bytes;
}

static uint64_t need_duration(const struct cli *cli, const char *option)
{
	uint64_t ms;

	if (!setting_duration(optarg, &ms))
		cli_misuse(cli, "%s: %s is not a time like 250ms, 5s, 2m, 3h or 1d", option, optarg);
	return ms;
}

/* MODE[:OWNER[:GROUP]] */
static void parse_create(const struct cli *cli, struct rotate_settings *set)
{
	char *owner = strchr(optarg, ':');
	char *group = owner == NULL ? NULL : strchr(owner + 1, ':');

	if (owner != NULL)
		*owner++ = '\0';
	if (group != NULL)
		*group++ = '\0';
	if (!setting_mode(optarg, &set->create.mode))
		cli_misuse(cli, "--create: %s is not an octal mode", optarg);
	set->create.has_mode = true;
	set->create.has_owner = owner != NULL;
	set->create.has_group = group != NULL;
	if (owner != NULL && !setting_user(owner, &set->create.owner))
		cli_misuse(cli, "--create: no such user: %s", owner);
	if (group != NULL && !setting_group(group, &set->create.group))
		cli_misuse(cli, "--create: no such group: %s", group);
}

static void parse_su(const struct cli *cli, struct rotate_settings *set)
{
	char *group = strchr(optarg, ':');

	if (group == NULL)
		cli_misuse(cli, "--su: %s is not USER:GROUP", optarg);
	*group++ = '\0';
	set->su = true;
	if (!setting_user(optarg, &set->su_user))
		cli_misuse(cli, "--su: no such user: %s", optarg);
	if (!setting_group(group, &set->su_group))
		cli_misuse(cli, "--su: no such group: %s", group);
}

static bool when_option(const struct cli *cli, int c, struct rotate_settings *set)
{
	switch (c) {
	case OPT_HOURLY:
	case OPT_DAILY:
	case OPT_WEEKLY:
	case OPT_MONTHLY:
	case OPT_YEARLY:
		set->schedule = HOURLY + (unsigned)(c - OPT_HOURLY);
		return true;
	case OPT_SIZE:
		set->size = need_size(cli, "--size");
		set->schedule = BY_SIZE; /* the last one counts, as in a configuration */
		return true;
	case OPT_MAXSIZE:
		set->maxsize = need_size(cli, "--maxsize");
		return true;
	case OPT_MINSIZE:
		set->minsize = need_size(cli, "--minsize");
		return true;
	case OPT_MINAGE:
		set->minage = (unsigned)need_number(cli, "--minage", 0, 36500);
		return true;
	case OPT_NOTIFEMPTY:
		set->notifempty = true;
		return true;
	default:
		return false;
	}
}

static bool keep_option(const struct cli *cli, int c, struct rotate_settings *set)
{
	switch (c) {
	case OPT_ROTATE:
		set->keep = (int)need_number(cli, "--rotate", -1, 100000);
		return true;
	case OPT_MAXAGE:
		set->maxage = (unsigned)need_number(cli, "--maxage", 0, 36500);
		return true;
	case OPT_MAX_BYTES:
		set->max_bytes = need_size(cli, "--max-bytes");
		return true;
	case OPT_MIN_FREE:
		if (optarg[0] != '\0' && optarg[strlen(optarg) - 1] == '%')
			optarg[strlen(optarg) - 1] = '\0';
		set->min_free = (unsigned)need_number(cli, "--min-free", 0, 99);
		return true;
	case OPT_NAMING:
		if (strcmp(optarg, "date") != 0 && strcmp(optarg, "number") != 0)
			cli_misuse(cli, "--naming: %s is neither date nor number", optarg);
		set->naming = optarg[0] == 'd' ? NAMING_DATE : NAMING_NUMBER;
		return true;
	case OPT_DATEFORMAT:
		if (!setting_dateformat(optarg))
			cli_misuse(cli, "--dateformat: %s must begin with a mark like - and have no fields but %%Y %%m %%d %%H %%M %%S %%V %%s %%z",
				   optarg);
		set->dateformat = optarg;
		return true;
	case OPT_EXTENSION:
	case OPT_ADDEXTENSION:
		if (!setting_extension(optarg))
			cli_misuse(cli, "%s cannot end the name of an archive: use an extension like .log", optarg);
		*(c == OPT_EXTENSION ? &set->extension : &set->addextension) = optarg;
		return true;
	case OPT_OLDDIR:
		set->olddir = optarg;
		return true;
	default:
		return false;
	}
}

static bool compress_option(const struct cli *cli, int c, struct rotate_settings *set)
{
	switch (c) {
	case OPT_COMPRESS:
		set->compress = true;
		return true;
	case OPT_DELAYCOMPRESS:
		set->delaycompress = true;
		return true;
	case OPT_COMPRESSCMD:
		if (!setting_format(optarg, &set->format))
			cli_misuse(cli, "--compresscmd: %s is not gzip, xz or zstd", optarg);
		return true;
	case OPT_LEVEL:
		set->level = strcmp(optarg, "fast") == 0 ? PACK_LEVEL_FAST : (int)need_number(cli, "--level", 1, 19);
		return true;
	case OPT_THREADS:
		if (!setting_threads(optarg, &set->threads))
			cli_misuse(cli, "--threads: %s is not a number from 1 to %d, or auto", optarg, PACK_THREADS_MAX);
		return true;
	case OPT_NO_VERIFY:
		set->verify = false;
		return true;
	default:
		return false;
	}
}

static bool log_option(const struct cli *cli, int c, struct rotate_settings *set)
{
	switch (c) {
	case OPT_REOPEN:
		if (!setting_reopen(optarg))
			cli_misuse(cli, "--reopen: %s is not pidfile:PATH, unit:NAME or cmd:WORDS", optarg);
		set->reopen = optarg;
		return true;
	case OPT_SETTLE:
		set->settle_ms = (unsigned)need_duration(cli, "--settle");
		return true;
	case OPT_SCRIPT_TIMEOUT:
		set->script_ms = (unsigned)need_duration(cli, "--script-timeout");
		return true;
	case OPT_CREATE:
		parse_create(cli, set);
		return true;
	case OPT_NOCREATE:
		return set->nocreate = true;
	case OPT_COPYTRUNCATE:
		return set->copytruncate = true;
	case OPT_MISSINGOK:
		return set->missingok = true;
	case OPT_ALLOWHARDLINK:
		return set->allowhardlink = true;
	case OPT_SU:
		parse_su(cli, set);
		return true;
	default:
		return false;
	}
}

static void add_file(const struct cli *cli, struct ct_rotate_options *opts)
{
	if (!vec_push(&opts->files, optarg))
		cli_misuse(cli, "no memory");
}

static void run_option(struct cli *cli, int c, struct ct_rotate_options *opts)
{
	switch (c) {
	case 'c':
		add_file(cli, opts);
		break;
	case 'f':
		opts->run.force = true;
		break;
	case 'n':
		opts->run.dry = true;
		break;
	case 'q':
		opts->quiet = cli->quiet_warnings = true;
		break;
	case 'v':
		opts->run.verbose = true;
		break;
	case OPT_JSON:
		opts->run.json = true;
		break;
	case OPT_WAIT:
		opts->run.wait_ms = optarg == NULL ? 60000 : (unsigned)need_duration(cli, "--wait");
		break;
	default:
		break;
	}
}

static void set_mode(const struct cli *cli, struct ct_rotate_options *opts, enum ct_rotate_mode mode)
{
	if (opts->mode != MODE_ROTATE && opts->mode != mode)
		cli_misuse(cli, "--pipe, --verify, --repair, --cat, --adopt and --import-logrotate exclude each other");
	opts->mode = mode;
}

static bool mode_option(const struct cli *cli, int c, struct ct_rotate_options *opts)
{
	switch (c) {
	case OPT_PIPE:
		set_mode(cli, opts, MODE_PIPE);
		opts->pipe.dir = optarg;
		return true;
	case OPT_EVERY:
		opts->pipe.every_ms = need_duration(cli, "--every");
		return true;
	case OPT_FSYNC:
		if (strcmp(optarg, "line") != 0 && strcmp(optarg, "sec") != 0 && strcmp(optarg, "rotate") != 0)
			cli_misuse(cli, "--fsync: %s is not line, sec or rotate", optarg);
		opts->pipe.sync = optarg[0] == 'l' ? SYNC_LINE : optarg[0] == 's' ? SYNC_SECOND : SYNC_ROTATE;
		return true;
	case OPT_VERIFY:
	case OPT_REPAIR:
	case OPT_CAT:
		set_mode(cli, opts, MODE_VERIFY + (unsigned)(c - OPT_VERIFY));
		return true;
	case OPT_SINCE:
		if (!inspect_time(optarg, &opts->since))
			cli_misuse(cli, "--since: %s is not a time like 2026-01-31, 2026-01-31T23:59:59 or @SECONDS",
				   optarg);
		return true;
	case OPT_ADOPT:
		set_mode(cli, opts, MODE_ADOPT);
		return true;
	case OPT_IMPORT:
		set_mode(cli, opts, MODE_IMPORT);
		add_file(cli, opts);
		return true;
	default:
		return false;
	}
}

/* Rejects options that cannot be used together. */
static void check_together(const struct cli *cli, const struct ct_rotate_options *opts)
{
	bool reads_file = opts->files.len > 0;

	if (reads_file && opts->mode != MODE_ROTATE && opts->mode != MODE_IMPORT && opts->mode != MODE_ADOPT)
		cli_misuse(cli, "-c cannot be used with --pipe, --verify, --repair or --cat");
	if ((reads_file || opts->mode == MODE_PIPE) && opts->operand_count > 0)
		cli_misuse(cli, "-c, --pipe and --import-logrotate take no further operand: %s", opts->operands[0]);
	if (!reads_file && opts->mode != MODE_PIPE && opts->operand_count == 0)
		cli_misuse(cli, "name a log, or a configuration with -c");
	if (opts->set.level > pack_kinds[opts->set.format].most && !reads_file)
		cli_misuse(cli, "--level: %s has the levels 1 to %d", pack_kinds[opts->set.format].name,
			   pack_kinds[opts->set.format].most);
	if (opts->set.nocreate && (opts->set.copytruncate || opts->set.create.has_mode))
		cli_misuse(cli, "--nocreate cannot be used with --create or --copytruncate");
	if (opts->mode != MODE_PIPE && (opts->pipe.every_ms != 0 || opts->pipe.sync != SYNC_ROTATE))
		cli_misuse(cli, "--every and --fsync are only valid with --pipe");
	if (opts->mode != MODE_CAT && opts->since != 0)
		cli_misuse(cli, "--since is only valid with --cat");
}

struct ct_rotate_options options_parse(struct cli *cli, int argc, char *argv[])
{
	struct ct_rotate_options opts = { .set = rotate_defaults };
	int c;

	cli_begin(cli, "ct-rotate", usage);
	while ((c = cli_option(cli, argc, argv, "c:fnqvhV", longs)) != -1) {
		if (!when_option(cli, c, &opts.set) && !keep_option(cli, c, &opts.set) &&
		    !compress_option(cli, c, &opts.set) && !log_option(cli, c, &opts.set) &&
		    !mode_option(cli, c, &opts))
			run_option(cli, c, &opts);
	}
	opts.operands = argv + optind;
	opts.operand_count = argc - optind;
	opts.run.log = &cli->log;
	opts.run.out = stdout;
	check_together(cli, &opts);
	return opts;
}
