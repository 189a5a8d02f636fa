/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * layers: base diag text rotate
 * seeds: tests/data/ct-rotate/bad.in tests/data/ct-rotate/tutorial.conf
 *
 * The reader of ct-rotate.conf, fed anything: strictly, and leniently as for --import-logrotate. What is printed must be
 * read without a fault and print as the same text.
 */
#include "rotate/config.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Reads the text and returns what it prints as, to be freed; NULL: it has a fault. */
static char *read_and_print(const char *text, size_t len, bool lenient, size_t *printed)
{
	struct diag_log log = { .report = NULL };
	struct rotate_config config = { .no_include = true };
	struct rotate_settings set = rotate_defaults;
	char *result = NULL;
	FILE *out;

	if (config_read(&config, text, len, "fuzz", &set, lenient, &log) == 0) {
		out = open_memstream(&result, printed);
		if (out == NULL)
			abort();
		config_print(&config, out);
		fclose(out);
	}
	config_free(&config);
	return result;
}

/* Reads a printed text again, and frees it. */
static void check_printed(char *first, size_t len)
{
	size_t second_len = 0;
	char *second = first == NULL ? NULL : read_and_print(first, len, false, &second_len);

	if (first != NULL && (second == NULL || second_len != len || memcmp(first, second, len) != 0))
		abort();
	free(first);
	free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t printed = 0;
	char *text = read_and_print((const char *)data, len, true, &printed);

	check_printed(text, printed);
	text = read_and_print((const char *)data, len, false, &printed);
	check_printed(text, printed);
	return 0;
}
