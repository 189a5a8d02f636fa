/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/spawn.h"
#include "base/escape.h"
#include "base/vec.h"
#include "confine/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/close_range.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Intervals for calling the watch, and for checking a child without a pidfd. */
#define TICK_MS	 250
#define BLIND_MS 10

/* Bytes of a child's messages that are kept. */
#define ERR_MAX 65536

/* Stack of the thread that starts a child, in bytes; posix_spawn allocates its own. */
#define STARTER_STACK ((size_t)256 << 10)

/* CAP_NET_RAW: iptables-legacy and the set extension use raw sockets. */
#define CHILD_CAPABILITIES (CONFINE_CAP(CAP_NET_ADMIN) | CONFINE_CAP(CAP_NET_RAW))

static const char system_dirs[] = "/usr/sbin:/sbin:/usr/bin:/bin";

int spawn_find(const char *name, struct strbuf *path)
{
	const char *env = getenv("PATH");
	const char *const lists[] = { env != NULL ? env : "", system_dirs };

	if (strchr(name, '/') != NULL) {
		strbuf_puts(path, name);
		return name[0] != '/' ? -EINVAL : path->failed ? -ENOMEM : 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		for (const char *dir = lists[i]; *dir != '\0';) {
			size_t len = strcspn(dir, ":");

			strbuf_reset(path);
			strbuf_add(path, dir, len);
			strbuf_putc(path, '/');
			strbuf_puts(path, name);
			if (dir[0] == '/' && access(strbuf_text(path), X_OK) == 0)
				return path->failed ? -ENOMEM : 0;
			dir += len + (dir[len] == ':');
		}
	}
	return -ENOENT;
}

typedef VEC(char *) strings;

struct environment {
	struct strbuf texts[3];
	strings list; /* borrowed from texts; ends with NULL */
};

static const char *const passed_on[] = { "PATH", "XTABLES_LOCKFILE", "XTABLES_LIBDIR" };

/* The complete environment of a child. lock_fd: its lock file; -1: ours. */
static int make_environment(struct environment *env, int lock_fd)
{
	static const char language[] = "LC_ALL=C";
	bool good = vec_push(&env->list, (char *)(uintptr_t)language);
	char lock_file[48];

	snprintf(lock_file, sizeof(lock_file), "/proc/self/fd/%d", lock_fd);

	for (size_t i = 0; i < ARRAY_LEN(passed_on); i++) {
		const char *value = getenv(passed_on[i]);

		if (i == 0 && value == NULL)
			value = system_dirs;
		if (i == 1 && lock_fd >= 0)
			value = lock_file;
		if (value == NULL)
			continue;
		strbuf_printf(&env->texts[i], "%s=%s", passed_on[i], value);
		good = good && !env->texts[i].failed && vec_push(&env->list, env->texts[i].data);
	}
	return good && vec_push(&env->list, NULL) ? 0 : -ENOMEM;
}

static void free_environment(struct environment *env)
{
	for (size_t i = 0; i < ARRAY_LEN(env->texts); i++)
		strbuf_free(&env->texts[i]);
	vec_free(&env->list);
}

/* A child must not inherit descriptors that we were started with or that a library opened. */
static void keep_descriptors(void)
{
	syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
}

static void child_signals(posix_spawnattr_t *attr)
{
	sigset_t none, defaults;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGXFSZ);
	sigaddset(&defaults, SIGHUP);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGTERM);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &defaults);
	/* a process group of its own: Control-C during a commit is for us to handle, not for the child */
	posix_spawnattr_setpgroup(attr, 0);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

/* Starts the child. theirs[i] becomes its descriptor i. 0 or -errno. */
static int start_child(struct spawn *spawn, const char *path, const int theirs[static 3])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	struct environment env = { .list = { 0 } };
	char *const *argv;
	int err = make_environment(&env, spawn->lock_fd);

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
	for (int i = 0; spawn->held != NULL && i < 2; i++)
		if (spawn->held[i] >= 0) /* duplicated onto itself, it stays open after exec */
			posix_spawn_file_actions_adddup2(&actions, spawn->held[i], spawn->held[i]);
	if (spawn->lock_fd >= 0)
		posix_spawn_file_actions_adddup2(&actions, spawn->lock_fd, spawn->lock_fd);
	posix_spawn_file_actions_addchdir_np(&actions, "/");
	child_signals(&attr);
	/* posix_spawn does not modify the strings */
	memcpy(&argv, &(const void *){ spawn->argv }, sizeof(argv));
	if (err == 0)
		err = -posix_spawn(&spawn->pid, path, &actions, &attr, argv, env.list.item);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	free_environment(&env);
	return err;
}

struct start {
	struct spawn *spawn;
	const char *path;
	const int *theirs;
};

/*
 * Runs in a thread of its own, because namespace, capabilities and confinement belong to a thread. The child inherits
 * them, they end with the thread, and other threads keep what they need.
 */
static void *start_confined(void *arg)
{
	struct start *start = arg;
	struct spawn *spawn = start->spawn;

	spawn->failure = spawn->netns != NULL ? netns_enter(spawn->netns) : 0;
	if (spawn->failure == 0)
		spawn->failure = confine_program(start->path, CHILD_CAPABILITIES);
	if (spawn->failure == 0)
		spawn->failure = start_child(spawn, start->path, start->theirs);
	return NULL;
}

static int run_starter(struct start *start)
{
	pthread_attr_t attr;
	pthread_t thread;
	int err = -pthread_attr_init(&attr);

	if (err != 0)
		return err;
	err = -pthread_attr_setstacksize(&attr, STARTER_STACK);
	if (err == 0)
		err = -pthread_create(&thread, &attr, start_confined, start);
	pthread_attr_destroy(&attr);
	if (err != 0)
		return err;
	pthread_join(thread, NULL);
	return start->spawn->failure;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Creates a file in memory with these bytes, positioned at its beginning. 0 or -errno. */
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

/*
 * Input and output are files in memory: pipes would wake us for every 4 KiB. Messages come through a pipe, so that they
 * cannot grow without limit.
 */
static int make_files(struct spawn *spawn, int theirs[static 3])
{
	int pipe_ends[2], err = 0;

	if (spawn->input != NULL)
		err = memory_file(strbuf_text(spawn->input), spawn->input->len, &theirs[0]);
	else if ((theirs[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
		err = -errno;
	if (err == 0)
		err = memory_file(NULL, 0, &spawn->out_file);
	if (err == 0 && (theirs[1] = fcntl(spawn->out_file, F_DUPFD_CLOEXEC, 3)) < 0)
		err = -errno;
	if (err == 0 && pipe2(pipe_ends, O_CLOEXEC) != 0)
		err = -errno;
	if (err == 0) {
		spawn->err_pipe = pipe_ends[0];
		theirs[2] = pipe_ends[1];
		fcntl(spawn->err_pipe, F_SETFL, O_NONBLOCK);
	}
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
		spawn->failure = run_starter(&(struct start){ spawn, strbuf_text(&path), theirs });
	if (spawn->pid > 0)
		spawn->pidfd = (int)syscall(SYS_pidfd_open, spawn->pid, 0); /* -1 before Linux 5.3 */
	for (int i = 0; i < 3; i++)
		close_fd(&theirs[i]);
	strbuf_free(&path);
}

/* Reads messages; what exceeds ERR_MAX is dropped. False: there are no more. */
static bool drain(struct spawn *spawn)
{
	char words[4096];
	ssize_t n = read(spawn->err_pipe, words, sizeof(words));
	size_t room = ERR_MAX - spawn->err.len;

	if (n > 0)
		strbuf_add(&spawn->err, words, (size_t)n < room ? (size_t)n : room);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_fd(&spawn->err_pipe);
	return n > 0;
}

/* Reads all that it wrote to its standard output. -EFBIG: a limit may have cut it. */
static int collect(int fd, struct strbuf *out)
{
	struct rlimit limit;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && (rlim_t)st.st_size >= limit.rlim_cur)
		return -EFBIG;
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
	close_fd(&spawn->pidfd);
	spawn->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Notes how it ended, if it has. If that cannot be found out, it must never look like success. */
static void look(struct spawn *spawn)
{
	int status = 0;
	pid_t pid = spawn->pid > 0 ? waitpid(spawn->pid, &status, WNOHANG) : 0;

	if (pid < 0 && errno != EINTR) {
		spawn->failure = -errno;
		end(spawn, 0);
	} else if (pid > 0) {
		end(spawn, status);
	}
}

static long long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Kills the programs whose time is over. Returns the milliseconds until the next limit; -1: there is none. */
static int check_limits(struct spawn *spawns, size_t count, long long started)
{
	long long now = milliseconds(), next = -1;

	for (size_t i = 0; i < count; i++) {
		struct spawn *spawn = &spawns[i];
		long long left = started + spawn->limit * 1000LL - now;

		if (spawn->limit == 0 || spawn->pid <= 0 || spawn->failure != 0)
			continue;
		if (left <= 0) {
			spawn->failure = -ETIMEDOUT;
			kill(-spawn->pid, SIGKILL);
		} else if (next < 0 || left < next) {
			next = left;
		}
	}
	return next > INT_MAX ? INT_MAX : (int)next;
}

/* How long to wait for events, in milliseconds; -1: for ever. */
static int patience(const struct spawn *spawns, size_t count, int limit)
{
	int wait = spawns[0].watch != NULL ? TICK_MS : -1;

	for (size_t i = 0; i < count; i++)
		if (spawns[i].pid > 0 && spawns[i].pidfd < 0)
			wait = BLIND_MS;
	return wait < 0 || (limit >= 0 && limit < wait) ? limit : wait;
}

/* Calls the watch of each program and acts on the answer. */
static void ask_watch(struct spawn *spawns, size_t count, long long elapsed)
{
	enum spawn_pace pace = spawns[0].watch != NULL ? spawns[0].watch(spawns[0].watch_arg, elapsed) : SPAWN_GO_ON;

	for (size_t i = 0; i < count && pace != SPAWN_GO_ON; i++) {
		if (spawns[i].pid <= 0)
			continue;
		if (pace == SPAWN_HURRY) {
			(void)!setpriority(PRIO_PROCESS, (id_t)spawns[i].pid, -20);
		} else {
			spawns[i].failure = -EBUSY;
			kill(-spawns[i].pid, SIGKILL);
		}
	}
}

/* Waits for messages, or for a program to end. */
static void wait_and_drain(struct spawn *spawns, size_t count, int wait)
{
	struct pollfd fds[2 * SPAWN_MAX];

	for (size_t i = 0; i < count; i++) {
		fds[2 * i] = (struct pollfd){ .fd = spawns[i].err_pipe, .events = POLLIN };
		fds[2 * i + 1] = (struct pollfd){ .fd = spawns[i].pidfd, .events = POLLIN };
	}
	if (poll(fds, 2 * count, wait) < 0 && errno != EINTR)
		nanosleep(&(struct timespec){ .tv_nsec = BLIND_MS * 1000000L }, NULL);
	for (size_t i = 0; i < count; i++)
		if (fds[2 * i].fd >= 0 && fds[2 * i].revents != 0)
			drain(&spawns[i]);
}

/*
 * Loops until the last program has ended. If a process that a child started keeps the pipe open, we do not wait for it.
 */
static void wait_for_all(struct spawn *spawns, size_t count)
{
	long long started = milliseconds();

	for (;;) {
		size_t running = 0;

		for (size_t i = 0; i < count; i++) {
			look(&spawns[i]);
			running += spawns[i].pid > 0;
		}
		if (running == 0)
			return;
		wait_and_drain(spawns, count, patience(spawns, count, check_limits(spawns, count, started)));
		ask_watch(spawns, count, milliseconds() - started);
	}
}

/* Collects messages and output after it has ended. */
static void take_output(struct spawn *spawn)
{
	int err = 0;

	while (spawn->err_pipe >= 0 && drain(spawn))
		;
	if (spawn->pid == 0) /* it has run */
		err = spawn->err.failed ? -ENOMEM : collect(spawn->out_file, &spawn->out);
	if (spawn->failure == 0)
		spawn->failure = err;
	close_fd(&spawn->out_file);
	close_fd(&spawn->err_pipe);
}

void spawn_run(struct spawn *spawns, size_t count)
{
	keep_descriptors();
	for (size_t i = 0; i < count; i++)
		spawn_start(&spawns[i]);
	wait_for_all(spawns, count);
	for (size_t i = 0; i < count; i++)
		take_output(&spawns[i]);
}

int spawn_detached(const char *const *argv)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	struct environment env = { .list = { 0 } };
	char *const *words;
	pid_t pid;
	int err = make_environment(&env, -1);

	memcpy(&words, &argv, sizeof(words));
	keep_descriptors();
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addchdir_np(&actions, "/");
	child_signals(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
	if (err == 0)
		err = -posix_spawn(&pid, argv[0], &actions, &attr, words, env.list.item);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	free_environment(&env);
	return err;
}

bool spawn_good(const struct spawn *spawn)
{
	return spawn->failure == 0 && spawn->status == 0;
}

void spawn_tell(const struct spawn *spawn, struct strbuf *out)
{
	const char *words = strbuf_text(&spawn->err);
	size_t len = strcspn(words, "\n");

	if (spawn->failure == -ETIMEDOUT)
		strbuf_printf(out, "%s did not end within %u s and was killed", spawn->argv[0], spawn->limit);
	else if (spawn->failure == -EBUSY)
		strbuf_printf(out, "%s was killed, because other programs kept changing nf_tables", spawn->argv[0]);
	else if (spawn->failure == -EKEYREJECTED)
		strbuf_printf(out, "%s was not started: another user owns it or can write to it", spawn->argv[0]);
	else if (spawn->failure != 0)
		strbuf_printf(out, "%s: %s", spawn->argv[0], strerror(-spawn->failure));
	else if (spawn->status > 128)
		strbuf_printf(out, "%s was killed by signal %d", spawn->argv[0], spawn->status - 128);
	else if (spawn->status != 0)
		strbuf_printf(out, "%s ended with status %d", spawn->argv[0], spawn->status);
	if (!spawn_good(spawn) && len > 0) {
		strbuf_puts(out, ": ");
		strbuf_escape(out, words, len);
	}
}

void spawn_free(struct spawn *spawn)
{
	strbuf_free(&spawn->out);
	strbuf_free(&spawn->err);
}
