/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Reads and writes that handle short counts and EINTR. */
#ifndef FW_BASE_FILE_H
#define FW_BASE_FILE_H

#include "base/base.h"
#include "base/strbuf.h"

#include <dirent.h>

/* Reads to the end and appends to out. 0 or -errno; -EFBIG: there are more than max bytes. */
must_check int file_read(int fd, struct strbuf *out, size_t max);

/* The same for a path. */
must_check int file_read_path(const char *path, struct strbuf *out, size_t max);

/*
 * The same for a file that nobody else can write to: a regular file, not a symbolic link, owned by root or by us, and
 * not writable by group or others. A FIFO or a device is refused without opening it, so this never blocks.
 * -ELOOP: a symbolic link; -EISDIR; -ENOTSUP: another kind of file; -EPERM: others can write to it.
 */
must_check int file_read_own(const char *path, struct strbuf *out, size_t max);

/* The message for an error of file_read_own; valid until the next strerror(3). */
const char *file_own_error(int err);

/* Appends the absolute path; if the current directory is unknown, the path itself. Returns the text of out. */
const char *file_absolute(const char *path, struct strbuf *out);

/*
 * Creates a memfd whose number is above the standard descriptors, because a closed one of these may be opened later.
 * The descriptor, which the caller closes, or -errno.
 */
must_check int file_in_memory(const char *name);

/* Writes all len bytes. 0 or -errno. */
must_check int file_write(int fd, const void *bytes, size_t len);

/*
 * Opens each of the descriptors 0 to 2 that is closed, so that no other file gets this number and receives what is
 * printed. Reading and writing through it still fail. 0 or -errno.
 */
must_check int file_keep_standard(void);

/* renameat2(2), which not every C library has; the flags are those of <linux/fs.h>. 0 or -errno. */
must_check int file_rename(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);

/* The entries of a directory that is open, from the first one on; closedir leaves dir open. NULL: see errno. */
must_check DIR *file_list(int dir);

#endif
