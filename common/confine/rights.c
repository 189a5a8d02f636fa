/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "confine/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCHITECTURE AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCHITECTURE AUDIT_ARCH_ARM
#elif defined(__s390x__)
#define ARCHITECTURE AUDIT_ARCH_S390X
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#else
#define ARCHITECTURE 0 /* unknown: no filter is installed */
#endif

/* The offset of the lower half of an argument, which holds an int. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOWER 4
#else
#define LOWER 0
#endif
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n) + LOWER)

/* The kind of a socket, without SOCK_CLOEXEC and SOCK_NONBLOCK. */
#define SOCKET_KIND 0xf

int rights_gain_none(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : -errno;
}

int rights_keep(uint64_t capabilities)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) != 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		uint32_t half = (uint32_t)(capabilities >> (32 * i));

		data[i].permitted &= half;
		data[i].effective &= half;
		data[i].inheritable &= half;
	}
	return syscall(SYS_capset, &header, data) == 0 ? 0 : -errno;
}

/* x32, the second set of numbers of x86_64; no other architecture has numbers with this bit. */
#define OTHER_NUMBERS 0x40000000U

/* Newer system calls have the same number everywhere, and the kernel's headers may be older than the kernel. */
enum { CALL_OPENAT2 = 437, CALL_FCHMODAT2 = 452, CALL_SETXATTRAT = 463, CALL_REMOVEXATTRAT = 466, CALL_FILE_SETATTR = 469 };

#define FILTER_MAX 120

struct filter {
	struct sock_filter code[FILTER_MAX];
	unsigned short length;
};

static void add(struct filter *filter, unsigned short code, uint32_t k, unsigned char yes, unsigned char no)
{
	if (filter->length < FILTER_MAX)
		filter->code[filter->length] = (struct sock_filter)BPF_JUMP(code, k, yes, no);
	filter->length++;
}

static void load(struct filter *filter, size_t offset)
{
	add(filter, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void answer(struct filter *filter, uint32_t action)
{
	add(filter, BPF_RET | BPF_K, action, 0, 0);
}

static void refuse_if(struct filter *filter, uint32_t value, int err)
{
	add(filter, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
	answer(filter, SECCOMP_RET_ERRNO | (uint32_t)err);
}

/* Every set of system calls but ours is refused. Then the number is loaded. */
static void begin(struct filter *filter)
{
	*filter = (struct filter){ .length = 0 };
	load(filter, offsetof(struct seccomp_data, arch));
	add(filter, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
	answer(filter, SECCOMP_RET_ERRNO | EPERM);
	load(filter, offsetof(struct seccomp_data, nr));
	add(filter, BPF_JMP | BPF_JSET | BPF_K, OTHER_NUMBERS, 0, 1);
	answer(filter, SECCOMP_RET_ERRNO | EPERM);
}

static int install(struct filter *filter)
{
	struct sock_fprog program = { filter->length, filter->code };

	if (ARCHITECTURE == 0)
		return -ENOSYS;
	if (filter->length > FILTER_MAX)
		return -E2BIG;
	/* Without this flag (since Linux 4.17), the kernel may slow down a process that has a filter. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) == 0)
		return 0;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ? 0 : -errno;
}

int rights_resolve_nothing(void)
{
	struct filter filter;

	begin(&filter);
	refuse_if(&filter, SYS_io_uring_setup, EACCES); /* it can create sockets too */
	add(&filter, BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0);
	answer(&filter, SECCOMP_RET_ALLOW);
	load(&filter, ARGUMENT(0));
	add(&filter, BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0);
	add(&filter, BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0);
	answer(&filter, SECCOMP_RET_ALLOW);
	load(&filter, ARGUMENT(1));
	add(&filter, BPF_ALU | BPF_AND | BPF_K, SOCKET_KIND, 0, 0);
	add(&filter, BPF_JMP | BPF_JEQ | BPF_K, SOCK_RAW, 1, 0);
	answer(&filter, SECCOMP_RET_ERRNO | EACCES);
	answer(&filter, SECCOMP_RET_ALLOW);
	return install(&filter);
}

/*
 * What Landlock does not guard: the modes, owners, times and attributes of files, and namespaces. Before Linux 6.2, it
 * does not guard truncate(2) either; before 6.12, signals. abort(3), whose signal is refused, ends by a fault instead.
 */
static const unsigned changing[] = {
#ifdef SYS_chmod
	SYS_chmod,
#endif
#ifdef SYS_chown
	SYS_chown,
#endif
#ifdef SYS_lchown
	SYS_lchown,
#endif
#ifdef SYS_utime
	SYS_utime,
#endif
#ifdef SYS_utimes
	SYS_utimes,
#endif
#ifdef SYS_futimesat
	SYS_futimesat,
#endif
#ifdef SYS_creat
	SYS_creat,
#endif
	CALL_FCHMODAT2, CALL_SETXATTRAT, CALL_REMOVEXATTRAT, CALL_FILE_SETATTR,
	SYS_fchmod,	SYS_fchmodat,	 SYS_fchown,	   SYS_fchownat,     SYS_utimensat,	SYS_setxattr, SYS_lsetxattr,
	SYS_fsetxattr,	SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr, SYS_unshare,	SYS_setns,    SYS_truncate,
	SYS_kill,	SYS_tkill,	 SYS_tgkill,	   SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_send_signal,
};

/* ioctl(2)s that type into a terminal, or set the attributes of a file. */
static const unsigned reaching[] = { TIOCSTI, TIOCLINUX, FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR };

/* The argument of clone(2) that holds the flags. */
#if defined(__s390x__)
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif

/* open(2) and openat(2) that truncate: before Linux 6.2, Landlock does not guard this either. */
static void refuse_truncation(struct filter *filter, uint32_t call, int argument)
{
	add(filter, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4);
	load(filter, ARGUMENT(argument));
	add(filter, BPF_JMP | BPF_JSET | BPF_K, O_TRUNC, 0, 1);
	answer(filter, SECCOMP_RET_ERRNO | EPERM);
	answer(filter, SECCOMP_RET_ALLOW);
}

int rights_change_nothing(void)
{
	struct filter filter;

	begin(&filter);
	for (size_t i = 0; i < ARRAY_LEN(changing); i++)
		refuse_if(&filter, changing[i], EPERM);
	/* A filter cannot read the flags of these. If they fail with ENOSYS, C libraries use the older ones. */
	refuse_if(&filter, SYS_clone3, ENOSYS);
	refuse_if(&filter, CALL_OPENAT2, ENOSYS);
#ifdef SYS_open
	refuse_truncation(&filter, SYS_open, 1);
#endif
	refuse_truncation(&filter, SYS_openat, 2);

	add(&filter, BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4);
	load(&filter, ARGUMENT(CLONE_FLAGS));
	add(&filter, BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 1);
	answer(&filter, SECCOMP_RET_ERRNO | EPERM);
	answer(&filter, SECCOMP_RET_ALLOW);

	add(&filter, BPF_JMP | BPF_JEQ | BPF_K, SYS_prlimit64, 0, 4);
	load(&filter, ARGUMENT(0)); /* the process: 0, its own limits, is permitted */
	add(&filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
	answer(&filter, SECCOMP_RET_ERRNO | EPERM);
	answer(&filter, SECCOMP_RET_ALLOW);

	add(&filter, BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 1, 0);
	answer(&filter, SECCOMP_RET_ALLOW);
	load(&filter, ARGUMENT(1));
	for (size_t i = 0; i < ARRAY_LEN(reaching); i++)
		refuse_if(&filter, reaching[i], EPERM);
	answer(&filter, SECCOMP_RET_ALLOW);
	return install(&filter);
}
