/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/child.h"
#include "base/file.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct child_progress {
	atomic_uint steps;
	atomic_uint place;
};

void child_at(const struct child *child, unsigned place)
{
	atomic_store_explicit(&child->progress->place, place, memory_order_relaxed);
	atomic_fetch_add_explicit(&child->progress->steps, 1, memory_order_relaxed);
}

static void release(const struct child *child)
{
	munmap(child->progress, sizeof(*child->progress));
	if (child->output >= 0)
		close(child->output);
}

static int share_progress(struct child *child)
{
	child->progress = mmap(NULL, sizeof(*child->progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return child->progress == MAP_FAILED ? -errno : 0;
}

/* 0 in the child, too, where child->pid is 0; -errno. */
static int start(struct child *child)
{
	int err;

	fflush(NULL); /* or the child would write buffered output a second time */
	child->pid = fork();
	if (child->pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (child->pid >= 0)
		return 0;
	err = -errno;
	release(child);
	return err;
}

/* Discards what foreign code prints on standard output. */
static bool mute(void)
{
	int sink = file_in_memory("printed");

	return sink >= 0 && dup2(sink, STDOUT_FILENO) == STDOUT_FILENO;
}

int child_start(struct child *child, int (*work)(void *ctx, const struct child *child), void *ctx)
{
	int err = share_progress(child);

	if (err != 0)
		return err;
	child->output = file_in_memory("output");
	if (child->output < 0) {
		munmap(child->progress, sizeof(*child->progress));
		return child->output;
	}
	err = start(child);
	if (err == 0 && child->pid == 0)
		_exit(mute() && work(ctx, child) == 0 ? 0 : 1);
	return err;
}

int child_split(struct child *child, bool *in_child)
{
	int err = share_progress(child);

	child->output = -1;
	if (err == 0)
		err = start(child);
	*in_child = err == 0 && child->pid == 0;
	if (*in_child)
		child_at(child, 0);
	return err;
}

/* True if the child ended within the time. */
static bool ended_within(int pidfd, unsigned seconds)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	int ready;

	do
		ready = poll(&end, 1, (int)seconds * 1000);
	while (ready < 0 && errno == EINTR);
	return ready != 0;
}

/*
 * Waits for a child and kills it if it makes no progress. True: it was killed. Before Linux 5.3, which has no
 * pidfd_open, there is no limit.
 */
static bool watch(const struct child *child, unsigned patience)
{
	int pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	unsigned seen = atomic_load(&child->progress->steps), still = 0;

	while (pidfd >= 0 && still < 2 && !ended_within(pidfd, (patience + 1) / 2)) {
		unsigned steps = atomic_load(&child->progress->steps);
		bool resting = steps > 0 && atomic_load(&child->progress->place) == 0;

		still = steps == seen && !resting ? still + 1 : 0;
		seen = steps;
	}
	if (pidfd >= 0)
		close(pidfd);
	if (still < 2)
		return false;
	kill(child->pid, SIGKILL);
	return true;
}

int child_finish(struct child *child, unsigned patience, struct strbuf *out, struct child_end *end)
{
	int status = 0, err = 0;

	*end = (struct child_end){ .hung = patience > 0 && watch(child, patience) };
	while (err == 0 && waitpid(child->pid, &status, 0) < 0)
		if (errno != EINTR)
			err = -errno;
	end->place = atomic_load(&child->progress->place);
	end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	end->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	if (err == 0 && status != 0)
		err = -ECHILD;
	if (err == 0 && out != NULL && lseek(child->output, 0, SEEK_SET) != 0)
		err = -errno;
	if (err == 0 && out != NULL)
		err = file_read(child->output, out, SIZE_MAX / 2);
	release(child);
	return err;
}
