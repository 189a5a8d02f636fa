/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layers: base diag text rotate
 *
 * The reader of ct-rotate.conf, fed anything: strictly, and leniently as for --import-logrotate. If a file has no
 * fault, it is printed in full, and the printed file must be read without a fault and print as the same text.
 */
#include "rotate/config.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Reads the text and returns what it prints as, to be freed; NULL: it has a fault. */
static char *read_and_print(const char *text, size_t len, bool lenient, size_t *printed)
{
	struct diag_log log = { .report = NULL };
	struct rotate_config config = { 0 };
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t first_len = 0, second_len = 0;
	char *first, *second;

	free(read_and_print((const char *)data, len, true, &first_len));
	first = read_and_print((const char *)data, len, false, &first_len);
	if (first == NULL)
		return 0;
	second = read_and_print(first, first_len, false, &second_len);
	if (second == NULL || second_len != first_len || memcmp(first, second, first_len) != 0)
		abort();
	free(first);
	free(second);
	return 0;
}
