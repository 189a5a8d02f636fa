/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A function run in a child process, its messages carried back. libxtables' state is global and belongs to one
 * family, so each family is read by a process of its own, and both at once.
 */
#ifndef FW_BASE_WORKER_H
#define FW_BASE_WORKER_H

#include "base/child.h"

/* The child's end. Messages wait in it until there are enough of them to be worth a write. */
struct outbox {
	const struct child *child; /* borrowed */
	struct strbuf pending;
	int err; /* 0 or -errno: the first failure, reported by worker_finish */
};

/*
 * Sends a message: a kind that the parent knows, a struct, and a text. A pointer in the struct means the same in
 * the parent only if it points to memory from before worker_start.
 */
void outbox_send(struct outbox *out, unsigned kind, const void *body, size_t body_len, const char *text);

/* child_at of the child. */
void outbox_at(const struct outbox *out, unsigned place);

struct worker {
	struct child child;
	void (*work)(void *ctx, struct outbox *out);
	void *ctx;
};

/* Starts work(ctx, out) in a child, which must not print. 0 or -errno. The worker must stay where it is until worker_finish. */
must_check int worker_start(struct worker *worker, void (*work)(void *ctx, struct outbox *out), void *ctx);

/* Takes messages. The body is not aligned: copy it. Body and text live only during the call. */
struct inbox {
	void (*receive)(void *ctx, unsigned kind, const char *body, size_t body_len, const char *text);
	void *ctx;
};

/*
 * Waits for the child, as child_finish does, and hands each of its messages to the inbox, in order. 0; -ECHILD when the
 * child ended before its work did: no message is handed over, and *end tells how; another -errno when the messages
 * could not be read.
 */
must_check int worker_finish(struct worker *worker, unsigned patience, const struct inbox *in, struct child_end *end);

#endif
