/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole texts in gzip files (RFC 1952, one member), which appear whole or not at all. The one user of
 * libdeflate: of what is at hand as a whole it makes a fifth less than zlib, in a third of the time.
 */
#ifndef FW_STORE_PACKED_H
#define FW_STORE_PACKED_H

#include "base/base.h"
#include "base/strbuf.h"

/* Appends the file that text makes, unpacked again and compared. 0 or -errno; -EIO: not the same came back. */
must_check int packed_make(const char *text, size_t len, struct strbuf *out);

/* Puts such a file in place. 0 or -errno. */
must_check int packed_publish(const char *path, const struct strbuf *packed);

/* Both. */
must_check int packed_write(const char *path, const char *text, size_t len);

/* Appends the text of path, at most max bytes. 0 or -errno; -EBADMSG: not a whole gzip file. */
must_check int packed_read(const char *path, struct strbuf *out, size_t max);

#endif
