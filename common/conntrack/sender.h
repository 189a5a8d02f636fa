/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Which program caused an event: the kernel gives only the id of its netlink socket. */
#ifndef FW_CONNTRACK_SENDER_H
#define FW_CONNTRACK_SENDER_H

#include "base/base.h"

#define SENDER_NAME 32

/* The last program that was asked for. A zeroed one is valid. */
struct sender {
	uint32_t port;
	uint64_t until;		/* CLOCK_MONOTONIC in seconds: then it is looked up again */
	char name[SENDER_NAME]; /* "": not known */
};

/*
 * The name of the program that has the netlink socket of this id, in this network namespace, without control
 * characters. "": it has ended meanwhile, or this user may not see its descriptors. Valid until the next call.
 */
const char *sender_name(struct sender *sender, uint32_t port);

#endif
