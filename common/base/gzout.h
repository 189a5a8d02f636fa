/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams to and from gzip, and the one user of zlib's deflate and inflate.
 *
 *	struct gzout *gz = gzout_new(fd, &(struct gz_options){ .level = 6, .threads = 1, .check = true });
 *	int err = gz == NULL ? -ENOMEM : gzout_write(gz, bytes, len);
 *	if (err == 0)
 *		err = gzout_finish(gz);
 *	gzout_free(gz);
 *
 * What comes out is one plain gzip member (RFC 1952) that zcat, gzip -t and less read, whatever the number of
 * threads: blocks end on a byte (sync flush) and each knows the 32 KiB before it as its dictionary. Memory is
 * about 3 MiB a thread at most. Of zlib's strategies the better one for this text is found on the first 128 KiB.
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
	bool check;       /* inflate each block again and compare it with its input, in the same thread */
};

struct gzout;

/* fd is borrowed and written from where it stands. NULL: no memory, or no thread could be started. */
must_check struct gzout *gzout_new(int fd, const struct gz_options *options);

/* 0 or -errno; -EIO when the check found a difference. After an error only gzout_free makes sense. */
must_check int gzout_write(struct gzout *gz, const void *bytes, size_t len);

/* Writes what is left and the trailer. Nothing is synced. */
must_check int gzout_finish(struct gzout *gz);

/*
 * Reads the file behind `fd` from its beginning and compares length and CRC-32 with the bytes that were written:
 * with `check` above this proves the file. 0, -EIO when it differs, or -errno. After gzout_finish.
 */
must_check int gzout_reread(const struct gzout *gz, int fd);

/* Bytes taken in so far. */
uint64_t gzout_length(const struct gzout *gz);

void gzout_free(struct gzout *gz);

struct gzin;

/* fd is borrowed and read from where it stands. NULL: no memory. */
must_check struct gzin *gzin_new(int fd);

/*
 * The next inflated bytes, at most len; 0 at the end, after all checksums were right. -EBADMSG for a damaged
 * file, then gzin_fault says what is wrong; else -errno of the read. Several members follow each other as in zcat.
 */
must_check ssize_t gzin_read(struct gzin *gz, void *bytes, size_t len);

/* "ends too early" and the like; valid for ever. */
const char *gzin_fault(const struct gzin *gz);

void gzin_free(struct gzin *gz);

/* 1 when the whole of gz_fd inflates to exactly the bytes of plain_fd, 0 when not, or -errno. Both from where they stand. */
must_check int gz_compare(int gz_fd, int plain_fd);

#endif
