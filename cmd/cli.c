/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "cli.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/number.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef FW_VERSION
#define FW_VERSION "unknown"
#endif

/* The character at byte `at` of the line: its bytes, and whether it can be shown. */
static size_t next_character(const struct where *where, size_t at, bool *shown)
{
	size_t left = where->source_len - at, bytes = printable_length(where->source + at, left);

	*shown = bytes > 0 || where->source[at] == '\t';
	if (bytes == 0)
		bytes = utf8_length((const unsigned char *)where->source + at, left);
	return bytes > 0 ? bytes : 1;
}

/* Appends the source line, and a caret below the words of the finding. Tabs keep their width. */
static void print_source(struct strbuf *out, const struct where *at)
{
	size_t column = at->column > 0 ? at->column - 1 : 0, bytes;
	struct strbuf marks = STRBUF_INIT;
	bool shown;

	if (at->source == NULL || at->column == 0 || at->source_len > 1000 || column > at->source_len)
		return;
	strbuf_puts(out, "\n    ");
	for (size_t i = 0; i < at->source_len; i += bytes) {
		bytes = next_character(at, i, &shown);
		if (shown)
			strbuf_add(out, at->source + i, bytes);
		else
			strbuf_putc(out, '?');
		if (i + bytes <= column)
			strbuf_putc(&marks, at->source[i] == '\t' ? '\t' : ' ');
		else if (i > column && i < column + at->width)
			strbuf_putc(&marks, '~');
		else if (i <= column)
			strbuf_putc(&marks, '^');
	}
	strbuf_printf(out, "\n    %s%s", strbuf_text(&marks), column >= at->source_len ? "^" : "");
	strbuf_free(&marks);
}

static const char *level_colour(enum level level)
{
	return level >= LEVEL_ERROR ? "\033[31m" : level == LEVEL_WARNING ? "\033[33m" : "\033[36m";
}

static void print_diag(void *ctx, const struct diag *diag)
{
	const struct cli *cli = ctx;
	struct strbuf line = STRBUF_INIT;

	if (cli->quiet_warnings && diag->level < LEVEL_ERROR)
		return;
	if (cli->colour && !cli->one_line)
		strbuf_puts(&line, level_colour(diag->level));
	if (diag->where.file == NULL)
		strbuf_printf(&line, "%s: ", cli->name);
	diag_format(&line, diag);
	if (cli->colour && !cli->one_line)
		strbuf_puts(&line, "\033[0m");
	if (!cli->one_line)
		print_source(&line, &diag->where);
	fprintf(stderr, "%s\n", strbuf_text(&line));
	strbuf_free(&line);
}

void cli_begin(struct cli *cli, const char *name, const char *usage)
{
	const char *no_colour = getenv("NO_COLOR");

	(void)!file_keep_standard(); /* if nothing can be opened, the descriptors stay closed */
	*cli = (struct cli){ .name = name, .usage = usage };
	signal(SIGCHLD, SIG_DFL); /* if it is inherited as ignored, waitpid(2) does not return the status of children */
	cli->colour = isatty(STDERR_FILENO) && (no_colour == NULL || no_colour[0] == '\0');
	cli->log = (struct diag_log){ .report = print_diag, .ctx = cli };
}

void cli_help(const struct cli *cli)
{
	struct cli copy = *cli;

	fputs(cli->usage, stdout);
	exit(cli_finish(&copy));
}

void cli_version(const struct cli *cli)
{
	struct cli copy = *cli;

	printf("%s (fw-tools) %s\n", cli->name, FW_VERSION);
	exit(cli_finish(&copy));
}

/* The length of the synopsis, without the newline at its end: its lines after the first are indented. */
static int synopsis_len(const char *usage)
{
	size_t len = strcspn(usage, "\n");

	while (strncmp(usage + len, "\n     ", 6) == 0)
		len += 1 + strcspn(usage + len + 1, "\n");
	return (int)len;
}

void cli_misuse(const struct cli *cli, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT, escaped = STRBUF_INIT;
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	strbuf_escape(&escaped, strbuf_text(&text), text.len);
	fprintf(stderr, "%s: %s", cli->name, strbuf_text(&escaped));
	strbuf_free(&text);
	strbuf_free(&escaped);
	fprintf(stderr, "\n%.*s\nTry '%s --help'.\n", synopsis_len(cli->usage), cli->usage, cli->name);
	exit(cli->misuse_status != 0 ? cli->misuse_status : STATUS_USAGE);
}

int cli_option(struct cli *cli, int argc, char *argv[], const char *shorts, const struct option *longs)
{
	int c;

	opterr = 0;
	c = getopt_long(argc, argv, shorts, longs, NULL);
	if (c == ':')
		cli_misuse(cli, "%s needs an argument", argv[optind - 1]);
	for (const struct option *option = longs; c == '?' && optopt > 0 && option->name != NULL; option++)
		if (option->val == optopt) /* the option exists, so its argument is the error */
			cli_misuse(cli, "--%s takes no argument", option->name);
	if (c == '?' && optopt > 0)
		cli_misuse(cli, "unknown option -%c", optopt);
	if (c == '?')
		cli_misuse(cli, "unknown option %s", argv[optind - 1]);
	if (c > 0 && c < (int)ARRAY_LEN(cli->given))
		cli->given[c] = true;
	if (c == 'h')
		cli_help(cli);
	if (c == 'V')
		cli_version(cli);
	return c;
}

enum family cli_family(int option)
{
	return option == '4' ? FAMILY_IPV4 : option == '6' ? FAMILY_IPV6 : FAMILY_NONE;
}

void cli_check_scopes(const struct cli *cli, const struct option *longs, const struct cli_scope *scopes, size_t count, unsigned action)
{
	for (size_t i = 0; i < count; i++) {
		const struct option *option = longs;

		if (!cli->given[scopes[i].option] || (scopes[i].actions & (1U << action)) != 0)
			continue;
		while (option->val != scopes[i].option)
			option++;
		cli_misuse(cli, "--%s is only valid with %s", option->name, scopes[i].with);
	}
}

const char *cli_operand(const struct cli *cli, int argc, char *argv[])
{
	if (argc - optind > 1)
		cli_misuse(cli, "only one file can be read, not %s too", argv[optind + 1]);
	return optind < argc ? argv[optind] : "-";
}

unsigned cli_number(const struct cli *cli, const char *text, unsigned min, unsigned max, const char *what)
{
	uint64_t value;

	if (!number_read(text, max, &value) || value < min)
		cli_misuse(cli, "%s: expected %s from %u to %u", text, what, min, max);
	return (unsigned)value;
}

unsigned cli_seconds(const struct cli *cli, const char *text)
{
	return cli_number(cli, text, 0, 86400, "a number of seconds");
}

const char *cli_input_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

bool cli_read(struct cli *cli, const char *path, struct strbuf *out, size_t max)
{
	bool standard = strcmp(path, "-") == 0;
	int err = standard ? file_read(STDIN_FILENO, out, max) : file_read_path(path, out, max);

	if (err == -EFBIG)
		diag_add(&cli->log, DIAG_LIMIT, &(struct where){ .file = cli_input_name(path) }, NULL,
			 "larger than %zu MiB", max >> 20);
	else if (err != 0)
		diag_system(&cli->log, err, "%s", cli_input_name(path));
	return err == 0;
}

void cli_write(const struct strbuf *text)
{
	fwrite(strbuf_text(text), 1, text->len, stdout);
}

int cli_finish(struct cli *cli)
{
	bool lost = fflush(stdout) != 0;

	lost = ferror(stdout) != 0 || lost;
	lost = fclose(stdout) != 0 || lost;
	if (lost)
		diag_system(&cli->log, errno, "standard output");
	return (int)diag_status(&cli->log);
}
