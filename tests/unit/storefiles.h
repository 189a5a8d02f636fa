/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Folders, files and generations for the tests of common/store. */
#ifndef FW_TESTS_STOREFILES_H
#define FW_TESTS_STOREFILES_H

#include "base/file.h"
#include "store/generation.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static inline struct strbuf text_of(const char *text)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_puts(&sb, text);
	return sb;
}

/* Makes a new folder for each test; all are removed at the end. In memory if possible, since thousands of files are synced. */
static char top[64];

static inline void files_begin(void)
{
	snprintf(top, sizeof(top), "%s/fw-store-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(top) == NULL)
		printf("Bail out! %s: %s\n", top, strerror(errno));
	alarm(600); /* a test that waits for a FIFO would wait for ever */
}

static inline int remove_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	(void)st;
	(void)kind;
	(void)place;
	return remove(path);
}

static inline int files_end(void)
{
	CHECK(nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, "removes the files of these tests");
	return tap_done();
}

static inline const char *new_dir(void)
{
	static char dir[80];
	static int count;

	snprintf(dir, sizeof(dir), "%s/%d", top, ++count);
	return mkdir(dir, 0700) == 0 ? dir : NULL;
}

static inline const char *within(const char *dir, const char *name)
{
	static char path[4][256];
	static unsigned turn;
	char *out = path[turn++ % ARRAY_LEN(path)];

	snprintf(out, sizeof(path[0]), "%s/%s", dir, name);
	return out;
}

static inline void put(const char *path, const char *bytes, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	bool good = fd >= 0 && fchmod(fd, mode) == 0 && file_write(fd, bytes, len) == 0;

	if (fd >= 0)
		close(fd);
	if (!good)
		printf("Bail out! %s: %s\n", path, strerror(errno));
}

static inline void put_text(const char *path, const char *text)
{
	put(path, text, strlen(text), 0600);
}

static inline struct strbuf get(const char *path)
{
	struct strbuf text = STRBUF_INIT;

	(void)!file_read_path(path, &text, STATE_TEXT_MAX);
	return text;
}

/*
 * Counts the changes of a file that `read` accepts: with each bit flipped, cut at each place, and with a byte more. 0 means
 * that all are refused, and that the unchanged file is read.
 */
static inline size_t accepted(const char *path, bool (*read)(const struct state *), const struct state *state)
{
	struct strbuf whole = get(path), copy = STRBUF_INIT;
	size_t count = 0;

	for (size_t at = 0; at < whole.len; at++) {
		for (int bit = 0; bit < 8; bit++) {
			whole.data[at] = (char)(whole.data[at] ^ 1 << bit);
			put(path, whole.data, whole.len, 0600);
			count += read(state);
			whole.data[at] = (char)(whole.data[at] ^ 1 << bit);
		}
		put(path, whole.data, at, 0600);
		count += read(state);
	}
	for (int byte = 0; byte < 256; byte += 5) {
		strbuf_reset(&copy);
		strbuf_add(&copy, whole.data, whole.len);
		strbuf_putc(&copy, (char)byte);
		put(path, copy.data, copy.len, 0600);
		count += read(state);
	}
	strbuf_add(&copy, whole.data, whole.len);
	put(path, copy.data, copy.len, 0600);
	count += read(state);
	put(path, whole.data, whole.len, 0600);
	count += !read(state); /* the control */
	strbuf_free(&whole);
	strbuf_free(&copy);
	return count;
}

static inline struct state new_state(void)
{
	static char dirs[64][80];
	static unsigned count;
	char *dir = dirs[count++ % ARRAY_LEN(dirs)];
	struct state state;

	snprintf(dir, sizeof(dirs[0]), "%s", new_dir());
	state_begin(&state, dir);
	if (state_make(&state) != 0)
		printf("Bail out! %s\n", dir);
	return state;
}

#define INPUT "#@ sysctl net.ipv4.ip_forward=1\n*filter\n:INPUT DROP\n-4 -A INPUT -s 192.0.2.1 -j DROP\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n"
#define V4    "*filter\n:INPUT DROP [0:0]\n-A INPUT -s 192.0.2.1/32 -j DROP\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n"
#define V6    "*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n"

/* v4, v6: NULL for no rules of this family. */
static inline int write_generation(const struct state *state, unsigned number, enum family families, const char *input,
			    const char *v4, const char *v6)
{
	struct strbuf texts[] = { text_of(v4 != NULL ? v4 : ""), text_of(v6 != NULL ? v6 : ""), text_of(input) };
	struct extras extras = { .keep = { 0 } };
	struct stream stream;
	struct diag_log silent = { .report = NULL };
	struct generation_parts parts = {
		.number = number, .families = families, .from = "my\nrules", .backend = "nft", .input = &texts[2], .extras = &extras,
	};
	int err;

	if (!stream_read(&stream, "x", input, strlen(input), FAMILY_BOTH, &silent) ||
	    !extras_read(&extras, &stream, &silent))
		printf("# the input is refused\n");
	parts.rules[0] = v4 != NULL ? &texts[0] : NULL;
	parts.rules[1] = v6 != NULL ? &texts[1] : NULL;
	err = generation_write(state, &parts);
	extras_free(&extras);
	stream_free(&stream);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		strbuf_free(&texts[i]);
	return err;
}

static inline int write_plain(const struct state *state, unsigned number)
{
	return write_generation(state, number, FAMILY_BOTH, INPUT, V4, V6);
}

static inline bool is_whole(const struct state *state, unsigned number)
{
	struct generation generation;
	bool whole = number != 0 && generation_read(&generation, state, number);

	if (number != 0)
		generation_free(&generation);
	return whole;
}

static inline bool links_are(const struct state *state, unsigned good, unsigned previous)
{
	return state_link(state, "good") == good && state_link(state, "previous") == previous;
}

#endif
