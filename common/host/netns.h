/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A throw-away network namespace: rules are tried there first, where no packet passes. Without root
 * the whole process moves into a user namespace for that, and stays there.
 */
#ifndef FW_HOST_NETNS_H
#define FW_HOST_NETNS_H

#include "base/base.h"

struct netns {
	int own;     /* owned descriptors, -1: none */
	int scratch;
};

#define NETNS_INIT { -1, -1 }

/*
 * Makes a new namespace; the calling thread stays in its own. may_move: where that is not permitted, the
 * process moves into a user namespace of its own, for good: only a process that changes nothing may.
 * 0 or -errno; netns_free must follow.
 */
must_check int netns_make(struct netns *netns, bool may_move);

/* Moves the calling thread into the new one; programs started there live there. 0 or -errno. */
must_check int netns_enter(const struct netns *netns);

/* Back to its own. 0 or -errno: then the thread must change nothing any more. */
must_check int netns_leave(const struct netns *netns);

void netns_free(struct netns *netns);

#endif
