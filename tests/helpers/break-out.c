/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Tries everything that a confined program must not be able to do. Prints one line on standard error with the result of
 * each try: "write=done", "write=Permission denied". It works in its own folder, on the files victim and goner there.
 *
 *	break-out [ARGUMENT...]       without confining itself; with -V it passes for a program of iptables-nft
 *	break-out --as-load FOLDER    confined like fw-load, with its state in FOLDER
 *	break-out --as-reader         confined like a process that reads rules
 *	break-out --landlock          prints the version of the kernel's Landlock; 0: none
 *
 * Status 1, so that fw-load repeats the line.
 */
#include "confine/confine.h"
#include "host/bounds.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[PATH_MAX];

static const char *in_folder(const char *name)
{
	static char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int open_and_close(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd < 0 ? -1 : close(fd);
}

static int make_file(void)
{
	return open_and_close(in_folder("made"), O_WRONLY | O_CREAT);
}

static int write_file(void)
{
	return open_and_close(in_folder("victim"), O_WRONLY);
}

static int cut_file(void)
{
	return truncate(in_folder("victim"), 1);
}

static int remove_file(void)
{
	return unlink(in_folder("goner"));
}

static int make_folder(void)
{
	return mkdir(in_folder("folder"), 0700);
}

static int make_link(void)
{
	return symlink("/etc/passwd", in_folder("link"));
}

static int make_device(void)
{
	return mknod(in_folder("device"), S_IFCHR | 0600, 0x103);
}

static int execute(void)
{
	static char name[] = "true";
	char *words[] = { name, NULL }, *environment[] = { NULL };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		execve("/bin/true", words, environment);
		_exit(errno);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	errno = WEXITSTATUS(status);
	return errno == 0 ? 0 : -1;
}

static int ask(int family, int kind)
{
	int fd = socket(family, kind | SOCK_CLOEXEC, 0);

	return fd < 0 ? -1 : close(fd);
}

static int resolve(void)
{
	return ask(AF_INET, SOCK_DGRAM);
}

static int resolve6(void)
{
	return ask(AF_INET6, SOCK_DGRAM);
}

static int connect_tcp(void)
{
	return ask(AF_INET, SOCK_STREAM);
}

static bool may_load_modules(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	return syscall(SYS_capget, &header, data) == 0 && (data[0].effective & 1U << CAP_SYS_MODULE) != 0;
}

/* The file is not a module: any error other than a missing permission means that a real module would be loaded. */
static int load_module(void)
{
	int fd = open(in_folder("victim"), O_RDONLY | O_CLOEXEC);
	bool permitted;

	if (fd < 0)
		return -1;
	permitted = syscall(SYS_finit_module, fd, "", 0) == 0 || (errno != EPERM && errno != ENOSYS);
	if (errno == ENOSYS) /* a kernel without modules */
		permitted = may_load_modules();
	close(fd);
	errno = EPERM;
	return permitted ? 0 : -1;
}

static int mount_something(void)
{
	return mount("none", folder, "tmpfs", 0, "") != 0 ? -1 : umount(folder);
}

static int trace_parent(void)
{
	return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0 ? 0 : -1;
}

static int signal_parent(void)
{
	return kill(getppid(), 0);
}

static int change_root(void)
{
	return chroot("/");
}

static int change_namespace(void)
{
	return unshare(CLONE_NEWNS);
}

static int change_mode(void)
{
	char path[sizeof(folder) + 16];

	snprintf(path, sizeof(path), "%s/victim", folder);
	return chmod(path, 0666);
}

static int change_user(void)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(unshare(CLONE_NEWUSER) == 0 ? 0 : 1);
	errno = EPERM;
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

static int limit_parent(void)
{
	struct rlimit limit;

	return prlimit(getppid(), RLIMIT_NOFILE, NULL, &limit) == 0 ? prlimit(getppid(), RLIMIT_NOFILE, &limit, NULL) : -1;
}

/* io_uring makes sockets, too. */
static int make_ring(void)
{
	char parameters[120] = { 0 };
	long ring = syscall(SYS_io_uring_setup, 1, parameters);

	if (ring >= 0)
		close((int)ring);
	return ring >= 0 ? 0 : -1;
}

/* fchmodat2(2), which the headers of older systems do not know. */
static int change_mode_anew(void)
{
	return (int)syscall(452, AT_FDCWD, in_folder("victim"), 0666, 0);
}

/* A socket by the system calls of 32-bit programs, where the processor has such a set beside the one in use. */
static int call_of_other_set(void)
{
#if defined(__x86_64__) && !defined(__ILP32__)
	pid_t child = fork();
	int status;

	if (child == 0) {
		long result;

		__asm__ volatile("int $0x80" : "=a"(result) : "a"(359), "b"(AF_INET), "c"(SOCK_DGRAM), "d"(0) : "memory");
		_exit(result >= 0 ? 0 : 1);
	}
	errno = EPERM;
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
#else
	errno = ENOSYS;
	return -1;
#endif
}

/* Marks a file as append-only and so on: needs no permission to write to it. */
static int change_attributes(void)
{
	int flags = 0, fd = open(in_folder("victim"), O_RDONLY | O_CLOEXEC), result;

	result = fd >= 0 && ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 ? ioctl(fd, FS_IOC_SETFLAGS, &flags) : -1;
	if (fd >= 0)
		close(fd);
	return result;
}

static const struct {
	const char *name;
	int (*try)(void);
} tries[] = {
	{ "make", make_file },
	{ "write", write_file },
	{ "cut", cut_file },
	{ "remove", remove_file },
	{ "folder", make_folder },
	{ "link", make_link },
	{ "device", make_device },
	{ "execute", execute },
	{ "resolve", resolve },
	{ "resolve6", resolve6 },
	{ "tcp", connect_tcp },
	{ "module", load_module },
	{ "mount", mount_something },
	{ "trace", trace_parent },
	{ "signal", signal_parent },
	{ "chroot", change_root },
	{ "namespace", change_namespace },
	{ "mode", change_mode },
	{ "user", change_user },
	{ "limit", limit_parent },
	{ "ring", make_ring },
	{ "newmode", change_mode_anew },
	{ "otherset", call_of_other_set },
	{ "attributes", change_attributes },
};

int main(int argc, char *argv[])
{
	ssize_t len = readlink("/proc/self/exe", folder, sizeof(folder) - 1);

	if (argc > 1 && strcmp(argv[1], "-V") == 0)
		return puts("break-out v1 (nf_tables)") < 0;
	if (argc > 1 && strcmp(argv[1], "--landlock") == 0) {
		long version = syscall(444, NULL, 0, 1); /* landlock_create_ruleset */

		return printf("%ld\n", version > 0 ? version : 0) < 0;
	}
	folder[len > 0 ? len : 0] = '\0';
	if (strrchr(folder, '/') != NULL)
		*strrchr(folder, '/') = '\0';
	if (argc > 2 && strcmp(argv[1], "--as-load") == 0) {
		bounds_set(BOUNDS_CHANGE | BOUNDS_MODULES, (const char *const[]){ argv[2], NULL }, NULL);
		bounds_modules_done();
	}
	if (argc > 1 && strcmp(argv[1], "--as-reader") == 0)
		confine_computing();
	for (size_t i = 0; i < ARRAY_LEN(tries); i++)
		fprintf(stderr, "%s%s=%s", i > 0 ? " " : "", tries[i].name,
			tries[i].try() == 0 ? "done" : strerror(errno));
	fputc('\n', stderr);
	return 1;
}
