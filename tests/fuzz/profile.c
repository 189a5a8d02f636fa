/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * layers: base diag text addr profile
 * seeds: rulesets tests/data/fw-gen
 *
 * Feeds any input to the reader of profiles and the import. The input after a 0x01 byte is the content of every file that
 * the profile names; the lowest bit of the length chooses trees of chains or ipsets.
 */
#include "profile/import.h"
#include "profile/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct file {
	const char *text;
	size_t len;
	unsigned reads;
};

static int file_give(void *ctx, const char *path, struct strbuf *out)
{
	struct file *file = ctx;

	/* A profile that includes itself twice would be read 2^16 times, which is slow but not a bug.
	 */
	if (strcmp(path, "/etc/services") != 0 && ++file->reads > 20)
		return -ENOENT;
	strbuf_add(out, file->text, file->len);
	return out->failed ? -ENOMEM : 0;
}

/* Every directory has two profiles and a link. */
static int names_give(void *ctx, const char *path, struct strbuf *out)
{
	(void)ctx;
	(void)path;
	strbuf_add(out, "b.conf\0/c.conf\0a.conf\0README", 29);
	return out->failed ? -ENOMEM : 0;
}

/* The output must have no line that iptables-restore cannot read. */
static void check_lines(const char *text)
{
	while (*text != '\0') {
		size_t line = strcspn(text, "\n");

		if (line > 10239 || text[line] != '\n')
			abort();
		text += line + 1;
	}
}

static void compile(const char *text, size_t len, struct file *file, const struct profile_options *options)
{
	const struct profile_source source = { .ctx = file, .read = file_give, .list = names_give, .now = 1800000000 };
	struct diag_log log = { 0 };
	struct strbuf out = STRBUF_INIT;
	struct profile *profile = profile_compile("fuzz", text, len, &source, options, &log);

	if ((profile == NULL) != (diag_errors(&log) > 0))
		abort();
	if (profile != NULL) {
		profile_print(profile, &out);
		check_lines(strbuf_text(&out));
		profile_print_explanation(profile, &out);
		profile_print_sysctls(profile, &out);
		profile_print_modules(profile, &out);
	}
	profile_free(profile);
	strbuf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data, *mark = len > 0 ? memchr(text, 1, len) : NULL;
	size_t first = mark != NULL ? (size_t)(mark - text) : len;
	struct file file = { .text = mark != NULL ? mark + 1 : "",
			     .len = mark != NULL ? len - first - 1 : 0 };
	const struct profile_options options = { .family = FAMILY_BOTH, .no_sets = (len & 1) != 0 };
	struct strbuf out = STRBUF_INIT;
	struct diag_log log = { 0 };

	compile(text, first, &file, &options);
	if (profile_import("fuzz", text, first, FAMILY_BOTH, &log, &out)) {
		/* The import writes a profile, whose raw lines may still have text that no rule can have. */
		file.reads = 0;
		compile(strbuf_text(&out), out.len, &file, &options);
	}
	strbuf_free(&out);
	return 0;
}
