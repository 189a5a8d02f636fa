/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The netlink messages in a datagram. libmnl compares lengths as signed numbers, so it takes a message of 2 GiB or more
 * for a short one; these functions read nothing outside of the datagram, whatever it holds.
 */
#ifndef FW_CONNTRACK_MESSAGE_H
#define FW_CONNTRACK_MESSAGE_H

#include "base/base.h"

#include <linux/netlink.h>

struct messages {
	const char *at; /* aligned for a header */
	size_t left;
};

/* The next whole message; NULL: there is none. Then `left` is 0, or the end of the datagram is damaged. */
const struct nlmsghdr *message_next(struct messages *messages);

/* Whether more messages are to come. */
enum message_step { STEP_ON, STEP_END };

/* 0 or -errno; sets *step at the end of the answer. */
typedef int message_each(void *ctx, const struct nlmsghdr *nlh, enum message_step *step);

/* The request that is answered. */
struct message_request {
	uint32_t seq, port;
	message_each *each;
	void *ctx;
};

/* Calls `each` for the messages of a datagram that answer the request. 0; -EBADMSG; or what the kernel or `each` returned. */
must_check int messages_read(const void *data, size_t len, const struct message_request *request, enum message_step *step);

#endif
