/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The user's own session, found in a folder that stands for /proc. */
#include "base/strbuf.h"
#include "cuts/session.h"
#include "tap.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

static char proc[4096];

static const char *place(const char *format, ...) printf_like(1, 2);

static const char *place(const char *format, ...)
{
	static char path[8192];
	char rest[256];
	va_list args;

	va_start(args, format);
	vsnprintf(rest, sizeof(rest), format, args);
	va_end(args);
	snprintf(path, sizeof(path), "%s/%s", proc, rest);
	return path;
}

static void put(const char *path, const char *text, size_t len)
{
	FILE *file = fopen(path, "w");

	if (file == NULL || fwrite(text, 1, len, file) != len || fclose(file) != 0)
		abort();
}

/* A process in the folder, with the sockets of the list, which ends with 0. */
static void add_process(long pid, const char *name, long parent, unsigned long long started, const unsigned long *inodes)
{
	char text[256];

	mkdir(place("%ld", pid), 0700);
	mkdir(place("%ld/fd", pid), 0700);
	snprintf(text, sizeof(text), "%ld (%s) S %ld 1 1 0 -1 4194304 1 2 3 4 5 6 7 8 19 1 1 0 %llu 1 1", pid, name, parent, started);
	put(place("%ld/stat", pid), text, strlen(text));
	put(place("%ld/environ", pid), "A=b", 3);
	for (unsigned long n = 3; inodes != NULL && *inodes != 0; inodes++, n++) {
		snprintf(text, sizeof(text), "socket:[%lu]", *inodes);
		if (symlink(text, place("%ld/fd/%lu", pid, n)) != 0)
			abort();
	}
}

#define SOCKETS(...) ((const unsigned long[]){ __VA_ARGS__, 0 })

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
	(void)info, (void)kind, (void)at;
	return remove(path);
}

static void begin(void)
{
	if (mkdtemp(tap_temporary(proc)) == NULL)
		abort();
}

static void end(void)
{
	nftw(proc, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct endpoint endpoint_of(const char *addr, uint16_t port)
{
	struct endpoint endpoint = { .port = port };

	if (inet_pton(strchr(addr, ':') != NULL ? AF_INET6 : AF_INET, addr, endpoint.addr) != 1)
		abort();
	return endpoint;
}

static void add_socket(tcp_sockets *sockets, uint64_t inode, bool listens)
{
	struct tcp_socket socket = { .local = endpoint_of("198.51.100.1", 22), .remote = endpoint_of("198.51.100.7", (uint16_t)(40000 + inode)),
				     .inode = inode, .family = FAMILY_IPV4, .listens = listens };

	if (!vec_push(sockets, socket))
		abort();
}

/* Whose the sockets are, a letter for each: s, p (perhaps) or a dash. */
static const char *owners(long pid, bool on_terminal, const uint64_t *inodes)
{
	static char text[16];
	tcp_sockets sockets = { 0 };
	struct session session;
	size_t i;

	for (; *inodes != 0; inodes++)
		add_socket(&sockets, *inodes, *inodes < 10);
	session_find(&session, proc, pid, on_terminal);
	session_own(&session, &sockets);
	for (i = 0; i < sockets.len; i++)
		text[i] = "-ps"[sockets.item[i].owner];
	text[i] = '\0';
	session_free(&session);
	vec_free(&sockets);
	return text;
}

#define OWNERS(pid, terminal, ...) owners(pid, terminal, (const uint64_t[]){ __VA_ARGS__, 0 })

static void test_ancestors(void)
{
	begin();
	add_process(100, "fw-load", 90, 1000, NULL);
	add_process(90, "sudo", 85, 990, NULL);
	add_process(85, "a) S 1 (b", 80, 980, NULL);
	add_process(80, "sshd-session", 70, 970, SOCKETS(11, 12, 13)); /* 12 and 13 are forwarded ports */
	add_process(70, "sshd", 60, 960, SOCKETS(11));
	add_process(60, "sshd", 1, 10, SOCKETS(5));
	add_process(1, "init", 0, 1, NULL);
	CHECK(strcmp(OWNERS(100, true, 5, 11, 12, 13, 14), "-s---") == 0, "the session is the socket of the farthest sshd that has one");
	CHECK(strcmp(OWNERS(100, true, 5, 12, 14), "-s-") == 0, "of one sshd alone, it is what that has");
	CHECK(strcmp(OWNERS(100, false, 14), "-") == 0, "a socket of another namespace is not in the list, so nothing is found");
	end();
}

static void test_nested(void)
{
	begin();
	add_process(100, "fw-load", 80, 1000, NULL);
	add_process(80, "sshd", 75, 900, SOCKETS(11));
	add_process(75, "bash", 70, 800, NULL);
	add_process(70, "sshd", 1, 700, SOCKETS(12));
	add_process(1, "init", 0, 1, NULL);
	CHECK(strcmp(OWNERS(100, true, 11, 12), "s-") == 0, "of two sessions, one in the other, the inner one counts");
	end();
}

static void test_ended(void)
{
	begin();
	add_process(100, "fw-load", 80, 1000, NULL);
	CHECK(strcmp(OWNERS(100, false, 11), "-") == 0, "a parent that has ended is as if it had never been there");
	add_process(80, "sshd", 1, 1001, SOCKETS(11));
	CHECK(strcmp(OWNERS(100, false, 11), "-") == 0, "a process that is younger than its child is not its parent");
	end();
}

static void set_variable(long pid, const char *text)
{
	char environment[256] = "HOME=/root";
	size_t len = strlen(environment) + 1;

	len += (size_t)snprintf(environment + len, sizeof(environment) - len, "SSH_CONNECTION=%s", text);
	put(place("%ld/environ", pid), environment, len);
}

static void test_variable(void)
{
	begin();
	add_process(100, "fw-load", 90, 1000, NULL);
	add_process(90, "tmux: server", 1, 900, NULL);
	add_process(50, "sshd", 1, 500, SOCKETS(12));
	add_process(1, "init", 0, 1, NULL);
	set_variable(90, "198.51.100.7 40011 198.51.100.1 22");
	CHECK(strcmp(OWNERS(100, true, 11, 12), "s-") == 0, "SSH_CONNECTION of an ancestor counts while the connection exists");
	CHECK(strcmp(OWNERS(100, false, 12), "-") == 0, "an old SSH_CONNECTION is nobody's");
	CHECK(strcmp(OWNERS(100, true, 12, 13), "p-") == 0, "on a terminal, it may then be any session of an sshd");
	set_variable(100, "nonsense");
	set_variable(90, "198.51.100.7 70000 198.51.100.1 22");
	CHECK(strcmp(OWNERS(100, false, 11), "-") == 0, "a damaged SSH_CONNECTION is ignored");
	end();
}

int main(void)
{
	test_ancestors();
	test_nested();
	test_ended();
	test_variable();
	return tap_done();
}
