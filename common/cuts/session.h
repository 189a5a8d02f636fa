/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The SSH session from which this program runs. Neither sudo, su, env -i nor setsid hides it: an ancestor named sshd
 * has the socket. Must be looked for before the process is confined, because afterwards it may not see what other
 * processes have open.
 */
#ifndef FW_CUTS_SESSION_H
#define FW_CUTS_SESSION_H

#include "base/base.h"
#include "base/vec.h"
#include "cuts/connection.h"

/* A socket that a process named sshd has open: perhaps of the session, perhaps one that listens. */
struct session_socket {
	uint64_t inode;
	unsigned run;    /* sshd processes that are ancestors of each other, from 0, the nearest first */
	unsigned holder; /* of one run, the nearest is 0 */
};

struct session {
	VEC(struct session_socket) sockets; /* of ancestors */
	VEC(uint64_t) others;      /* of other processes named sshd; only looked for if no ancestor is one */
	bool has_variable;         /* SSH_CONNECTION is set, here or in an ancestor: perhaps an old one */
	struct endpoint remote, local; /* what it says */
	enum family family;
};

/*
 * Looks for the session of the process with this id. proc: where proc is mounted. on_terminal: a person is there, so if
 * nothing is found, it may be any session of an sshd (under tmux, no ancestor is one). session_free must follow.
 */
void session_find(struct session *session, const char *proc, long pid, bool on_terminal);
void session_free(struct session *session);

/* A TCP socket of this network namespace. */
struct tcp_socket {
	struct endpoint local, remote;
	uint64_t inode;
	enum family family;
	bool listens; /* else it is established */
	bool tracked; /* connection tracking knows it */
	enum owner owner;
};

typedef VEC(struct tcp_socket) tcp_sockets;

/*
 * Sets the owner of each established socket. In the nearest run, the session's socket is the one of the farthest
 * holder: the nearer ones may have others, for forwarded ports.
 */
void session_own(const struct session *session, tcp_sockets *sockets);

#endif
