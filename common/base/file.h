/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole reads and whole writes on descriptors: short counts and EINTR are handled here, once. */
#ifndef FW_BASE_FILE_H
#define FW_BASE_FILE_H

#include "base/base.h"
#include "base/strbuf.h"

/* Reads to the end, appending to out. 0 or -errno; -EFBIG when more than max bytes come. */
must_check int file_read(int fd, struct strbuf *out, size_t max);

/* The same for a path. */
must_check int file_read_path(const char *path, struct strbuf *out, size_t max);

/*
 * The same for a file that nobody else can write: a regular one, not a symbolic link, owned by root or by us,
 * and not writable for group or others. Never waits: a FIFO and a device are refused, not opened for good.
 * -ELOOP: a symbolic link; -EISDIR; -ENOTSUP: another kind of file; -EPERM: others can write it.
 */
must_check int file_read_own(const char *path, struct strbuf *out, size_t max);

/* What to tell of an error of file_read_own. */
const char *file_own_error(int err);

/* Appends the path, from the root on. Returns the text of out. */
const char *file_absolute(const char *path, struct strbuf *out);

/*
 * A memfd that is none of the standard descriptors, which may be closed now and opened or redirected later.
 * The descriptor or -errno.
 */
must_check int file_in_memory(const char *name);

/* All len bytes or -errno. */
must_check int file_write(int fd, const void *bytes, size_t len);

/*
 * Opens each of the descriptors 0 to 2 that is closed, so that no file of ours gets such a number and what is
 * printed lands in it. Reading and writing there still fail. 0 or -errno.
 */
must_check int file_keep_standard(void);

/* renameat2(2), which not every C library has; the flags are those of <linux/fs.h>. 0 or -errno. */
must_check int file_rename(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);

#endif
