/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs run without a shell, their input and output in memory. Several run at once, so that the two families
 * cost the time of one. A child gets nothing from us but what this file says: four variables (PATH, LC_ALL=C,
 * XTABLES_LOCKFILE, XTABLES_LIBDIR), the descriptors 0 to 2 and the locks that it must hold, the working directory /,
 * default signals, a process group of its own, and no more rights than iptables and ipset need: CAP_NET_ADMIN,
 * CAP_NET_RAW, and what confine_program leaves.
 */
#ifndef FW_HOST_SPAWN_H
#define FW_HOST_SPAWN_H

#include "base/base.h"
#include "base/strbuf.h"
#include "host/netns.h"

/* How many run at once at most. */
#define SPAWN_MAX 8

/* What shall become of a program that still runs. */
enum spawn_pace {
	SPAWN_GO_ON,
	SPAWN_HURRY,   /* the highest priority, where we may give it */
	SPAWN_GIVE_UP, /* it is killed, and failure is -EBUSY */
};

struct spawn {
	const char *argv[24];       /* borrowed, ended by NULL; argv[0] as for spawn_find */
	int lock_fd;                /* borrowed; the file that is XTABLES_LOCKFILE of the child; -1: as in our environment */
	const int *held;            /* borrowed; two descriptors that it keeps open, -1: none; NULL: none at all */
	const struct netns *netns;  /* borrowed; it lives in this one's scratch namespace; NULL: in ours */
	const struct strbuf *input; /* borrowed; its standard input; NULL: /dev/null */
	unsigned limit;             /* seconds; then it is killed, and failure is -ETIMEDOUT; 0: no limit */
	enum spawn_pace (*watch)(void *, long long); /* asked several times a second, with the milliseconds it took; NULL: nobody */
	void *watch_arg;            /* borrowed */
	struct strbuf out, err;     /* owned; what it wrote, of err the first 64 KiB */
	int failure;                /* 0, or -errno: not started or not waited for, or its output is not whole; confine_program */
	int status;                 /* 0 to 255: its exit status; 128 + N: killed by signal N */
	/* while it runs, for spawn.c: */
	int pid;                    /* 0 or less: it does not run */
	int pidfd;                  /* -1: none */
	int out_file, err_pipe;     /* where it writes; -1: closed */
};

#define SPAWN_INIT { .lock_fd = -1, .out = STRBUF_INIT, .err = STRBUF_INIT, .pidfd = -1, .out_file = -1, .err_pipe = -1 }

/*
 * Runs all of them (SPAWN_MAX at most) at once, to their ends. What they start and leave behind is not
 * waited for. Failures stand in each spawn.
 */
void spawn_run(struct spawn *spawns, size_t count);

/*
 * Starts a program (an absolute path) in a session of its own, with nothing but /dev/null open, and does not
 * wait for it: it outlives this process, its terminal and its session. 0 or -errno.
 */
must_check int spawn_detached(const char *const *argv);

/*
 * The path of a program: the name itself if it is an absolute path, or the first that may be executed in the absolute
 * directories of PATH and in the system's, which an ordinary user's PATH leaves out. 0 or -errno.
 */
must_check int spawn_find(const char *name, struct strbuf *path);

/* Started and ended with status 0. */
bool spawn_good(const struct spawn *spawn);

/*
 * Appends how it ended, with the first line of its messages: "iptables-save ended with status 1: TEXT". Nothing
 * if it ended with status 0. Control characters are escaped.
 */
void spawn_tell(const struct spawn *spawn, struct strbuf *out);

void spawn_free(struct spawn *spawn);

#endif
