/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Stores texts in gzip files (RFC 1952, one member) that appear complete or not at all. Only this file uses libdeflate:
 * if the whole text is in memory, its output is a fifth smaller than zlib's, in a third of the time.
 *
 * gzip's own checksum does not cover its header or the spare bits at the end of a block. Our header is always the same,
 * and has an extra field with the checksum of everything after it. So a file is exact only if every bit is as
 * packed_make wrote it.
 */
#ifndef FW_STORE_PACKED_H
#define FW_STORE_PACKED_H

#include "base/base.h"
#include "base/strbuf.h"

/*
 * Appends the content of the gzip file for text, after unpacking it again to compare. 0 or -errno; -EIO: the comparison
 * failed.
 */
must_check int packed_make(const char *text, size_t len, struct strbuf *out);

/*
 * Appends the text stored in path (file_read_own), at most max bytes. *exact: is every bit of the file as packed_make
 * wrote it? exact may be NULL. 0 or -errno; -EBADMSG: not a complete gzip file.
 */
must_check int packed_read(const char *path, struct strbuf *out, size_t max, bool *exact);

#endif
