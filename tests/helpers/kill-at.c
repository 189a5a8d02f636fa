/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * kill-at [-m] [-e] [-r] N PROGRAM [ARGUMENT...] - run the program, and kill it and all its children with SIGKILL when it
 * enters its Nth system call, which then has no effect.
 *   -m  count from its first flock on: earlier calls only read (a sanitizer's start alone makes 1,000 calls)
 *   -r  neither stop at calls that only read nor count them: a kill between two of them is the same as one after them
 *   -e  renameat2 fails with EINVAL, as on a file system without RENAME_EXCHANGE and RENAME_NOREPLACE
 * Exit status: 0 killed; 1 the program ended earlier, and its status is on standard output; 2 usage; 77 tracing is not
 * allowed here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <linux/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static bool set_filter(const struct sock_fprog *program)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program) == 0;
}

static bool deny_renameat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return set_filter(&(struct sock_fprog){ sizeof(code) / sizeof(code[0]), code });
}

/* The low half of the flags of openat: all its flags are there. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OPENAT_FLAGS offsetof(struct seccomp_data, args[2])
#else
#define OPENAT_FLAGS (offsetof(struct seccomp_data, args[2]) + 4)
#endif

/* Stops for the tracer at each call, apart from those that only read, such as those for /proc. */
static bool stop_at_changes(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getdents64, 9, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 8, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 7, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close, 6, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fstat, 5, 0),
#ifdef SYS_newfstatat
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_newfstatat, 4, 0),
#else
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fstatat64, 4, 0),
#endif
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, OPENAT_FLAGS),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_ACCMODE | O_CREAT | O_TRUNC, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return set_filter(&(struct sock_fprog){ sizeof(code) / sizeof(code[0]), code });
}

static void child(bool deny, bool changes, char *argv[])
{
	raise(SIGSTOP); /* until the parent has attached */
	if ((deny && !deny_renameat2()) || (changes && !stop_at_changes()))
		_exit(126);
	execvp(argv[0], argv);
	_exit(127);
}

/* Lets all processes continue until call number `at`. Returns true if it was reached. */
static bool trace(pid_t first, long at, bool from_flock, bool changes, int *ended)
{
	bool counting = !from_flock, executed = false;
	long count = 0;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		struct ptrace_syscall_info info;
		int pass = 0;

		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			if (pid != first)
				continue;
			*ended = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			return false;
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) || status >> 16 == PTRACE_EVENT_SECCOMP) {
			if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0 &&
			    info.op == (changes ? PTRACE_SYSCALL_INFO_SECCOMP : PTRACE_SYSCALL_INFO_ENTRY)) {
				counting |= (changes ? info.seccomp.nr : info.entry.nr) == SYS_flock;
				if (executed && counting && ++count == at)
					return true;
			}
		} else if (status >> 16 == 0) {
			pass = WSTOPSIG(status) == SIGSTOP ? 0 : WSTOPSIG(status);
		} else if (status >> 16 == PTRACE_EVENT_EXEC) {
			executed = true;
		}
		ptrace(changes ? PTRACE_CONT : PTRACE_SYSCALL, pid, 0, pass);
	}
	return false;
}

int main(int argc, char *argv[])
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		       PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP;
	bool from_flock = false, deny = false, changes = false;
	int c, status, ended = 0;
	pid_t pid;

	while ((c = getopt(argc, argv, "+mer")) != -1) {
		changes |= c == 'r';
		from_flock |= c == 'm';
		deny |= c == 'e';
	}
	if (argc - optind < 2)
		return 2;
	pid = fork();
	if (pid == 0)
		child(deny, changes, argv + optind + 1);
	waitpid(pid, &status, WUNTRACED);
	if (ptrace(PTRACE_SEIZE, pid, 0, options) != 0)
		return 77; /* PTRACE_O_EXITKILL is not set in this case */
	kill(pid, SIGCONT);
	if (trace(pid, atol(argv[optind]), from_flock, changes, &ended))
		return 0; /* PTRACE_O_EXITKILL kills them when this process ends */
	printf("%d\n", ended);
	return 1;
}
