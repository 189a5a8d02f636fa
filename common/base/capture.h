/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Captures what foreign code writes to a standard descriptor, in a memfd. Only one thread may do so at a time. */
#ifndef FW_BASE_CAPTURE_H
#define FW_BASE_CAPTURE_H

#include "base/base.h"
#include "base/strbuf.h"

struct capture {
	int standard; /* the captured descriptor: 1 or 2 */
	int memfd;    /* owned */
	int real;     /* owned; a duplicate of the original descriptor; -1: it was closed */
};

/* Prepares to capture a descriptor any number of times. 0 or -errno. */
must_check int capture_open(struct capture *capture, int standard);

/* Redirect the descriptor to the memfd, and back. */
void capture_begin(const struct capture *capture);
void capture_end(const struct capture *capture);

/* Discards what was captured; the memory is kept for the next capture. 0 or -errno. */
must_check int capture_drop(const struct capture *capture);

/* Appends what was captured to out, and discards it. 0 or -errno. */
must_check int capture_take(const struct capture *capture, struct strbuf *out);

#endif
