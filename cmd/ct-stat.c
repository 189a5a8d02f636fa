/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* ct-stat - how full the connection tracking table is, who fills it, and what the kernel dropped. */
#include "cli.h"
#include "ct-stat/options.h"
#include "ct-stat/run.h"

int main(int argc, char *argv[])
{
	static int (*const modes[MODES])(struct cli *, struct ct_stat_options *) = {
		[MODE_REPORT] = run_report, [MODE_MERGE] = run_merge,	[MODE_TOP] = run_top,
		[MODE_LIST] = run_list,	    [MODE_EXPECT] = run_expect, [MODE_EVENTS] = run_events, [MODE_WATCH] = run_watch,
		[MODE_ADVISE] = run_advise, [MODE_SYSCTL] = run_advise,
	};
	struct cli cli;
	struct ct_stat_options options = options_parse(&cli, argc, argv);
	int status = modes[options.mode](&cli, &options);

	options_free(&options);
	/* An alarm says more than lost output does. */
	return cli_finish(&cli) != STATUS_DONE && status == ALARM_OK ? ALARM_UNKNOWN : status;
}
