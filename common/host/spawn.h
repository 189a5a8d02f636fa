/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs run without a shell, their input and output in memory. Several run at once, so that the two families
 * cost the time of one. A child gets nothing from us but what this file says: four variables (PATH, LC_ALL=C,
 * XTABLES_LOCKFILE, XTABLES_LIBDIR), the descriptors 0 to 2 and the locks that it must hold, the working directory /,
 * default signals, and a process group of its own.
 */
#ifndef FW_HOST_SPAWN_H
#define FW_HOST_SPAWN_H

#include "base/base.h"
#include "base/strbuf.h"
#include "host/netns.h"

/* How many run at once at most. */
#define SPAWN_MAX 8

struct spawn;

/* What one that is held back may do, as the one before it in the array (NULL: there is none) gets on. */
enum spawn_turn {
	SPAWN_WAIT,
	SPAWN_GO,
	SPAWN_STOP, /* its input ends where it is held */
};

struct spawn {
	const char *argv[24];  /* borrowed, ended by NULL; argv[0] as for spawn_find */
	const char *lock_file; /* borrowed; XTABLES_LOCKFILE of the child; NULL: as in our environment */
	unsigned limit;        /* seconds; then it is killed, and failure is -ETIMEDOUT; 0: no limit */
	void (*tick)(void *);  /* called several times a second while it runs; NULL: nobody */
	void *tick_arg;        /* borrowed */
	const int *held; /* borrowed; two descriptors that it keeps open, -1: none; NULL: none at all */
	const struct netns *netns; /* borrowed; it lives in this one's scratch namespace; NULL: in ours */
	const char *input;     /* borrowed; its standard input, NULL: /dev/null */
	size_t input_len;
	size_t hold; /* it is fed so much of its input until turn, which is asked often, lets it go on; 0: not held */
	enum spawn_turn (*turn)(void *arg, const struct spawn *front);
	void *turn_arg; /* borrowed */
	bool wide;      /* it is asked for its turn long before it has read all: for locks, which do not change meanwhile */
	bool (*finished)(void *arg); /* called while it ends, once spawn_finished is true, until it says true; NULL: nobody */
	void *finished_arg;          /* borrowed */
	struct strbuf out, err; /* owned; what it wrote, of err the first 64 KiB */
	int failure;            /* 0, or -errno: it was not started or not waited for, or its output is not whole */
	int status;             /* 0 to 255: its exit status; 128 + N: killed by signal N */
	bool stopped;           /* its turn never came */
	/* while running */
	int pid; /* 0 or less: it is not running any more, or was not started */
	int ends; /* a pidfd; -1: none */
	int fd[3]; /* what feeds its standard input, takes its output, and tells its errors; -1: closed */
	size_t written;
};

#define SPAWN_INIT { .out = STRBUF_INIT, .err = STRBUF_INIT, .ends = -1, .fd = { -1, -1, -1 } }

/*
 * Runs all of them (SPAWN_MAX at most) at once, to their ends. What they start and leave behind is not
 * waited for. Failures stand in each spawn. Threads may do so at the same time as long as only one of them holds
 * children back: SIGPIPE, which is ignored meanwhile, belongs to all of them.
 */
void spawn_run(struct spawn *spawns, size_t count);

/*
 * Starts a program (an absolute path) in a session of its own, with nothing but /dev/null open, and does not
 * wait for it: it outlives this process, its terminal and its session. 0 or -errno.
 */
must_check int spawn_detached(const char *const *argv);

/*
 * Has it done its work? Who ends may have to wait for the kernel, as for the rules that it replaced (proc(5): the flags
 * in /proc/PID/stat). Only spawn_good tells whether it was done well.
 */
bool spawn_finished(const struct spawn *spawn);

/*
 * The path of a program: the name itself if it is an absolute path, or the first that may be executed in the absolute
 * directories of PATH and in the system's, which an ordinary user's PATH leaves out. 0 or -errno.
 */
must_check int spawn_find(const char *name, struct strbuf *path);

/* Started and ended with status 0. */
bool spawn_good(const struct spawn *spawn);

void spawn_free(struct spawn *spawn);

#endif
