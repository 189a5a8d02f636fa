/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ct-stat - the connection tracking table's health: how full, of what, and what was dropped. */
#include "cli.h"
#include "ct-stat/options.h"
#include "ct-stat/run.h"

#include <fcntl.h>
#include <unistd.h>

/*
 * Where the caller closed standard output, the next socket would take its place and the listing be written into
 * the kernel's ear. What is held open here cannot be written to (or read from), so that this is said.
 */
static void hold_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static int run(struct cli *cli, struct ct_stat_options *options)
{
	switch (options->mode) {
	case MODE_MERGE:
		return run_merge(cli, options);
	case MODE_TOP:
		return run_top(cli, options);
	case MODE_LIST:
		return run_list(cli, options);
	case MODE_EVENTS:
		return run_events(cli, options);
	case MODE_WATCH:
		return run_watch(cli, options);
	case MODE_ADVISE:
	case MODE_SYSCTL:
		return run_advise(cli, options);
	default:
		return run_report(cli, options);
	}
}

int main(int argc, char *argv[])
{
	struct ct_stat_options options;
	struct cli cli;
	int status, finish;

	hold_standard_files();
	cli_begin(&cli, "ct-stat", ct_stat_usage);
	if (options_are_alarm(argc, argv))
		cli.misuse_status = ALARM_UNKNOWN; /* 2 would be read as critical */
	options_parse(&options, &cli, argc, argv);
	if (options.format == FORMAT_PLUGIN) /* who runs plugins reads standard output only */
		(void)dup2(STDOUT_FILENO, STDERR_FILENO);
	status = run(&cli, &options);
	breakdown_free(&options.breakdown);
	finish = cli_finish(&cli);
	return finish != STATUS_DONE && status == ALARM_OK ? ALARM_UNKNOWN : status;
}
