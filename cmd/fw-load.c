/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* fw-load - put rules in force, all of them or none. */
#include "fw-load/run.h"
#include "host/limits.h"

static bool changes(const struct fw_load_options *options)
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
	struct cli cli;
	struct fw_load_options options = options_parse(&cli, argc, argv);
	struct load_run run;
	enum result result = RESULT_SYSTEM;
	int status;

	run_begin(&run, &cli, &options);
	if (host_prepare(&cli.log) || options.action == ACTION_BOOT) /* at boot, try even if it fails */
		result = actions[options.action](&run);
	run_end(&run);
	status = cli_finish(&cli);
	/* if the action may change something, its result says what is in force, whatever else was reported */
	return result != RESULT_DONE || changes(&options) ? (int)result : status;
}
