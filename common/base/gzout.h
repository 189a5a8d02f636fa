/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Writes and reads gzip files, for pack.h. The only user of zlib's deflate and inflate.
 *
 *	struct gzout *gz = gzout_new(fd, &(struct gz_options){ .level = 6, .threads = 1, .check = true });
 *	int err = gz == NULL ? -ENOMEM : gzout_write(gz, bytes, len);
 *	if (err == 0)
 *		err = gzout_finish(gz);
 *	gzout_free(gz);
 *
 * The output is one gzip member (RFC 1952), which zcat, gzip -t and less can read, whatever the number of threads:
 * blocks end at a byte boundary (sync flush), and each has the 32 KiB before it as its dictionary. Each thread needs
 * at most about 3 MiB of memory. The first 128 KiB decide which strategy of zlib is used.
 */
#ifndef FW_BASE_GZOUT_H
#define FW_BASE_GZOUT_H

#include "base/base.h"

#include <sys/types.h>

#define GZ_LEVEL_DEFAULT 6
#define GZ_LEVEL_FAST    4
#define GZ_THREADS_MAX   16

struct gz_options {
	int level;        /* 1 to 9 */
	unsigned threads; /* 1 to GZ_THREADS_MAX */
	bool check;       /* decompress each block and compare it with its input, in the same thread */
};

struct gzout;

/* fd is borrowed and written to from its current offset on. NULL: no memory, or no thread could be started. */
must_check struct gzout *gzout_new(int fd, const struct gz_options *options);

/* 0 or -errno; -EIO: the check found a difference. After an error, only gzout_free may be called. */
must_check int gzout_write(struct gzout *gz, const void *bytes, size_t len);

/* Writes the rest and the trailer. 0 or -errno, as gzout_write. Nothing is synced. */
must_check int gzout_finish(struct gzout *gz);

/*
 * Reads the file of `fd` from its beginning, and compares its length and CRC-32 with those of the bytes that were
 * written. Together with `check`, this proves that the file is correct. Call it after gzout_finish. 0; -EIO: the file
 * differs; or another -errno.
 */
must_check int gzout_reread(const struct gzout *gz, int fd);

/* The number of bytes that were passed to gzout_write. */
uint64_t gzout_length(const struct gzout *gz);

void gzout_free(struct gzout *gz);

struct gzin;

/* fd is borrowed and read from its current offset on. NULL: no memory. */
must_check struct gzin *gzin_new(int fd);

/*
 * Reads up to len decompressed bytes. Returns how many; 0: the end, and all checksums are right; -EBADMSG: the file is
 * damaged, see gzin_fault; another -errno. Several members are read one after the other, as by zcat.
 */
must_check ssize_t gzin_read(struct gzin *gz, void *bytes, size_t len);

/* Why the file is damaged, such as "ends too early"; a literal. */
const char *gzin_fault(const struct gzin *gz);

void gzin_free(struct gzin *gz);

#endif
