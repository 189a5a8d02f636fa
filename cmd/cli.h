/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What the main functions of all tools share: help, version, misuse, findings on standard error, input from a file
 * or standard input, and an end at which lost output is an error. Only cmd/ prints and exits.
 */
#ifndef FW_CMD_CLI_H
#define FW_CMD_CLI_H

#include "diag/diag.h"
#include "text/family.h"

#include <getopt.h>
#include <stdio.h>

/* One tool. usage is the SYNOPSIS of its manual page, followed by one line for each option. */
struct cli {
	const char *name;
	const char *usage;
	bool colour; /* print findings in colour: on a terminal, unless NO_COLOR is set */
	bool quiet_warnings; /* print errors only */
	bool one_line; /* print findings without source line, caret and colour */
	int misuse_status; /* the exit status for misuse; 0: STATUS_USAGE */
	bool given[320]; /* the options that cli_option returned, by their value */
	struct diag_log log; /* prints to standard error */
};

/* Initialises *cli and opens closed standard descriptors. The pointers are kept. *cli must not move afterwards. */
void cli_begin(struct cli *cli, const char *name, const char *usage);

/* Print the help or the version to standard output and exit, with status 0 if the output was written. */
_Noreturn void cli_help(const struct cli *cli);
_Noreturn void cli_version(const struct cli *cli);

/* Prints the message, the synopsis and a hint to standard error, and exits with the misuse status. */
_Noreturn void cli_misuse(const struct cli *cli, const char *format, ...) printf_like(2, 3);

/*
 * getopt_long with our texts: an unknown option or a missing argument ends in cli_misuse, 'h' in cli_help and 'V' in
 * cli_version.
 */
int cli_option(struct cli *cli, int argc, char *argv[], const char *shorts, const struct option *longs);

/* The family that the option '4' or '6' selects; FAMILY_NONE: another option. */
enum family cli_family(int option);

/* The commands with which an option is valid. */
struct cli_scope {
	int option;       /* its value */
	unsigned actions; /* 1 << ACTION for each */
	const char *with; /* these commands in words, such as "--check" */
};

/* Ends in cli_misuse if an option was given that is not valid with this command and would silently do nothing. */
void cli_check_scopes(const struct cli *cli, const struct option *longs, const struct cli_scope *scopes, size_t count, unsigned action);

/* The operand after the options, or "-" if there is none. Several operands are misuse. */
const char *cli_operand(const struct cli *cli, int argc, char *argv[]);

/* Reads a number of seconds, at most 86400; anything else is misuse. */
unsigned cli_seconds(const struct cli *cli, const char *text);

/* Reads a number from min to max; anything else is misuse. `what` names it in the message: "a number of seconds". */
unsigned cli_number(const struct cli *cli, const char *text, unsigned min, unsigned max, const char *what);

/* The name of this input in findings: "<stdin>" for "-". */
const char *cli_input_name(const char *path);

/* Appends the content of path, or of standard input for "-", at most max bytes. False: reported. */
bool cli_read(struct cli *cli, const char *path, struct strbuf *out, size_t max);

/* Writes the text to standard output. cli_finish reports output that was lost. */
void cli_write(const struct strbuf *text);

/* Flushes and closes standard output, and reports an error there. Returns the exit status of the run. */
int cli_finish(struct cli *cli);

#endif
