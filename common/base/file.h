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

/* All len bytes or -errno. */
must_check int file_write(int fd, const void *bytes, size_t len);

/* renameat2(2), which not every C library has; the flags are those of <linux/fs.h>. 0 or -errno. */
must_check int file_rename(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);

#endif
