/* SPDX-License-Identifier: GPL-2.0-or-later */
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
 * Ignores the signals for a program that opens a leased file, and for a closed pipe; each is an error code instead. Raises the limit of open files, because a block needs three for each log.
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

/* Reads a configuration. False: reported. */
static bool read_config(struct cli *cli, const char *path, bool run, struct strbuf *text)
{
	int err;

	if (strcmp(path, "-") == 0)
		return cli_read(cli, path, text, CONFIG_MAX);
	err = access_read_config(path, run, text, CONFIG_MAX);
	if (err != 0)
		diag_add(&cli->log, DIAG_ROTATE_CONFIG, &(struct where){ .file = path }, NULL, "cannot use this configuration: %s",
			 access_read_error(err));
	return err == 0;
}

/* STATUS_USAGE if the configuration cannot be read or has errors, else STATUS_DONE. */
static int run_config(struct cli *cli, struct ct_rotate_options *opts)
{
	bool import = opts->mode == MODE_IMPORT;
	struct rotate_config config = { 0 };
	struct strbuf text = STRBUF_INIT;
	int status = STATUS_USAGE;

	if (read_config(cli, opts->file, !import, &text) &&
	    config_read(&config, strbuf_text(&text), text.len, cli_input_name(opts->file), &opts->set, import,
			&cli->log) == 0) {
		status = STATUS_DONE;
		if (import)
			config_print(&config, stdout);
		for (size_t i = 0; i < config.blocks.len && !import; i++)
			rotate_block(&opts->run, &config.blocks.item[i]);
	}
	config_free(&config);
	strbuf_free(&text);
	return status;
}

static void run_operands(struct ct_rotate_options *opts)
{
	for (int i = 0; i < opts->operand_count; i++) {
		struct rotate_block block = { .settings = opts->set, .title = opts->operands[i], .literal = true };

		if (opts->mode == MODE_VERIFY)
			inspect_verify(&opts->set, opts->operands[i], opts->run.verbose, stdout, opts->run.log);
		else if (opts->mode == MODE_CAT)
			inspect_cat(&opts->set, opts->operands[i], opts->since, stdout, opts->run.log);
		else if (!vec_push(&block.patterns, opts->operands[i]))
			diag_memory(opts->run.log);
		else
			rotate_block(&opts->run, &block);
		vec_free(&block.patterns);
	}
}

int main(int argc, char *argv[])
{
	struct cli cli;
	struct ct_rotate_options opts;
	int status = STATUS_DONE, finished;

	signal(SIGXFSZ, SIG_IGN); /* a file larger than `ulimit -f` is an error code instead, also for --help */
	opts = options_parse(&cli, argc, argv);
	prepare_process(&opts);
	opts.run.repair_only = opts.mode == MODE_REPAIR;
	opts.pipe.stop = &stop;
	if (opts.file != NULL)
		status = run_config(&cli, &opts);
	else if (opts.mode == MODE_PIPE)
		(void)!pipe_run(&opts.run, &opts.set, &opts.pipe, STDIN_FILENO);
	else
		run_operands(&opts);
	finished = cli_finish(&cli);
	if (status != STATUS_DONE || finished != STATUS_DONE)
		return status != STATUS_DONE ? status : finished;
	return opts.run.busy > 0 && !opts.quiet ? STATUS_BUSY : STATUS_DONE;
}
