/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* fw-save - write the rules in force, or look at the generations that fw-load keeps. */
#include "fw-save/save.h"

static void save_begin(struct save *save, struct cli *cli, const struct fw_save_options *options)
{
	*save = (struct save){ .cli = cli, .log = &cli->log, .options = *options, .dump = DUMP_INIT };
	state_begin(&save->state, options->state_dir);
}

static void save_end(struct save *save)
{
	for (int i = 0; i < FAMILIES; i++)
		rules_free(&save->own[i]);
	dump_free(&save->dump);
	generation_free(&save->good);
	extras_free(&save->extras);
	vec_free(&save->options.ignore);
}

int main(int argc, char *argv[])
{
	static void (*const actions[])(struct save *) = {
		[ACTION_SAVE] = save_write,   [ACTION_CHECK] = save_check, [ACTION_LIST] = save_list,
		[ACTION_VERIFY] = save_verify, [ACTION_SHOW] = save_show,   [ACTION_DIFF] = save_diff,
		[ACTION_KEEP] = save_keep,
	};
	struct cli cli;
	struct fw_save_options options = options_parse(&cli, argc, argv);
	struct save save;

	save_begin(&save, &cli, &options);
	actions[options.action](&save);
	save_end(&save);
	return cli_finish(&cli);
}
