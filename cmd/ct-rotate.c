/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* ct-rotate - rotate logs so that no line is lost. */
#include "ct-rotate/options.h"
#include "rotate/access.h"
#include "rotate/config.h"
#include "rotate/inspect.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CONFIG_MAX  ((size_t)16 << 20)
#define STATUS_BUSY 75 /* EX_TEMPFAIL of sysexits.h: another instance has locked a log */

static volatile sig_atomic_t stop;

static void on_stop(int number)
{
	(void)number;
	stop = 1;
}

/*
 * Ignores the signals for a program that opens a leased file, and for a closed pipe; each is an error code instead.
 * Raises the limit of open files, because a block needs three for each log.
 */
static void prepare_process(const struct ct_rotate_options *opts)
{
	struct sigaction act = { .sa_handler = on_stop };
	struct rlimit files;

	signal(SIGIO, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (opts->mode == MODE_PIPE) { /* without SA_RESTART, so that the signal ends a wait */
		sigaction(SIGTERM, &act, NULL);
		sigaction(SIGINT, &act, NULL);
	}
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
}

/* Reads a configuration and adds its blocks. False: reported. */
static bool read_config(struct cli *cli, struct ct_rotate_options *opts, const char *path, struct rotate_config *config)
{
	bool import = opts->mode == MODE_IMPORT, good;
	struct strbuf text = STRBUF_INIT;
	int err = 0;

	if (strcmp(path, "-") == 0)
		good = cli_read(cli, path, &text, CONFIG_MAX);
	else {
		err = access_read_config(path, !import, &text, CONFIG_MAX);
		good = err == 0;
	}
	if (err != 0)
		diag_add(&cli->log, DIAG_ROTATE_CONFIG, &(struct where){ .file = path }, NULL, "cannot use this configuration: %s",
			 access_read_error(err));
	good = good && config_read(config, strbuf_text(&text), text.len, cli_input_name(path), &opts->set, import,
				   &cli->log) == 0;
	strbuf_free(&text);
	return good;
}

/* STATUS_USAGE if a configuration cannot be read or has errors, else STATUS_DONE. */
static int run_configs(struct cli *cli, struct ct_rotate_options *opts)
{
	struct rotate_config config = { 0 };
	int status = STATUS_DONE;

	for (size_t i = 0; i < opts->files.len; i++)
		if (!read_config(cli, opts, opts->files.item[i], &config))
			status = STATUS_USAGE;
	if (status == STATUS_DONE && opts->mode == MODE_IMPORT)
		config_print(&config, stdout);
	else if (status == STATUS_DONE && rotate_blocks(&opts->run, config.blocks.item, config.blocks.len) == -EINVAL)
		status = STATUS_USAGE;
	config_free(&config);
	return status;
}

/* Rotates the operands. STATUS_USAGE: two would have the same archives. */
static int rotate_operands(struct ct_rotate_options *opts)
{
	VEC(struct rotate_block) blocks = { 0 };
	int err = 0;

	for (int i = 0; err == 0 && i < opts->operand_count; i++) {
		struct rotate_block block = { .settings = opts->set, .title = opts->operands[i], .literal = true };

		if (!vec_push(&block.patterns, opts->operands[i]) || !vec_push(&blocks, block)) {
			vec_free(&block.patterns);
			err = diag_memory(opts->run.log);
		}
	}
	if (err == 0)
		err = rotate_blocks(&opts->run, blocks.item, blocks.len);
	for (size_t i = 0; i < blocks.len; i++)
		vec_free(&blocks.item[i].patterns);
	vec_free(&blocks);
	return err == -EINVAL ? STATUS_USAGE : STATUS_DONE;
}

static int run_operands(struct ct_rotate_options *opts)
{
	if (opts->mode != MODE_VERIFY && opts->mode != MODE_CAT)
		return rotate_operands(opts);
	for (int i = 0; i < opts->operand_count; i++) {
		if (opts->mode == MODE_VERIFY)
			inspect_verify(&opts->set, opts->operands[i], opts->run.verbose, stdout, opts->run.log);
		else
			inspect_cat(&opts->set, opts->operands[i], opts->since, stdout, opts->run.log);
	}
	return STATUS_DONE;
}

int main(int argc, char *argv[])
{
	struct cli cli;
	struct ct_rotate_options opts;
	int status = STATUS_DONE, finished;

	signal(SIGXFSZ, SIG_IGN); /* a file larger than `ulimit -f` is an error code instead, also for --help */
	opts = options_parse(&cli, argc, argv);
	prepare_process(&opts);
	opts.run.adopt = opts.mode == MODE_ADOPT;
	opts.run.repair_only = opts.mode == MODE_REPAIR;
	opts.pipe.stop = &stop;
	if (opts.files.len > 0)
		status = run_configs(&cli, &opts);
	else if (opts.mode == MODE_PIPE)
		(void)!pipe_run(&opts.run, &opts.set, &opts.pipe, STDIN_FILENO);
	else
		status = run_operands(&opts);
	vec_free(&opts.files);
	finished = cli_finish(&cli);
	if (status != STATUS_DONE || finished != STATUS_DONE)
		return status != STATUS_DONE ? status : finished;
	return opts.run.busy > 0 && !opts.quiet ? STATUS_BUSY : STATUS_DONE;
}
