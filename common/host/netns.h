/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A temporary network namespace in which rules are tried, as no packet passes there. Without root, the whole process
 * moves into a user namespace for that, and stays there.
 */
#ifndef FW_HOST_NETNS_H
#define FW_HOST_NETNS_H

#include "base/base.h"

struct netns {
	int own;     /* owned descriptors; -1: none */
	int scratch;
};

#define NETNS_INIT { -1, -1 }

/*
 * Creates a namespace; the calling thread stays in its own. may_move: if that is not permitted, the process moves into
 * a user namespace for good, so only a process that changes nothing may ask for it. 0 or -errno. netns_free must follow
 * in any case.
 */
must_check int netns_make(struct netns *netns, bool may_move);

/* Moves the calling thread into the new namespace; programs that it starts run there. 0 or -errno. */
must_check int netns_enter(const struct netns *netns);

/* Moves the calling thread back. 0 or -errno: then the thread must not change anything any more. */
must_check int netns_leave(const struct netns *netns);

void netns_free(struct netns *netns);

#endif
