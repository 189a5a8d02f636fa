/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "system/spawn.h"
#include "base/file.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/close_range.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* How often it is asked whose turn it is and who has finished, and progress told. */
#define TURN_MS 2
#define TICK_MS 250

static const char system_dirs[] = "/usr/sbin:/sbin:/usr/bin:/bin";

int spawn_find(const char *name, struct strbuf *path)
{
	const char *env = getenv("PATH");
	const char *const lists[] = { env != NULL ? env : "", system_dirs };

	if (strchr(name, '/') != NULL) {
		strbuf_puts(path, name);
		return path->failed ? -ENOMEM : 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		for (const char *dir = lists[i]; *dir != '\0';) {
			size_t len = strcspn(dir, ":");

			strbuf_reset(path);
			strbuf_add(path, dir, len);
			strbuf_putc(path, '/');
			strbuf_puts(path, name);
			if (len > 0 && access(strbuf_text(path), X_OK) == 0)
				return path->failed ? -ENOMEM : 0;
			dir += len + (dir[len] == ':');
		}
	}
	return -ENOENT;
}

typedef VEC(char *) strings;

/* Our environment with a fixed language and, where asked for, another lock file. */
static int child_environment(strings *out, struct strbuf *lock, const struct spawn *spawn)
{
	static const char language[] = "LC_ALL=C";
	bool good = vec_push(out, (char *)(uintptr_t)language);

	for (char **entry = environ; good && *entry != NULL; entry++)
		if (strncmp(*entry, "LC_ALL=", 7) != 0 &&
		    (spawn->lock_file == NULL || strncmp(*entry, "XTABLES_LOCKFILE=", 17) != 0))
			good = vec_push(out, *entry);
	if (spawn->lock_file != NULL) {
		strbuf_printf(lock, "XTABLES_LOCKFILE=%s", spawn->lock_file);
		good = good && !lock->failed && vec_push(out, lock->data);
	}
	return good && vec_push(out, NULL) ? 0 : -ENOMEM;
}

static void child_signals(posix_spawnattr_t *attr)
{
	sigset_t none, defaults;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGHUP);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGTERM);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &defaults);
	/* A group of its own: Control-C in the middle of a commit is for us to handle, not for the child. */
	posix_spawnattr_setpgroup(attr, 0);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

/* theirs[i] becomes descriptor i of the child. 0 or -errno. */
static int start_child(struct spawn *spawn, const char *path, const int theirs[static 3])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	strings env = { 0 };
	struct strbuf lock = STRBUF_INIT;
	char *const *argv;
	int err = child_environment(&env, &lock, spawn);

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
	for (int i = 0; spawn->held != NULL && i < 2; i++)
		if (spawn->held[i] >= 0) /* onto itself: it stays open over the exec */
			posix_spawn_file_actions_adddup2(&actions, spawn->held[i], spawn->held[i]);
	child_signals(&attr);
	/* posix_spawn does not write to the words. */
	memcpy(&argv, &(const void *){ spawn->argv }, sizeof(argv));
	if (err == 0 && spawn->netns != NULL)
		err = netns_enter(spawn->netns);
	if (err == 0)
		err = -posix_spawn(&spawn->pid, path, &actions, &attr, argv, env.item);
	if (spawn->netns != NULL && netns_leave(spawn->netns) != 0 && err == 0)
		err = -EXDEV;
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	strbuf_free(&lock);
	vec_free(&env);
	return err;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A file in memory that holds these bytes, and stands at its beginning. */
static int memory_file(const char *bytes, size_t len, int *fd)
{
	*fd = memfd_create("spawn", MFD_CLOEXEC);
	if (*fd < 0)
		return -errno;
	for (size_t at = 0; at < len;) {
		ssize_t n = pwrite(*fd, bytes + at, len - at, (off_t)at);

		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int make_pipe(int *ours, int *theirs, bool feeds)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -errno;
	*theirs = ends[feeds ? 0 : 1];
	*ours = ends[feeds ? 1 : 0];
	fcntl(*ours, F_SETFL, O_NONBLOCK);
	return 0;
}

/*
 * What it reads and writes are files in memory: with pipes, we would have to be woken for each 4 KiB. Only
 * who is held back is fed through one; and the pipe behind its errors tells when it ends.
 */
static int make_files(struct spawn *spawn, int theirs[static 3])
{
	int err;

	if (spawn->input == NULL)
		theirs[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (spawn->input == NULL && theirs[0] < 0)
		return -errno;
	if (spawn->hold > 0)
		err = make_pipe(&spawn->fd[0], &theirs[0], true);
	else
		err = spawn->input == NULL ? 0 : memory_file(spawn->input, spawn->input_len, &theirs[0]);
	if (err == 0 && spawn->hold > 0 && spawn->wide)
		(void)!fcntl(spawn->fd[0], F_SETPIPE_SZ, 1 << 20);
	if (err == 0)
		err = memory_file(NULL, 0, &spawn->fd[1]);
	if (err == 0 && (theirs[1] = fcntl(spawn->fd[1], F_DUPFD_CLOEXEC, 3)) < 0)
		err = -errno;
	if (err == 0)
		err = make_pipe(&spawn->fd[2], &theirs[2], false);
	return err;
}

static void spawn_start(struct spawn *spawn)
{
	struct strbuf path = STRBUF_INIT;
	int theirs[3] = { -1, -1, -1 };

	spawn->pid = -1;
	spawn->failure = spawn_find(spawn->argv[0], &path);
	if (spawn->failure == 0)
		spawn->failure = make_files(spawn, theirs);
	if (spawn->failure == 0)
		spawn->failure = start_child(spawn, strbuf_text(&path), theirs);
	for (int i = 0; i < 3; i++) {
		close_fd(&theirs[i]);
		if (spawn->failure != 0)
			close_fd(&spawn->fd[i]);
	}
	strbuf_free(&path);
}

/* How much of its input it may have. */
static size_t allowed(const struct spawn *spawn)
{
	return spawn->hold > 0 ? spawn->hold : spawn->input_len;
}

/* A child that ends before it read all is no failure of ours: its status says why. */
static void feed(struct spawn *spawn)
{
	ssize_t n = write(spawn->fd[0], spawn->input + spawn->written, allowed(spawn) - spawn->written);

	if (n > 0)
		spawn->written += (size_t)n;
	if ((n < 0 && errno != EAGAIN && errno != EINTR) || spawn->written == spawn->input_len)
		close_fd(&spawn->fd[0]);
}

static void drain(struct spawn *spawn)
{
	ssize_t n;

	if (!strbuf_reserve(&spawn->err, 4096)) {
		spawn->failure = -ENOMEM;
		close_fd(&spawn->fd[2]);
		return;
	}
	n = read(spawn->fd[2], spawn->err.data + spawn->err.len, 4096);
	if (n > 0)
		spawn->err.len += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_fd(&spawn->fd[2]);
	spawn->err.data[spawn->err.len] = '\0';
}

/* All that it wrote to its standard output, which stands behind it. */
static int collect(int fd, struct strbuf *out)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (!strbuf_reserve(out, (size_t)st.st_size))
		return -ENOMEM;
	while (out->len < (size_t)st.st_size) {
		ssize_t n = pread(fd, out->data + out->len, (size_t)st.st_size - out->len, (off_t)out->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		out->len += (size_t)n;
	}
	out->data[out->len] = '\0';
	return 0;
}

static void end(struct spawn *spawn, int status)
{
	spawn->pid = 0;
	spawn->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	if (spawn->err.failed)
		spawn->failure = -ENOMEM;
}

/* How it ended, if it has: one that closed its pipes may still have to wait for the kernel. */
static void look(struct spawn *spawn)
{
	int status;

	if (spawn->pid > 0 && waitpid(spawn->pid, &status, WNOHANG) == spawn->pid)
		end(spawn, status);
}

/*
 * Lets those go on that were held back, or ends their input. True: there are more. Asked is only when all up to
 * there was given, and all but a pipe's length read.
 */
static bool ask_turns(struct spawn *spawns, size_t count)
{
	bool held = false;

	for (size_t i = 0; i < count; i++) {
		struct spawn *spawn = &spawns[i], *front = i > 0 ? &spawns[i - 1] : NULL;
		enum spawn_turn turn;

		if (spawn->hold == 0 || spawn->fd[0] < 0 || spawn->written < spawn->hold)
			continue;
		if (front != NULL)
			look(front);
		turn = spawn->turn(spawn->turn_arg, front);
		if (turn == SPAWN_GO)
			spawn->hold = 0;
		else if (turn == SPAWN_WAIT)
			held = true;
		else
			close_fd(&spawn->fd[0]);
		spawn->stopped = turn == SPAWN_STOP;
	}
	return held;
}

/* Tells of those that have finished. True: there are more to ask. */
static bool ask_finished(struct spawn *spawns, size_t count)
{
	bool more = false;

	for (size_t i = 0; i < count; i++) {
		struct spawn *spawn = &spawns[i];

		if (spawn->finished == NULL || spawn->fd[0] >= 0 || spawn->pid <= 0)
			continue;
		if (spawn_finished(spawn) && spawn->finished(spawn->finished_arg))
			spawn->finished = NULL;
		else
			more = true;
	}
	return more;
}

/* Moves bytes until the last was given its input, and has closed its errors. */
static void pump(struct spawn *spawns, size_t count)
{
	for (;;) {
		struct pollfd fds[2 * SPAWN_MAX];
		bool held = ask_turns(spawns, count), asked = ask_finished(spawns, count);
		size_t running = 0;
		int ready;

		for (size_t i = 0; i < count; i++) {
			bool waits = spawns[i].written == allowed(&spawns[i]);

			fds[2 * i] = (struct pollfd){ .fd = waits ? -1 : spawns[i].fd[0], .events = POLLOUT };
			fds[2 * i + 1] = (struct pollfd){ .fd = spawns[i].fd[2], .events = POLLIN };
			running += spawns[i].fd[0] >= 0 || spawns[i].fd[2] >= 0;
		}
		if (running == 0)
			return;
		ready = poll(fds, 2 * count, held || asked ? TURN_MS : spawns[0].tick != NULL ? TICK_MS : -1);
		if (spawns[0].tick != NULL)
			spawns[0].tick(spawns[0].tick_arg);
		if (ready < 0 && errno != EINTR)
			return;
		for (size_t i = 0; i < count; i++) {
			if (fds[2 * i].fd >= 0 && fds[2 * i].revents != 0)
				feed(&spawns[i]);
			if (fds[2 * i + 1].fd >= 0 && fds[2 * i + 1].revents != 0)
				drain(&spawns[i]);
		}
	}
}

/* That it cannot be known how it ended must never look like success. */
static void wait_for(struct spawn *spawn)
{
	int status = 0;

	while (waitpid(spawn->pid, &status, 0) < 0) {
		if (errno != EINTR) {
			spawn->failure = -errno;
			return;
		}
	}
	end(spawn, status);
}

void spawn_run(struct spawn *spawns, size_t count)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	bool feeds = false;

	for (size_t i = 0; i < count; i++)
		feeds = feeds || spawns[i].hold > 0;
	if (feeds)
		sigaction(SIGPIPE, &ignore, &before);
	for (size_t i = 0; i < count; i++)
		spawn_start(&spawns[i]);
	pump(spawns, count);
	for (size_t i = 0; i < count; i++) {
		close_fd(&spawns[i].fd[0]);
		close_fd(&spawns[i].fd[2]);
		if (spawns[i].pid > 0)
			wait_for(&spawns[i]);
		if (spawns[i].failure == 0)
			spawns[i].failure = collect(spawns[i].fd[1], &spawns[i].out);
		close_fd(&spawns[i].fd[1]);
	}
	/* Where all signals are blocked, one that is ignored waits all the same: ignoring it anew makes it go. */
	if (feeds)
		sigaction(SIGPIPE, &ignore, NULL);
	if (feeds)
		sigaction(SIGPIPE, &before, NULL);
}

int spawn_detached(const char *const *argv)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	char *const *words;
	pid_t pid;
	int err;

	memcpy(&words, &argv, sizeof(words));
	/* What we were started with (locks, pipes) must not live on in the one that outlives us. */
	syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	child_signals(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
	err = -posix_spawn(&pid, argv[0], &actions, &attr, words, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* The kernel's flag of a task that ends, PF_EXITING of its sched.h. */
#define EXITING 0x4u

bool spawn_finished(const struct spawn *spawn)
{
	struct strbuf stat = STRBUF_INIT;
	const char *name_end;
	char path[32];
	unsigned flags = 0;

	if (spawn->pid <= 0)
		return true;
	snprintf(path, sizeof(path), "/proc/%d/stat", spawn->pid);
	/* pid (name) state ppid pgrp session tty tpgid flags: the name may hold anything. */
	if (file_read_path(path, &stat, 65536) == 0 && (name_end = strrchr(strbuf_text(&stat), ')')) != NULL &&
	    sscanf(name_end + 1, " %*c %*d %*d %*d %*d %*d %u", &flags) != 1)
		flags = 0;
	strbuf_free(&stat);
	return (flags & EXITING) != 0;
}

bool spawn_good(const struct spawn *spawn)
{
	return spawn->failure == 0 && spawn->status == 0;
}

void spawn_free(struct spawn *spawn)
{
	strbuf_free(&spawn->out);
	strbuf_free(&spawn->err);
}
