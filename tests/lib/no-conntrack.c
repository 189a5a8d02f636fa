/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Preloaded, it makes requests to the tracking table fail: with the errno CT_ERRNO, but not more than CT_TIMES times.
 * Built by the tests that need it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <sys/socket.h>

static int failures;

static int fails(const struct nlmsghdr *message, size_t len, const struct sockaddr *to)
{
	const char *times = getenv("CT_TIMES");

	return to != NULL && to->sa_family == AF_NETLINK && len >= sizeof(*message) &&
	       message->nlmsg_type >> 8 == NFNL_SUBSYS_CTNETLINK && failures < (times != NULL ? atoi(times) : 1000);
}

ssize_t sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to, socklen_t to_len)
{
	ssize_t (*next)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "sendto");

	if (!fails(bytes, len, to))
		return next(fd, bytes, len, flags, to, to_len);
	failures++;
	errno = atoi(getenv("CT_ERRNO"));
	return -1;
}
