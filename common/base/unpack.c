/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/gzout.h"
#include "base/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMPARE_SIZE ((size_t)64 * 1024)

struct unpacker {
	struct gzin *gz; /* owned */
};

struct unpacker *unpacker_new(int fd, enum pack_format format)
{
	struct unpacker *unpacker = calloc(1, sizeof(*unpacker));

	(void)format;
	if (unpacker == NULL)
		return NULL;
	unpacker->gz = gzin_new(fd);
	if (unpacker->gz != NULL)
		return unpacker;
	unpacker_free(unpacker);
	return NULL;
}

ssize_t unpacker_read(struct unpacker *unpacker, void *bytes, size_t len)
{
	return gzin_read(unpacker->gz, bytes, len);
}

const char *unpacker_fault(const struct unpacker *unpacker)
{
	return gzin_fault(unpacker->gz);
}

void unpacker_free(struct unpacker *unpacker)
{
	if (unpacker == NULL)
		return;
	gzin_free(unpacker->gz);
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
