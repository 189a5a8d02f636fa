/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The connections that are alive now: those that connection tracking knows, and the TCP sockets that it does not know
 * because they are older than the first rule that tracks. Connections that end or have not begun yet are left out.
 */
#ifndef FW_CUTS_LIVE_H
#define FW_CUTS_LIVE_H

#include "base/strbuf.h"
#include "cuts/session.h"

struct live_table {
	connections all;
	tcp_sockets sockets;
	unsigned char listening[(UINT16_MAX + 1) / 8]; /* a bit for each port on which a socket of this host listens */
	bool unread;      /* the tracking table could not be read, or not all of it: fault says why */
	bool untracked;   /* nothing is tracked: connections through this host are not known at all */
	bool loose;       /* a packet of an untracked connection begins a new one; else it is invalid */
	struct strbuf fault; /* owned; for people; empty: none */
};

/*
 * Reads them. proc: where proc is mounted. session: whose connection is the user's own. After a fault the table holds
 * what could be read. False: memory ran out. live_free must follow in any case.
 */
must_check bool live_read(struct live_table *live, const char *proc, const struct session *session);
void live_free(struct live_table *live);

#endif
