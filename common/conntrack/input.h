/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Reads files whose names come from the user. Does not wait for a FIFO that nobody writes to. */
#ifndef FW_CONNTRACK_INPUT_H
#define FW_CONNTRACK_INPUT_H

#include "base/base.h"
#include "base/strbuf.h"

/*
 * Reads a regular file whole, appending to out. 0 or -errno; -EISDIR: a directory; -ENOTSUP: a FIFO, a device or
 * a socket, which is not even opened; -EFBIG: more than max bytes.
 */
must_check int input_read(const char *path, struct strbuf *out, size_t max);

/*
 * The same, but for pipes and devices too. A FIFO that nobody has open for writing is empty. One that somebody has
 * open is read to its end.
 */
must_check int input_read_any(const char *path, struct strbuf *out, size_t max);

/* The message for an error of these functions. */
const char *input_error(int err);

#endif
