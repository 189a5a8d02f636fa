/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every tool's main does the same way: help, version, misuse, findings on standard error,
 * input from a file or `-`, and an end at which lost output is an error. Only cmd/ prints and exits.
 */
#ifndef FW_CMD_CLI_H
#define FW_CMD_CLI_H

#include "diag/diag.h"
#include "text/family.h"

#include <getopt.h>
#include <stdio.h>

/* One tool. usage is the SYNOPSIS of its manual page followed by a line an option. */
struct cli {
	const char *name;
	const char *usage;
	bool colour; /* of findings: on a terminal, unless NO_COLOR is set */
	bool quiet_warnings; /* nothing below an error */
	bool one_line; /* findings without the source line and the caret, never in colour */
	int misuse_status; /* 0: STATUS_USAGE */
	bool given[320]; /* options that cli_option returned, by their value */
	struct diag_log log; /* prints to standard error */
};

/* Fills in colour and the log, and sees to it that no standard file is closed. Keeps the pointers. */
void cli_begin(struct cli *cli, const char *name, const char *usage);

/* Asked-for help and version: standard output, status 0. These do not return. */
_Noreturn void cli_help(const struct cli *cli);
_Noreturn void cli_version(const struct cli *cli);

/* Misuse: the message, the usage line and a hint on standard error, status STATUS_USAGE or misuse_status. */
_Noreturn void cli_misuse(const struct cli *cli, const char *format, ...) printf_like(2, 3);

/*
 * getopt_long with our texts: an unknown option or a missing argument ends in cli_misuse, 'h' in cli_help and 'V' in
 * cli_version.
 */
int cli_option(struct cli *cli, int argc, char *argv[], const char *shorts, const struct option *longs);

/* What the options '4' and '6' stand for; FAMILY_NONE: another option. */
enum family cli_family(int option);

/* The commands that an option belongs to. */
struct cli_scope {
	int option;       /* its value */
	unsigned actions; /* 1 << ACTION for each */
	const char *with; /* in words: "--check" */
};

/* An option that was given and does not belong to this command is misuse: it would do nothing, unsaid. */
void cli_check_scopes(const struct cli *cli, const struct option *longs, const struct cli_scope *scopes, size_t count, unsigned action);

/* The single operand behind the options, "-" where there is none; more than one is misuse. */
const char *cli_operand(const struct cli *cli, int argc, char *argv[]);

/* A number of seconds, 86400 at most; anything else is misuse. */
unsigned cli_seconds(const struct cli *cli, const char *text);

/* A number from min to max; anything else is misuse, with `what` as the name of what belongs there. */
unsigned cli_number(const struct cli *cli, const char *text, unsigned min, unsigned max, const char *what);

/* What findings call this input: "<stdin>" for "-". */
const char *cli_input_name(const char *path);

/* All bytes of path, "-" for standard input. False after a report to the log. */
bool cli_read(struct cli *cli, const char *path, struct strbuf *out, size_t max);

/* To standard output; cli_finish says whether it was lost. */
void cli_write(const struct strbuf *text);

/* Flushes and closes standard output: a failure there becomes STATUS_SYSTEM. The status of the run. */
int cli_finish(struct cli *cli);

#endif
