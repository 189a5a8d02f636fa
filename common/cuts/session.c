/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "cuts/session.h"
#include "addr/addr.h"
#include "base/file.h"
#include "base/number.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANCESTORS_MAX = 64, STAT_MAX = 4096, ENVIRON_MAX = 1 << 20 };

/* A process, as its directory says. The directory stays that of this process, even if its number is used again. */
struct process {
	int dir; /* owned; -1: none */
	long parent;
	unsigned long long started; /* ticks since boot */
	bool is_sshd;
};

static int read_at(int dir, const char *name, struct strbuf *out, size_t max)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = file_read(fd, out, max);
	close(fd);
	return err;
}

/* "PID (name) state parent ... started ...": the name may have blanks and brackets. */
static bool parse_stat(struct process *process, const char *text)
{
	const char *name = strchr(text, '('), *end = strrchr(text, ')');

	if (name == NULL || end == NULL || sscanf(end + 1, " %*c %ld", &process->parent) != 1)
		return false;
	process->is_sshd = strncmp(name + 1, "sshd", 4) == 0;
	return sscanf(end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
		      &process->started) == 1;
}

static bool process_open(struct process *process, const char *proc, long pid)
{
	struct strbuf text = STRBUF_INIT;
	bool good;

	strbuf_printf(&text, "%s/%ld", proc, pid);
	*process = (struct process){ .dir = open(strbuf_text(&text), O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	strbuf_reset(&text);
	good = process->dir >= 0 && read_at(process->dir, "stat", &text, STAT_MAX) == 0 && parse_stat(process, strbuf_text(&text));
	strbuf_free(&text);
	return good;
}

static void process_close(struct process *process)
{
	if (process->dir >= 0)
		close(process->dir);
	process->dir = -1;
}

/* --- sockets ---------------------------------------------------------------------------------------- */

static bool read_inode(int dir, const char *name, uint64_t *inode)
{
	char target[64];
	ssize_t len = readlinkat(dir, name, target, sizeof(target) - 1);

	if (len <= 0)
		return false;
	target[len] = '\0';
	return sscanf(target, "socket:[%lu]", inode) == 1;
}

/* Calls add for each socket that the process has open. */
static void each_socket(const struct process *process, void (*add)(void *ctx, uint64_t inode), void *ctx)
{
	int fds = openat(process->dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fds >= 0 ? fdopendir(fds) : NULL;
	const struct dirent *entry;
	uint64_t inode;

	while (list != NULL && (entry = readdir(list)) != NULL)
		if (read_inode(fds, entry->d_name, &inode))
			add(ctx, inode);
	if (list != NULL)
		closedir(list);
	else if (fds >= 0)
		close(fds);
}

struct adding {
	struct session *session;
	unsigned run, holder;
};

static void add_ancestor(void *ctx, uint64_t inode)
{
	struct adding *adding = ctx;
	struct session_socket socket = { inode, adding->run, adding->holder };

	(void)vec_push(&adding->session->sockets, socket);
}

static void add_other(void *ctx, uint64_t inode)
{
	struct session *session = ctx;

	(void)vec_push(&session->others, inode);
}

/* --- SSH_CONNECTION --------------------------------------------------------------------------------- */

static bool read_endpoint(struct endpoint *endpoint, enum family *family, const char *addr, const char *port)
{
	uint64_t number;

	*family = strchr(addr, ':') != NULL ? FAMILY_IPV6 : FAMILY_IPV4;
	if (!addr_read(addr, strlen(addr), *family, endpoint->addr) || !number_read(port, UINT16_MAX, &number))
		return false;
	endpoint->port = (uint16_t)number;
	return true;
}

/* "client port server port". */
static bool parse_variable(struct session *session, const char *text)
{
	char words[4][ADDR_TEXT_MAX];
	enum family family;

	return sscanf(text, "%45s %45s %45s %45s", words[0], words[1], words[2], words[3]) == 4 &&
	       read_endpoint(&session->remote, &session->family, words[0], words[1]) &&
	       read_endpoint(&session->local, &family, words[2], words[3]) && family == session->family;
}

static void read_variable(struct session *session, const struct process *process)
{
	static const char name[] = "SSH_CONNECTION=";
	struct strbuf text = STRBUF_INIT;
	const char *at, *end;

	if (session->has_variable || read_at(process->dir, "environ", &text, ENVIRON_MAX) != 0) {
		strbuf_free(&text);
		return;
	}
	at = strbuf_text(&text);
	end = at + text.len;
	for (; at < end && !session->has_variable; at += strlen(at) + 1)
		if (strncmp(at, name, strlen(name)) == 0)
			session->has_variable = parse_variable(session, at + strlen(name));
	strbuf_free(&text);
}

/* --- the search ------------------------------------------------------------------------------------- */

/* Of ancestors. A parent that is younger than its child is another process that got its number. */
static void search_ancestors(struct session *session, const char *proc, long pid)
{
	struct adding adding = { .session = session };
	unsigned long long before = ~0ULL;
	struct process process;
	bool in_run = false;

	for (unsigned depth = 0; depth < ANCESTORS_MAX && pid > 0; depth++) {
		bool good = process_open(&process, proc, pid) && process.started <= before;

		if (good && process.is_sshd) {
			each_socket(&process, add_ancestor, &adding);
			adding.holder++;
		} else if (in_run) {
			adding.run++;
			adding.holder = 0;
		}
		if (good)
			read_variable(session, &process);
		in_run = process.is_sshd;
		before = process.started;
		pid = good ? process.parent : 0;
		process_close(&process);
	}
}

static void search_all(struct session *session, const char *proc)
{
	DIR *list = opendir(proc);
	const struct dirent *entry;
	struct process process;
	uint64_t pid;

	while (list != NULL && (entry = readdir(list)) != NULL) {
		if (!number_read(entry->d_name, INT32_MAX, &pid))
			continue;
		if (process_open(&process, proc, (long)pid) && process.is_sshd)
			each_socket(&process, add_other, session);
		process_close(&process);
	}
	if (list != NULL)
		closedir(list);
}

void session_find(struct session *session, const char *proc, long pid, bool on_terminal)
{
	*session = (struct session){ .family = FAMILY_NONE };
	search_ancestors(session, proc, pid);
	if (session->sockets.len == 0 && on_terminal)
		search_all(session, proc);
}

void session_free(struct session *session)
{
	vec_free(&session->sockets);
	vec_free(&session->others);
}

/* --- which of the sockets it is --------------------------------------------------------------------- */

static const struct tcp_socket *find_established(const tcp_sockets *sockets, uint64_t inode)
{
	for (size_t i = 0; i < sockets->len; i++)
		if (!sockets->item[i].listens && sockets->item[i].inode == inode)
			return &sockets->item[i];
	return NULL;
}

static bool own_of_ancestor(const struct session *session, tcp_sockets *sockets)
{
	const struct session_socket *best = NULL;

	for (size_t i = 0; i < session->sockets.len; i++) {
		const struct session_socket *one = &session->sockets.item[i];

		if (find_established(sockets, one->inode) == NULL)
			continue;
		if (best == NULL || one->run < best->run || (one->run == best->run && one->holder > best->holder))
			best = one;
	}
	for (size_t i = 0; best != NULL && i < session->sockets.len; i++) {
		const struct session_socket *one = &session->sockets.item[i];

		for (size_t s = 0; one->run == best->run && one->holder == best->holder && s < sockets->len; s++)
			if (!sockets->item[s].listens && sockets->item[s].inode == one->inode)
				sockets->item[s].owner = OWNER_SESSION;
	}
	return best != NULL;
}

static bool own_of_variable(const struct session *session, tcp_sockets *sockets)
{
	for (size_t s = 0; session->has_variable && s < sockets->len; s++) {
		struct tcp_socket *socket = &sockets->item[s];

		if (socket->family == session->family && endpoint_equal(&socket->remote, &session->remote) &&
		    endpoint_equal(&socket->local, &session->local)) {
			socket->owner = OWNER_SESSION;
			return true;
		}
	}
	return false;
}

void session_own(const struct session *session, tcp_sockets *sockets)
{
	if (own_of_ancestor(session, sockets) || own_of_variable(session, sockets))
		return;
	for (size_t i = 0; i < session->others.len; i++)
		for (size_t s = 0; s < sockets->len; s++)
			if (!sockets->item[s].listens && sockets->item[s].inode == session->others.item[i])
				sockets->item[s].owner = OWNER_PERHAPS;
}
