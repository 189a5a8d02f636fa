/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A state of fw-load in memory, which is removed at the end, for fuzzers. */
#ifndef FW_TESTS_FUZZ_FOLDER_H
#define FW_TESTS_FUZZ_FOLDER_H

#include "base/file.h"
#include "store/record.h"
#include "store/state.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];
static struct state state;

static void folder_remove(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command) != 0)
		_exit(1);
}

static void folder_begin_once(void)
{
	if (folder[0] != '\0')
		return;
	snprintf(folder, sizeof(folder), "%s/fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(folder) == NULL)
		abort();
	atexit(folder_remove);
	state_begin(&state, folder);
	if (state_make(&state) != 0)
		abort();
}

static void folder_put(const char *path, const struct strbuf *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || text->failed || file_write(fd, strbuf_text(text), text->len) != 0)
		abort();
	close(fd);
}

/* The input between the first line of such a record and a seal that is right: no fuzzer finds a checksum. */
static void folder_seal(struct strbuf *out, const char *kind, unsigned version, const uint8_t *data, size_t len)
{
	record_open(out, kind, version);
	strbuf_add(out, (const char *)data, len);
	record_close(out);
}

static inline bool folder_same(const struct strbuf *a, const struct strbuf *b)
{
	return a->len == b->len && memcmp(strbuf_text(a), strbuf_text(b), a->len) == 0;
}

#endif
