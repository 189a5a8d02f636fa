/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kill-at [-m] [-e] N PROGRAM [ARGUMENT...] - run the program and kill it, with all its children, with SIGKILL when
 * it enters its Nth system call, which then does not happen.
 *   -m  count from its first flock on: what comes before only looks (a sanitizer's start alone is 1,000 calls)
 *   -e  renameat2 fails with EINVAL, as on a file system without RENAME_EXCHANGE and RENAME_NOREPLACE
 * Exit status: 0 killed; 1 the program ended before, with its own status on standard output; 2 usage;
 * 77 tracing is not allowed here.
 */
#include <errno.h>
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

static bool deny_renameat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static void child(bool deny, char *argv[])
{
	raise(SIGSTOP); /* until the parent has attached */
	if (deny && !deny_renameat2())
		_exit(126);
	execvp(argv[0], argv);
	_exit(127);
}

/* Lets all go on until call number `at`. Returns true when it was reached. */
static bool trace(pid_t first, long at, bool from_flock, int *ended)
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
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0 &&
			    info.op == PTRACE_SYSCALL_INFO_ENTRY) {
				counting |= info.entry.nr == SYS_flock;
				if (executed && counting && ++count == at)
					return true;
			}
		} else if (status >> 16 == 0) {
			pass = WSTOPSIG(status) == SIGSTOP ? 0 : WSTOPSIG(status);
		} else if (status >> 16 == PTRACE_EVENT_EXEC) {
			executed = true;
		}
		ptrace(PTRACE_SYSCALL, pid, 0, pass);
	}
	return false;
}

int main(int argc, char *argv[])
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		       PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
	bool from_flock = false, deny = false;
	int c, status, ended = 0;
	pid_t pid;

	while ((c = getopt(argc, argv, "+me")) != -1) {
		from_flock |= c == 'm';
		deny |= c == 'e';
	}
	if (argc - optind < 2)
		return 2;
	pid = fork();
	if (pid == 0)
		child(deny, argv + optind + 1);
	waitpid(pid, &status, WUNTRACED);
	if (ptrace(PTRACE_SEIZE, pid, 0, options) != 0)
		return 77; /* EXITKILL is not set then */
	kill(pid, SIGCONT);
	if (trace(pid, atol(argv[optind]), from_flock, &ended))
		return 0; /* our end is theirs: PTRACE_O_EXITKILL */
	printf("%d\n", ended);
	return 1;
}
