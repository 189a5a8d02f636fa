/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * layers: base diag text addr conntrack
 * seeds: tests/data/fuzz/history
 *
 * Feeds any bytes to the reader of ct-stat's state files. What it accepts must be written and read again as the same.
 */
#include "conntrack/history.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static char path[64];

static void clean(void)
{
	unlink(path);
}

static void begin_once(void)
{
	int fd;

	if (path[0] != '\0')
		return;
	snprintf(path, sizeof(path), "%s/fuzz-state-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	fd = mkstemp(path);
	if (fd < 0)
		abort();
	close(fd);
	atexit(clean);
}

static void put_file(const uint8_t *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		abort();
	close(fd);
}

static bool same(const struct history *a, const struct history *b)
{
	bool reset = false;

	for (unsigned i = 0; i < COUNTER_COUNT; i++)
		if (counters_know(&a->then.counters, i) != counters_know(&b->then.counters, i) ||
		    counters_sum(&a->then.counters, i) != counters_sum(&b->then.counters, i) ||
		    counters_growth(&a->then.counters, &b->then.counters, i, &reset) != 0)
			return false;
	return a->level == b->level && a->logged == b->logged && a->then.count == b->then.count && a->then.max == b->then.max &&
	       a->then.boottime == b->then.boottime && history_mismatch(a, &b->then) == NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct history first, second;

	begin_once();
	put_file(data, len);
	if (history_read(&first, path) != 0)
		return 0;
	/* "unknown" stands for an id that is not there */
	if (history_write(&first, path) != 0 || history_read(&second, path) != 0 ||
	    (first.then.place.boot_id[0] != '\0' && !same(&first, &second)))
		abort();
	history_free(&second);
	history_free(&first);
	return 0;
}
