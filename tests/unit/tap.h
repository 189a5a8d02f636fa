/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A minimal test harness: CHECK prints one TAP line named `name`; a main ends with `return tap_done();`. */
#ifndef FW_TESTS_TAP_H
#define FW_TESTS_TAP_H

#include <stdio.h>
#include <stdlib.h>

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

static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed > 0 || tap_count == 0;
}

#endif
