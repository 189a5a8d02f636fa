/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/pack.h"
#include "base/coder.h"
#include "base/gzout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMPARE_SIZE ((size_t)64 * 1024)
#define READ_SIZE    ((size_t)64 * 1024)

struct unpacker {
	struct gzin *gz;     /* owned; gzip */
	struct coder *coder; /* owned; the other formats */
	int fd;              /* borrowed */
	bool last;           /* the end of the file was reached */
	enum coder_state state;
	const unsigned char *in; /* what is left of bytes */
	size_t in_len;
	unsigned char bytes[READ_SIZE];
};

struct unpacker *unpacker_new(int fd, enum pack_format format)
{
	struct unpacker *unpacker = calloc(1, sizeof(*unpacker));

	if (unpacker == NULL)
		return NULL;
	unpacker->fd = fd;
	if (format == PACK_GZIP)
		unpacker->gz = gzin_new(fd);
	else
		unpacker->coder = format == PACK_XZ ? xz_decoder() : zstd_decoder();
	if (unpacker->gz != NULL || unpacker->coder != NULL)
		return unpacker;
	unpacker_free(unpacker);
	return NULL;
}

static int fill(struct unpacker *unpacker)
{
	ssize_t got;

	do
		got = read(unpacker->fd, unpacker->bytes, READ_SIZE);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	unpacker->in = unpacker->bytes;
	unpacker->in_len = (size_t)got;
	unpacker->last = got == 0;
	return 0;
}

static ssize_t decode(struct unpacker *unpacker, unsigned char *bytes, size_t len)
{
	struct coder_io io = { .out = bytes, .out_len = len };

	/* What was decompressed before a fault is returned first. */
	while (unpacker->state == CODER_RUNS && io.out_len == len) {
		int err = unpacker->in_len == 0 && !unpacker->last ? fill(unpacker) : 0;

		if (err != 0)
			return err;
		io.in = unpacker->in;
		io.in_len = unpacker->in_len;
		unpacker->state = unpacker->coder->run(unpacker->coder, &io, unpacker->last);
		unpacker->in = io.in;
		unpacker->in_len = io.in_len;
	}
	if (io.out_len < len)
		return (ssize_t)(len - io.out_len);
	if (unpacker->state == CODER_ENDED)
		return 0;
	return unpacker->coder->fault != NULL ? -EBADMSG : -ENOMEM;
}

ssize_t unpacker_read(struct unpacker *unpacker, void *bytes, size_t len)
{
	return unpacker->gz != NULL ? gzin_read(unpacker->gz, bytes, len) : decode(unpacker, bytes, len);
}

const char *unpacker_fault(const struct unpacker *unpacker)
{
	return unpacker->gz != NULL ? gzin_fault(unpacker->gz) : unpacker->coder->fault;
}

void unpacker_free(struct unpacker *unpacker)
{
	if (unpacker == NULL)
		return;
	gzin_free(unpacker->gz);
	if (unpacker->coder != NULL)
		unpacker->coder->free(unpacker->coder);
	free(unpacker);
}

/* Reads len bytes, or fewer at the end of the file. */
static ssize_t read_up_to(int fd, unsigned char *bytes, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t got = read(fd, bytes + have, len - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

static int compare(struct unpacker *unpacker, int plain_fd, unsigned char *left, unsigned char *right)
{
	for (;;) {
		ssize_t got = unpacker_read(unpacker, left, COMPARE_SIZE);
		ssize_t want;

		if (got < 0)
			return got == -EBADMSG ? 0 : (int)got;
		want = read_up_to(plain_fd, right, got > 0 ? (size_t)got : 1);
		if (want < 0)
			return (int)want;
		if (got == 0)
			return want == 0;
		if (want != got || memcmp(left, right, (size_t)got) != 0)
			return 0;
	}
}

int pack_compare(int packed_fd, enum pack_format format, int plain_fd)
{
	unsigned char *buffer = malloc(2 * COMPARE_SIZE);
	struct unpacker *unpacker = unpacker_new(packed_fd, format);
	int result = -ENOMEM;

	if (buffer != NULL && unpacker != NULL)
		result = compare(unpacker, plain_fd, buffer, buffer + COMPARE_SIZE);
	unpacker_free(unpacker);
	free(buffer);
	return result;
}
