/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/script.h"
#include "base/file.h"
#include "base/vec.h"
#include "rotate/access.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PID_MAX 4194304 /* PID_MAX_LIMIT of 64-bit kernels, include/linux/threads.h */

static int fail(struct diag_log *log, const char *what, const char *why)
{
	diag_add(log, DIAG_ROTATE, NULL, NULL, "%s: %s", what, why);
	return -ECHILD;
}

/* Restores the default signal actions, because a script would inherit those that we ignore. */
static void usual_signals(void)
{
	static const int changed[] = { SIGIO, SIGPIPE, SIGXFSZ, SIGTERM, SIGINT, SIGHUP };

	for (size_t i = 0; i < ARRAY_LEN(changed); i++)
		signal(changed[i], SIG_DFL);
}

/* The keeper process: runs the program and exits with its status, or with 128 and the number of the signal. */
static _Noreturn void keep(char *const argv[])
{
	int status = 0;
	pid_t pid;

	setpgid(0, 0);
	usual_signals();
	pid = fork();
	if (pid == 0) {
		execvp(argv[0], argv);
		_Exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		_Exit(126);
	_Exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* True if the keeper ended in time. Without pidfd_open (before Linux 5.3), polls every 10 ms. */
static bool wait_for(pid_t pid, unsigned limit_ms, int *status)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	bool ended = false;

	if (fd >= 0) {
		int ready;

		do
			ready = poll(&poll_fd, 1, (int)limit_ms);
		while (ready < 0 && errno == EINTR);
		close(fd);
		ended = ready > 0 && waitpid(pid, status, 0) == pid;
	}
	for (unsigned waited = 0; fd < 0 && !ended && waited < limit_ms; waited += 10) {
		ended = waitpid(pid, status, WNOHANG) == pid;
		if (!ended)
			poll(NULL, 0, 10);
	}
	return ended;
}

static int run_program(char *const argv[], unsigned limit_ms, const char *what, struct diag_log *log)
{
	int status = 0;
	pid_t pid = fork();

	if (pid < 0) {
		diag_add(log, DIAG_ROTATE, NULL, NULL, "%s: %s", what, strerror(errno));
		return -errno;
	}
	if (pid == 0)
		keep(argv);
	setpgid(pid, pid); /* the child does it too, because either may run first */
	if (!wait_for(pid, limit_ms, &status)) {
		kill(-pid, SIGKILL);
		waitpid(pid, &status, 0);
		return fail(log, what, "did not end in time and was killed");
	}
	if (WIFSIGNALED(status)) {
		kill(-pid, SIGKILL);
		return fail(log, what, "killed the process that waits for it");
	}
	if (WEXITSTATUS(status) == 0)
		return 0;
	diag_add(log, DIAG_ROTATE, NULL, NULL, "%s: exited with status %d", what, WEXITSTATUS(status));
	return -ECHILD;
}

int script_run(const struct rotate_settings *set, const char *what, const char *text, const char *first,
	       const char *second, struct diag_log *log)
{
	char sh[] = "sh", dash_c[] = "-c", name[] = "ct-rotate";
	char *copies[] = { strdup(text), first != NULL ? strdup(first) : NULL, second != NULL ? strdup(second) : NULL };
	char *argv[] = { sh, dash_c, copies[0], name, copies[1], copies[2], NULL };
	int err;

	if (copies[0] == NULL || (first != NULL && copies[1] == NULL) || (second != NULL && copies[2] == NULL))
		err = diag_memory(log);
	else
		err = run_program(argv, set->script_ms, what, log);
	for (size_t i = 0; i < ARRAY_LEN(copies); i++)
		free(copies[i]);
	return err;
}

/*
 * The number in a pid file. *owner: the other user who controls the file or its path, or 0. 0: there is no file; or
 * -errno; -EINVAL: it holds no number.
 */
static pid_t read_pid(const char *path, uid_t *owner)
{
	int fd = access_open(path, owner);
	char text[32] = "";
	ssize_t got;
	long pid;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (got <= 0)
		return -EINVAL;
	text[got] = '\0';
	text[strcspn(text, "\n ")] = '\0';
	return setting_number(text, 2, PID_MAX, &pid) ? (pid_t)pid : -EINVAL;
}

/* The user of a running process, who owns its directory in /proc. */
static bool process_owner(pid_t pid, uid_t *owner)
{
	struct strbuf path = STRBUF_INIT;
	struct stat st;
	bool good;

	strbuf_printf(&path, "/proc/%ld", (long)pid);
	good = !path.failed && stat(path.data, &st) == 0;
	if (good)
		*owner = st.st_uid;
	strbuf_free(&path);
	return good;
}

static int reopen_pidfile(const char *path, struct diag_log *log)
{
	uid_t owner = 0, runs_as = 0;
	pid_t pid = read_pid(path, &owner);

	if (pid == -EPERM || pid == -ELOOP)
		return fail(log, path, pid == -EPERM ? "other users can write to this pid file or its directory" :
						       "a symbolic link that another user could make is not followed");
	if (pid < 0)
		return fail(log, path, pid == -EINVAL ? "this pid file contains no process number" : strerror(-pid));
	if (pid == 0) {
		diag_add(log, DIAG_ROTATE_WARNING, NULL, NULL, "%s: this pid file does not exist: no writer was told to reopen", path);
		return 0;
	}
	if (owner != 0 && process_owner(pid, &runs_as) && runs_as != owner)
		return fail(log, path, "this pid file or its directory belongs to another user, and it names a process of another user than that one");
	if (kill(pid, SIGHUP) == 0)
		return 0;
	if (errno == ESRCH) {
		diag_add(log, DIAG_ROTATE_WARNING, NULL, NULL, "%s: process %ld is not running: no writer was told to reopen",
			 path, (long)pid);
		return 0;
	}
	return fail(log, path, strerror(errno));
}

/* Runs the words as a program and its arguments. Blanks separate them; there are no quotes. */
static int reopen_command(const struct rotate_settings *set, const char *words, struct diag_log *log)
{
	char *copy = strdup(words), *next = NULL;
	VEC(char *) argv = { 0 };
	bool good = copy != NULL;
	int err;

	for (char *word = good ? strtok_r(copy, " \t", &next) : NULL; good && word != NULL;
	     word = strtok_r(NULL, " \t", &next))
		good = vec_push(&argv, word);
	good = good && vec_push(&argv, NULL);
	err = good ? run_program(argv.item, set->script_ms, words, log) : diag_memory(log);
	vec_free(&argv);
	free(copy);
	return err;
}

static int reopen_unit(const struct rotate_settings *set, const char *unit, struct diag_log *log)
{
	char program[] = "systemctl", verb[] = "kill", signal_arg[] = "--signal=HUP", whom[] = "--kill-who=main",
	     end[] = "--";
	char *name = strdup(unit);
	char *argv[] = { program, verb, signal_arg, whom, end, name, NULL };
	int err = name != NULL ? run_program(argv, set->script_ms, unit, log) : diag_memory(log);

	free(name);
	return err;
}

int reopen_run(const struct rotate_settings *set, struct diag_log *log)
{
	const char *colon = strchr(set->reopen, ':');

	if (strncmp(set->reopen, "pidfile:", 8) == 0)
		return reopen_pidfile(colon + 1, log);
	if (strncmp(set->reopen, "unit:", 5) == 0)
		return reopen_unit(set, colon + 1, log);
	return reopen_command(set, colon + 1, log);
}
