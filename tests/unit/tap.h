/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A minimal test harness: CHECK prints one TAP line named `name`; a main ends with `return tap_done();`. */
#ifndef FW_TESTS_TAP_H
#define FW_TESTS_TAP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int tap_count, tap_failed;

#define CHECK(what, name)                                                                              \
	do {                                                                                           \
		int tap_good = !!(what);                                                                   \
		tap_failed += !tap_good;                                                                   \
		printf("%sok %d - %s\n", tap_good ? "" : "not ", ++tap_count, (name));                    \
		if (!tap_good)                                                                            \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #what);                           \
	} while (0)

/* Writes a template for mkstemp and mkdtemp to path, and returns it. */
static inline char *tap_temporary(char path[static 4096])
{
	const char *dir = getenv("TMPDIR");

	snprintf(path, 4096, "%s/fw-unit-XXXXXX", dir != NULL && dir[0] != '\0' ? dir : "/tmp");
	return path;
}

/* A file without a name; -1: failed. */
static inline int tap_file(void)
{
	char name[4096];
	int fd = mkstemp(tap_temporary(name));

	if (fd >= 0)
		unlink(name);
	return fd;
}

/* Compressible text of at least len bytes, to be freed. */
static inline char *tap_lines(size_t len)
{
	char *text = malloc(len + 64);
	unsigned state = 1;

	for (size_t at = 0; text != NULL && at < len;) {
		state = state * 1103515245u + 12345u;
		at += (size_t)snprintf(text + at, 64, "line %zu of %u\n", at, state >> 16);
	}
	return text;
}

static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed > 0 || tap_count == 0;
}

#endif
