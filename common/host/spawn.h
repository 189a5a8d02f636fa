/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Runs programs without a shell, with their input and output in memory. Several run at once, so that both families take
 * the time of one. A child inherits only what this file names: four variables (PATH, LC_ALL=C, XTABLES_LOCKFILE,
 * XTABLES_LIBDIR), the descriptors 0 to 2 and the locks that it must hold, the working directory /, default signal
 * handlers, a process group of its own, and no more privileges than iptables and ipset need: CAP_NET_ADMIN,
 * CAP_NET_RAW, and what confine_program leaves.
 */
#ifndef FW_HOST_SPAWN_H
#define FW_HOST_SPAWN_H

#include "base/base.h"
#include "base/strbuf.h"
#include "host/netns.h"

/* The maximum number of programs that run at once. */
#define SPAWN_MAX 8

/* What to do with a program that still runs. */
enum spawn_pace {
	SPAWN_GO_ON,
	SPAWN_HURRY,   /* give it the highest priority, if permitted */
	SPAWN_GIVE_UP, /* kill it; failure is then -EBUSY */
};

struct spawn {
	const char *argv[24];       /* borrowed, ended by NULL; argv[0] is a name for spawn_find */
	int lock_fd;                /* borrowed; the child's XTABLES_LOCKFILE; -1: the one in our environment */
	const int *held;            /* borrowed; two descriptors that the child keeps open, -1: none; NULL: neither */
	const struct netns *netns;  /* borrowed; it runs in this scratch namespace; NULL: in ours */
	const struct strbuf *input; /* borrowed; its standard input; NULL: /dev/null */
	unsigned limit;             /* in seconds; then it is killed, and failure is -ETIMEDOUT; 0: none */
	enum spawn_pace (*watch)(void *, long long); /* called several times a second with the elapsed milliseconds; NULL: none */
	void *watch_arg;            /* borrowed */
	struct strbuf out, err;     /* owned; what it wrote; of err, the first 64 KiB */
	int failure;                /* 0; -errno: not started, not waited for, or output incomplete */
	int status;                 /* 0 to 255: its exit status; 128 + N: killed by signal N */
	/* for spawn.c, while the program runs: */
	int pid;                    /* 0 or less: not running */
	int pidfd;                  /* -1: none */
	int out_file, err_pipe;     /* its standard output and error; -1: closed */
};

#define SPAWN_INIT { .lock_fd = -1, .out = STRBUF_INIT, .err = STRBUF_INIT, .pidfd = -1, .out_file = -1, .err_pipe = -1 }

/*
 * Runs all programs (at most SPAWN_MAX) at once and waits until they end, but not for processes that they leave behind.
 * Failures are in each spawn.
 */
void spawn_run(struct spawn *spawns, size_t count);

/*
 * Starts a program (an absolute path) in a session of its own, with only /dev/null open, and does not wait for it. It
 * survives this process, its terminal and its session. 0 or -errno.
 */
must_check int spawn_detached(const char *const *argv);

/*
 * Finds a program: the name itself if it is an absolute path, else the first executable in the absolute directories of
 * PATH, or in the system's, which an ordinary user's PATH omits. 0 or -errno.
 */
must_check int spawn_find(const char *name, struct strbuf *path);

/* Did it start, and end with status 0? */
bool spawn_good(const struct spawn *spawn);

/*
 * Appends how it ended, with the first line of its messages: "iptables-save ended with status 1: TEXT". Appends nothing
 * if it ended with status 0. Control characters are escaped.
 */
void spawn_tell(const struct spawn *spawn, struct strbuf *out);

void spawn_free(struct spawn *spawn);

#endif
