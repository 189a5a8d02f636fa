/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/gzout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define READ_SIZE ((size_t)64 * 1024)
#define PART_MAX  ((size_t)64 * 1024) /* of one gzin_read */

struct gzin {
	int fd;
	z_stream z;
	bool ready, ended, any; /* inflateInit2 done; end of file seen; at least one whole member */
	bool between;           /* between members: the next byte begins one or is garbage */
	const char *fault;
	unsigned char in[READ_SIZE];
};

struct gzin *gzin_new(int fd)
{
	struct gzin *gz = calloc(1, sizeof(*gz));

	if (gz == NULL)
		return NULL;
	gz->fd = fd;
	gz->between = true;
	gz->fault = "";
	gz->ready = inflateInit2(&gz->z, 15 + 16) == Z_OK; /* 16: gzip's header and trailer, both checked */
	if (!gz->ready) {
		gzin_free(gz);
		return NULL;
	}
	return gz;
}

static int fill(struct gzin *gz)
{
	ssize_t got;

	do
		got = read(gz->fd, gz->in, sizeof(gz->in));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	gz->ended = got == 0;
	gz->z.next_in = gz->in;
	gz->z.avail_in = (uInt)got;
	return 0;
}

static ssize_t damaged(struct gzin *gz, const char *fault)
{
	gz->fault = fault;
	return -EBADMSG;
}

/* A member that fails in its header, after at least one valid member, is garbage, as gzip calls it. */
static const char *inflate_fault(const struct gzin *gz, uLong before)
{
	if (before == 0 && gz->z.total_out == 0)
		return gz->any ? "garbage behind the end" : "not a gzip file, or its header is damaged";
	if (gz->z.msg != NULL && strcmp(gz->z.msg, "incorrect data check") == 0)
		return "the checksum differs";
	if (gz->z.msg != NULL && strcmp(gz->z.msg, "incorrect length check") == 0)
		return "the length differs";
	return "damaged data";
}

ssize_t gzin_read(struct gzin *gz, void *bytes, size_t len)
{
	z_stream *z = &gz->z;

	z->next_out = bytes;
	z->avail_out = (uInt)(len < PART_MAX ? len : PART_MAX);
	for (;;) {
		uLong before = z->total_out;
		uInt room = z->avail_out;
		int err = z->avail_in == 0 && !gz->ended ? fill(gz) : 0;
		int state;

		if (err != 0)
			return err;
		if (z->avail_in == 0 && gz->ended)
			return gz->between && gz->any ? 0 : damaged(gz, "ends too early");
		gz->between = false;
		state = inflate(z, Z_NO_FLUSH);
		if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
			return damaged(gz, inflate_fault(gz, before));
		if (state == Z_STREAM_END) {
			gz->any = gz->between = true;
			inflateReset(z);
		}
		if (z->avail_out < room)
			return room - z->avail_out;
	}
}

const char *gzin_fault(const struct gzin *gz)
{
	return gz->fault;
}

void gzin_free(struct gzin *gz)
{
	if (gz == NULL)
		return;
	if (gz->ready)
		inflateEnd(&gz->z);
	free(gz);
}
