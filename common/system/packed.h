/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole texts in gzip files, which appear whole or not at all. */
#ifndef FW_SYSTEM_PACKED_H
#define FW_SYSTEM_PACKED_H

#include "base/base.h"
#include "base/strbuf.h"

/* Writes text to path. 0 or -errno. */
must_check int packed_write(const char *path, const char *text, size_t len);

/* Appends the text of path, at most max bytes. 0 or -errno; -EBADMSG: not a whole gzip file. */
must_check int packed_read(const char *path, struct strbuf *out, size_t max);

#endif
