/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Uses the system calls directly: no C library has functions for them, and the kernel headers may be older than the
 * kernel.
 */
#include "confine/landlock.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The numbers are the same on every architecture. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { ASK_VERSION = 1, RULE_BELOW_PATH = 1 };

#define FS_EXECUTE    (1ULL << 0)
#define FS_WRITE_FILE (1ULL << 1)
#define FS_CHANGE     (0x1ffULL << 4) /* bits 4 to 12: remove and create files of each kind */
#define FS_REFER      (1ULL << 13)    /* since version 2: move from one folder into another */
#define FS_TRUNCATE   (1ULL << 14)    /* since version 3 */
#define NET_TCP	      (3ULL << 0)     /* since version 4: bind, connect */
#define SCOPES	      (3ULL << 0)     /* since version 6: abstract Unix sockets, signals */

struct attributes {
	uint64_t fs, net, scopes;
};

struct path_rule {
	uint64_t access;
	int32_t file;
} __attribute__((packed));

static int version(void)
{
	long number = syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);

	return number < 0 ? -errno : (int)number;
}

static uint64_t writes(int number)
{
	return FS_WRITE_FILE | FS_CHANGE | (number >= 2 ? FS_REFER : 0) | (number >= 3 ? FS_TRUNCATE : 0);
}

int landlock_begin(void)
{
	int number = version();
	struct attributes attributes = { .fs = FS_EXECUTE | writes(number) };
	size_t size = offsetof(struct attributes, net);
	long rules;

	if (number < 0)
		return number;
	if (number >= 4) {
		attributes.net = NET_TCP;
		size = offsetof(struct attributes, scopes);
	}
	if (number >= 6) {
		attributes.scopes = SCOPES;
		size = sizeof(attributes);
	}
	rules = syscall(CREATE_RULESET, &attributes, size, 0);
	return rules < 0 ? -errno : (int)rules;
}

static int permit(int rules, int file, uint64_t access)
{
	struct path_rule rule = { access, file };

	return syscall(ADD_RULE, rules, RULE_BELOW_PATH, &rule, 0) == 0 ? 0 : -errno;
}

int landlock_may_execute(int rules, int file)
{
	return permit(rules, file, FS_EXECUTE);
}

int landlock_may_write(int rules, int file)
{
	struct stat st;
	uint64_t access = writes(version());

	if (fstat(file, &st) != 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		access &= FS_WRITE_FILE | FS_TRUNCATE;
	return permit(rules, file, access);
}

int landlock_enforce(int rules)
{
	return syscall(RESTRICT_SELF, rules, 0) == 0 ? 0 : -errno;
}
