/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What foreign code writes on a standard descriptor, caught in a memfd. Not for two threads at once. */
#ifndef FW_BASE_CAPTURE_H
#define FW_BASE_CAPTURE_H

#include "base/base.h"
#include "base/strbuf.h"

struct capture {
	int standard; /* the descriptor that is caught: 1 or 2 */
	int memfd;    /* owned */
	int real;     /* owned; a duplicate of what the descriptor was; -1: it was closed */
};

/* Makes ready to catch a descriptor again and again. 0 or -errno. */
must_check int capture_open(struct capture *capture, int standard);

void capture_begin(const struct capture *capture);
void capture_end(const struct capture *capture);

/* Forgets what was caught; the memory is kept for what comes next. 0 or -errno. */
must_check int capture_drop(const struct capture *capture);

/* Appends what was caught, and forgets it. 0 or -errno. */
must_check int capture_take(const struct capture *capture, struct strbuf *out);

#endif
