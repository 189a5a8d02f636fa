/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * layers: base diag text addr model meaning check
 * seeds: tests/data/ruleset tests/data/fw-lint-kernel
 *
 * Feeds any input to the reader of streams and rules and to the checks. libxtables reads only one family in a process:
 * IPv4, or the one that FUZZ_FAMILY names.
 */
#include "check/checks.h"
#include "model/ext.h"
#include "model/printer.h"
#include "model/reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static enum family family_wanted(void)
{
	const char *wanted = getenv("FUZZ_FAMILY");

	return wanted != NULL && strcmp(wanted, "6") == 0 ? FAMILY_IPV6 : FAMILY_IPV4;
}

static void begin_once(void)
{
	static bool begun;

	if (!begun && ext_begin(family_wanted()) != 0)
		abort();
	begun = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct diag_log log = { .report = NULL };
	struct strbuf out = STRBUF_INIT;
	struct ruleset *ruleset;
	struct stream stream;

	begin_once();
	stream_read(&stream, "fuzz", (const char *)data, len, family_wanted(), &log);
	ruleset = ruleset_read(&stream, family_wanted(), &log);
	if (ruleset != NULL) {
		check_family(ruleset, &log);
		check_kernel(ruleset, &log);
		check_chains(ruleset, &log);
		if (ruleset_print(&out, ruleset, true, NULL, NULL) != 0)
			abort();
	}
	ruleset_free(ruleset);
	stream_free(&stream);
	strbuf_free(&out);
	return 0;
}
