/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/limits.h"
#include "base/file.h"

#include <errno.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	DESCRIPTORS = 32,        /* a load needs about 20 at a time */
	MEMORY = 128 << 20,      /* bytes of address space */
	FILE_SIZE = 1 << 20,     /* bytes, for programs, their output and the state */
	STACK = 512 << 10,       /* bytes */
	STACK_TOUCHED = 256 << 10,
};

/* Raises a limit to the hard limit, or beyond it if permitted. Returns the limit in effect. */
static rlim_t raise_limit(int resource, bool beyond)
{
	struct rlimit limit, none = { RLIM_INFINITY, RLIM_INFINITY };

	if (beyond && setrlimit((__rlimit_resource_t)resource, &none) == 0)
		return RLIM_INFINITY;
	if (getrlimit((__rlimit_resource_t)resource, &limit) != 0)
		return RLIM_INFINITY;
	limit.rlim_cur = limit.rlim_max;
	(void)!setrlimit((__rlimit_resource_t)resource, &limit);
	return getrlimit((__rlimit_resource_t)resource, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

/* Leaves the stack's limit alone if it is large enough, as changing it changes the memory layout of children. */
static rlim_t stack_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur >= STACK)
		return limit.rlim_cur;
	return raise_limit(RLIMIT_STACK, false);
}

static bool has_memory(void)
{
	void *map = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (map == MAP_FAILED)
		return false;
	munmap(map, MEMORY);
	return true;
}

/* If the stack cannot grow, a signal kills the process: grow it now, before anything is changed. */
static void touch_stack(void)
{
	volatile char bytes[STACK_TOUCHED];

	for (size_t i = 0; i < sizeof(bytes); i += 1024)
		bytes[i] = 0;
}

static bool check_limits(struct diag_log *log)
{
	rlim_t descriptors = raise_limit(RLIMIT_NOFILE, false), size = raise_limit(RLIMIT_FSIZE, true);
	rlim_t stack = stack_limit();
	const char *fault = NULL;

	(void)raise_limit(RLIMIT_AS, false);
	(void)raise_limit(RLIMIT_DATA, false);
	if (descriptors < DESCRIPTORS)
		fault = "fewer than 32 open files are permitted (ulimit -n)";
	else if (size < FILE_SIZE)
		fault = "files of 1 MiB are not permitted (ulimit -f)";
	else if (stack < STACK)
		fault = "a stack of 512 KiB is not permitted (ulimit -s)";
	else if (!has_memory())
		fault = "128 MiB of memory are not permitted (ulimit -v, ulimit -d)";
	if (fault != NULL)
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "the limits are too low: %s", fault);
	return fault == NULL;
}

bool host_prepare(struct diag_log *log)
{
	int err = file_keep_standard();

	if (err != 0) {
		diag_system(log, err, "/dev/null");
		return false;
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	umask(077);
	if (!check_limits(log))
		return false;
	touch_stack();
	return true;
}

void host_hold_signals(bool hold)
{
	static const int ends[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGXCPU, SIGPWR, SIGIO, SIGSTKFLT };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		sigaddset(&set, ends[i]);
	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

static bool has_capability(unsigned capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	return syscall(SYS_capget, &header, data) == 0 && (data[0].effective & 1U << capability) != 0;
}

bool host_may_change_rules(struct diag_log *log)
{
	if (has_capability(CAP_NET_ADMIN))
		return true;
	diag_add(log, DIAG_SYSTEM, NULL, NULL, "only root may do this (CAP_NET_ADMIN is missing); nothing is changed");
	return false;
}

/* Does the setting exist, with this value? */
static bool is_set(const char *path, const char *value)
{
	struct strbuf text = STRBUF_INIT;
	bool same = file_read_path(path, &text, 128) == 0 && strcmp(strbuf_text(&text), value) == 0;

	strbuf_free(&text);
	return same;
}

/* The setting that forbids user namespaces; NULL: none known. */
static const char *forbidden_by(void)
{
	if (is_set("/proc/sys/kernel/unprivileged_userns_clone", "0\n"))
		return "kernel.unprivileged_userns_clone=0";
	if (is_set("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n"))
		return "kernel.apparmor_restrict_unprivileged_userns=1";
	if (is_set("/proc/sys/user/max_user_namespaces", "0\n"))
		return "user.max_user_namespaces=0";
	return NULL;
}

void host_hint_namespace(int err, struct strbuf *out)
{
	const char *setting = forbidden_by();

	if (err == -ENOSPC || err == -EUSERS)
		strbuf_puts(out, "raise user.max_net_namespaces, or load without a rehearsal (--no-rehearse)");
	else if (err == -EINVAL || err == -ENOSYS)
		strbuf_puts(out, "this kernel has none: load without a rehearsal (--no-rehearse)");
	else if ((err == -EPERM || err == -EACCES) && geteuid() != 0 && setting != NULL)
		strbuf_printf(out, "user namespaces are forbidden by %s: run this as root", setting);
	else if ((err == -EPERM || err == -EACCES) && !has_capability(CAP_SYS_ADMIN))
		strbuf_puts(out, "CAP_SYS_ADMIN is missing: add it, or load without a rehearsal (--no-rehearse)");
	else if (err == -EPERM || err == -EACCES)
		strbuf_puts(out, "a security module forbids it: permit it, or load without a rehearsal (--no-rehearse)");
}

bool host_has_ipv6(void)
{
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6); /* see confine/confine.h: others may be forbidden */

	if (fd < 0)
		return errno != EAFNOSUPPORT;
	close(fd);
	return true;
}
