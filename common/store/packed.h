/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole texts in gzip files (RFC 1952, one member), which appear whole or not at all. The one user of
 * libdeflate: of what is at hand as a whole it makes a fifth less than zlib, in a third of the time.
 *
 * gzip's own checksum does not cover its header, nor the spare bits at the end of a block. Our header is
 * always the same, and holds the checksum of what follows it in an extra field: a file that differs from
 * what packed_make made in a single bit is not exact.
 */
#ifndef FW_STORE_PACKED_H
#define FW_STORE_PACKED_H

#include "base/base.h"
#include "base/strbuf.h"

/* Appends the file that text makes, unpacked again and compared. 0 or -errno; -EIO: not the same came back. */
must_check int packed_make(const char *text, size_t len, struct strbuf *out);

/*
 * Appends the text of path (file_read_own), at most max bytes. 0 or -errno; -EBADMSG: not a whole gzip file.
 * *exact: every bit of the file is as packed_make made it. NULL: any gzip file will do.
 */
must_check int packed_read(const char *path, struct strbuf *out, size_t max, bool *exact);

#endif
