/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * canon declared 4|6|46 FILE [lines|counters]: prints a text as the model writes it, one family after the other.
 * With lines, each rule follows the number of its input line.
 * canon saved 4|6 FILE: prints each rule line of a saver's text as the model writes it.
 * canon random 4|6 SEED: prints a random ruleset, as input for the others.
 */
#include "model/canon.h"
#include "base/file.h"
#include "randomrules.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void report(void *ctx, const struct diag *diag)
{
	struct strbuf line = STRBUF_INIT;

	(void)ctx;
	diag_format(&line, diag);
	fprintf(stderr, "%s\n", strbuf_text(&line));
	strbuf_free(&line);
}

static void print_canon(const struct stream *stream, const struct canon *canon, bool lines)
{
	const char *at = strbuf_text(&canon->text), *newline;

	for (size_t rule = 0; (newline = strchr(at, '\n')) != NULL; at = newline + 1) {
		if (lines && (*at == '-' || *at == '['))
			printf("%u ", stream->lines.item[canon->lines.item[rule++]].number);
		printf("%.*s\n", (int)(newline - at), at);
	}
}

static bool declared(const char *path, const struct strbuf *in, enum family families, const char *what, struct diag_log *log)
{
	struct canon canon[FAMILIES] = { CANON_INIT, CANON_INIT };
	struct stream stream;
	bool good = stream_read(&stream, path, in->data, in->len, families, log) &&
		    canon_declared(&stream, families, strcmp(what, "counters") == 0, canon, log);

	for (int i = 0; i < FAMILIES; i++) {
		if (good)
			print_canon(&stream, &canon[i], strcmp(what, "lines") == 0);
		canon_free(&canon[i]);
	}
	stream_free(&stream);
	return good;
}

static bool saved(const struct strbuf *in, enum family families, struct diag_log *log)
{
	struct strbuf texts[FAMILIES] = { STRBUF_INIT, STRBUF_INIT }, out[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	bool good;

	texts[families == FAMILY_IPV6] = *in;
	good = canon_saved(families, texts, out, log);
	for (int i = 0; i < FAMILIES; i++) {
		if (good)
			fputs(strbuf_text(&out[i]), stdout);
		strbuf_free(&out[i]);
	}
	return good;
}

static int print_random(enum family family, const char *seed)
{
	struct random_rules rules = random_rules((unsigned)strtoul(seed, NULL, 10), family, true);
	struct strbuf text = STRBUF_INIT;

	random_text(&text, &rules);
	fputs(strbuf_text(&text), stdout);
	strbuf_free(&text);
	return fflush(stdout) == 0 ? STATUS_DONE : STATUS_SYSTEM;
}

int main(int argc, char *argv[])
{
	struct diag_log log = { .report = report };
	struct strbuf in = STRBUF_INIT;
	enum family families;
	bool good;

	if (argc < 4)
		return STATUS_USAGE;
	families = strcmp(argv[2], "46") == 0 ? FAMILY_BOTH : strcmp(argv[2], "6") == 0 ? FAMILY_IPV6 : FAMILY_IPV4;
	if (strcmp(argv[1], "random") == 0)
		return print_random(families, argv[3]);
	if (file_read_path(argv[3], &in, 1UL << 30) != 0)
		return STATUS_SYSTEM;
	if (strcmp(argv[1], "declared") == 0)
		good = declared(argv[3], &in, families, argc > 4 ? argv[4] : "", &log);
	else
		good = saved(&in, families, &log);
	strbuf_free(&in);
	if (fflush(stdout) != 0)
		return STATUS_SYSTEM;
	return good ? STATUS_DONE : (int)diag_status(&log);
}
