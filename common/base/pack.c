/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/pack.h"
#include "base/coder.h"
#include "base/file.h"
#include "base/gzout.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define BUFFER_SIZE ((size_t)256 * 1024)

const struct pack_kind pack_kinds[PACK_FORMATS] = {
	[PACK_GZIP] = { .name = "gzip", .suffix = ".gz", .normal = GZ_LEVEL_DEFAULT, .fast = GZ_LEVEL_FAST, .most = 9 },
	[PACK_XZ] = { .name = "xz", .suffix = ".xz", .normal = 6, .fast = 1, .most = 9 },
	[PACK_ZSTD] = { .name = "zstd", .suffix = ".zst", .normal = 3, .fast = 1, .most = 19 },
};

struct packer {
	enum pack_format format;
	struct gzout *gz;    /* owned; gzip, which writes the file itself */
	struct coder *coder; /* owned; the other formats */
	int fd;              /* borrowed */
	uint64_t length;     /* of all that was written */
	uint32_t crc;        /* of it, with the option `check` */
	bool check;
	unsigned char *out;  /* owned; BUFFER_SIZE */
};

static int level_of(const struct pack_options *options)
{
	const struct pack_kind *kind = &pack_kinds[options->format];

	if (options->level == PACK_LEVEL_DEFAULT)
		return kind->normal;
	return options->level == PACK_LEVEL_FAST ? kind->fast : options->level;
}

struct packer *packer_new(int fd, const struct pack_options *options)
{
	struct packer *packer = calloc(1, sizeof(*packer));
	struct gz_options gz = { .level = level_of(options), .threads = options->threads, .check = options->check };

	if (packer == NULL)
		return NULL;
	packer->format = options->format;
	packer->fd = fd;
	packer->check = options->check;
	if (options->format == PACK_GZIP) {
		packer->gz = gzout_new(fd, &gz);
	} else {
		packer->coder = options->format == PACK_XZ ? xz_encoder(gz.level, gz.threads) :
							     zstd_encoder(gz.level, gz.threads);
		packer->out = malloc(BUFFER_SIZE);
	}
	if (packer->gz != NULL || (packer->coder != NULL && packer->out != NULL))
		return packer;
	packer_free(packer);
	return NULL;
}

/* Passes input to the coder, and writes what it puts out. `last`: until it has put out everything. */
static int encode(struct packer *packer, const void *bytes, size_t len, bool last)
{
	struct coder_io io = { .in = bytes, .in_len = len };
	enum coder_state state;
	int err;

	do {
		io.out = packer->out;
		io.out_len = BUFFER_SIZE;
		state = packer->coder->run(packer->coder, &io, last);
		err = file_write(packer->fd, packer->out, BUFFER_SIZE - io.out_len);
		if (err == 0 && state == CODER_FAILED)
			err = -EIO;
	} while (err == 0 && (last ? state != CODER_ENDED : io.in_len > 0 || io.out_len == 0));
	return err;
}

int packer_write(struct packer *packer, const void *bytes, size_t len)
{
	if (packer->gz != NULL)
		return gzout_write(packer->gz, bytes, len);
	packer->length += len;
	if (packer->check)
		packer->crc = (uint32_t)crc32_z(packer->crc, bytes, len);
	return encode(packer, bytes, len, false);
}

int packer_finish(struct packer *packer)
{
	return packer->gz != NULL ? gzout_finish(packer->gz) : encode(packer, "", 0, true);
}

/* Decompresses the file, and compares the length and the CRC-32 with those of what was written. */
static int decode(const struct packer *packer, struct unpacker *unpacker, unsigned char *buffer)
{
	uint64_t length = 0;
	uint32_t crc = 0;
	ssize_t got;

	while ((got = unpacker_read(unpacker, buffer, BUFFER_SIZE)) > 0) {
		crc = (uint32_t)crc32_z(crc, buffer, (size_t)got);
		length += (uint64_t)got;
	}
	if (got < 0)
		return got == -EBADMSG ? -EIO : (int)got;
	return length == packer->length && crc == packer->crc ? 0 : -EIO;
}

int packer_check(const struct packer *packer, int fd)
{
	struct unpacker *unpacker;
	unsigned char *buffer;
	int err = -ENOMEM;

	if (packer->gz != NULL)
		return gzout_reread(packer->gz, fd);
	if (lseek(fd, 0, SEEK_SET) != 0)
		return -errno;
	unpacker = unpacker_new(fd, packer->format);
	buffer = malloc(BUFFER_SIZE);
	if (unpacker != NULL && buffer != NULL)
		err = decode(packer, unpacker, buffer);
	unpacker_free(unpacker);
	free(buffer);
	return err;
}

uint64_t packer_length(const struct packer *packer)
{
	return packer->gz != NULL ? gzout_length(packer->gz) : packer->length;
}

void packer_free(struct packer *packer)
{
	if (packer == NULL)
		return;
	gzout_free(packer->gz);
	if (packer->coder != NULL)
		packer->coder->free(packer->coder);
	free(packer->out);
	free(packer);
}
