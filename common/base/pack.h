/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Writes and reads compressed files, whatever their format.
 *
 *	struct packer *packer = packer_new(fd, &(struct pack_options){ .format = PACK_GZIP, .threads = 1 });
 *	int err = packer == NULL ? -ENOMEM : packer_write(packer, bytes, len);
 *	if (err == 0)
 *		err = packer_finish(packer);
 *	packer_free(packer);
 */
#ifndef FW_BASE_PACK_H
#define FW_BASE_PACK_H

#include "base/base.h"

#include <sys/types.h>

#define PACK_THREADS_MAX   16
#define PACK_LEVEL_DEFAULT 0  /* that of the format */
#define PACK_LEVEL_FAST    -1 /* takes at most about half the time of the default */

enum pack_format { PACK_GZIP, PACK_XZ, PACK_ZSTD, PACK_FORMATS };

struct pack_kind {
	const char *name;   /* of the program that it is the format of */
	const char *suffix; /* with the dot */
	int normal, fast, most; /* levels, from 1 to `most` */
};

extern const struct pack_kind pack_kinds[PACK_FORMATS];

struct pack_options {
	enum pack_format format;
	int level;        /* from 1, or PACK_LEVEL_* */
	unsigned threads; /* 1 to PACK_THREADS_MAX */
	bool check;       /* packer_check will be called */
};

struct packer;

/* fd is borrowed and written to from its current offset on. NULL: no memory, or no thread could be started. */
must_check struct packer *packer_new(int fd, const struct pack_options *options);

/* 0 or -errno; -EIO: the library made an error. After an error, only packer_free may be called. */
must_check int packer_write(struct packer *packer, const void *bytes, size_t len);

/* Writes the rest. 0 or -errno, as packer_write. Nothing is synced. */
must_check int packer_finish(struct packer *packer);

/*
 * Proves, with the option `check`, that the file of `fd` decompresses to the bytes that were written. Call it after
 * packer_finish. 0; -EIO: it does not; or another -errno.
 */
must_check int packer_check(const struct packer *packer, int fd);

/* The number of bytes that were passed to packer_write. */
uint64_t packer_length(const struct packer *packer);

void packer_free(struct packer *packer);

struct unpacker;

/* fd is borrowed and read from its current offset on. NULL: no memory. */
must_check struct unpacker *unpacker_new(int fd, enum pack_format format);

/*
 * Reads up to len decompressed bytes. Returns how many; 0: the end, and all checksums are right; -EBADMSG: the file is
 * damaged, see unpacker_fault; another -errno. Several members or frames are read one after the other.
 */
must_check ssize_t unpacker_read(struct unpacker *unpacker, void *bytes, size_t len);

/* Why the file is damaged, such as "ends too early"; a literal. */
const char *unpacker_fault(const struct unpacker *unpacker);

void unpacker_free(struct unpacker *unpacker);

/* 1: the rest of packed_fd, decompressed, is equal to the rest of plain_fd; 0: it is not, or it is damaged; or -errno. */
must_check int pack_compare(int packed_fd, enum pack_format format, int plain_fd);

#endif
