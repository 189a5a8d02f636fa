/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What foreign code writes on a standard descriptor, caught in a memfd. Not for two threads at once. */
#ifndef FW_BASE_CAPTURE_H
#define FW_BASE_CAPTURE_H

#include "base/base.h"
#include "base/strbuf.h"

/* An empty memfd, owned by the caller; negative: none could be had. */
must_check int capture_new(void);

/*
 * Points the standard descriptor (1 or 2) at the memfd, until capture_end is given what this returns:
 * the real one, or -1 where it was closed.
 */
must_check int capture_begin(int standard, int memfd);
void capture_end(int standard, int real);

/* Appends what was caught, and empties the memfd. 0 or -errno. */
must_check int capture_take(int memfd, struct strbuf *out);

#endif
