/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/netns.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How long to wait for an ended thread to leave the kernel. */
enum { THREAD_ENDS_MS = 200 };

static const char own_path[] = "/proc/self/ns/net";

static int write_path(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = file_write(fd, text, strlen(text));
	close(fd);
	return err;
}

/*
 * A joined thread may still be leaving the kernel. As long as a process has two threads, the kernel refuses it a user
 * namespace with EINVAL, as it does if it has no user namespaces at all: try again for a while.
 */
static int unshare_user(void)
{
	const struct timespec moment = { .tv_nsec = 1000 * 1000 };

	for (int i = 0; unshare(CLONE_NEWUSER) != 0; i++) {
		if (errno != EINVAL || i == THREAD_ENDS_MS)
			/* a limit of 0 forbids it too: report the missing permission */
			return errno == ENOSPC || errno == EUSERS ? -EPERM : -errno;
		nanosleep(&moment, NULL);
	}
	return 0;
}

/* Moves into a new user namespace in which this user is root, like `unshare -r`. */
static int become_root(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	char map[64];
	int err = unshare_user();

	if (err != 0)
		return err;
	err = write_path("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)uid);
	if (err == 0)
		err = write_path("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)gid);
	return err == 0 ? write_path("/proc/self/gid_map", map) : err;
}

static int open_own(int *fd)
{
	*fd = open(own_path, O_RDONLY | O_CLOEXEC);
	return *fd >= 0 ? 0 : -errno;
}

int netns_make(struct netns *netns, bool may_move)
{
	bool far = false, moved = false;
	int err;

	*netns = (struct netns)NETNS_INIT;
	err = open_own(&netns->own);
	if (err == 0 && unshare(CLONE_NEWNET) != 0)
		err = -errno;
	if (err == -EPERM && may_move) {
		far = true;
		err = become_root();
		if (err == 0 && unshare(CLONE_NEWNET) != 0)
			err = -errno;
	}
	moved = err == 0;
	if (err == 0)
		err = open_own(&netns->scratch);
	if (err == 0 && far) {
		/* The old namespace belongs to a user namespace that we have left: we cannot go back. */
		close(netns->own);
		netns->own = fcntl(netns->scratch, F_DUPFD_CLOEXEC, 3);
		err = netns->own >= 0 ? 0 : -errno;
	} else if (moved && !far) {
		int back = netns_leave(netns);

		err = err != 0 ? err : back;
	}
	return err;
}

int netns_enter(const struct netns *netns)
{
	return setns(netns->scratch, CLONE_NEWNET) == 0 ? 0 : -errno;
}

int netns_leave(const struct netns *netns)
{
	return setns(netns->own, CLONE_NEWNET) == 0 ? 0 : -errno;
}

void netns_free(struct netns *netns)
{
	if (netns->own >= 0)
		close(netns->own);
	if (netns->scratch >= 0)
		close(netns->scratch);
	*netns = (struct netns)NETNS_INIT;
}
