/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/worker.h"
#include "base/file.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* One message in the memfd: this, then the body, then the text and a NUL. */
struct message_head {
	unsigned kind;
	size_t body_len, text_len;
};

#define FLUSH_AT ((size_t)64 * 1024)
/* The kind of the last message. Foreign code can end the process with status 0 before it is sent. */
#define KIND_END UINT_MAX

static void outbox_flush(struct outbox *out)
{
	if (out->err == 0 && out->pending.failed)
		out->err = -ENOMEM;
	if (out->err == 0 && out->pending.len > 0)
		out->err = file_write(out->child->output, out->pending.data, out->pending.len);
	strbuf_reset(&out->pending);
}

void outbox_send(struct outbox *out, unsigned kind, const void *body, size_t body_len, const char *text)
{
	struct message_head head;

	memset(&head, 0, sizeof(head)); /* its padding is written, too */
	head.kind = kind;
	head.body_len = body_len;
	head.text_len = strlen(text);
	strbuf_add(&out->pending, (const char *)&head, sizeof(head));
	strbuf_add(&out->pending, body, body_len);
	strbuf_add(&out->pending, text, head.text_len + 1);
	if (out->pending.len >= FLUSH_AT)
		outbox_flush(out);
}

void outbox_at(const struct outbox *out, unsigned place)
{
	child_at(out->child, place);
}

static int run(void *ctx, const struct child *child)
{
	const struct worker *worker = ctx;
	struct outbox out = { .child = child, .pending = STRBUF_INIT };

	worker->work(worker->ctx, &out);
	outbox_send(&out, KIND_END, NULL, 0, "");
	outbox_flush(&out);
	return out.err;
}

int worker_start(struct worker *worker, void (*work)(void *ctx, struct outbox *out), void *ctx)
{
	worker->work = work;
	worker->ctx = ctx;
	return child_start(&worker->child, run, worker);
}

/* Hands the messages over; to nobody if in is NULL. -ECHILD: the last one is missing. */
static int receive_all(const struct strbuf *bytes, const struct inbox *in)
{
	bool whole = false;
	size_t at = 0;

	while (at < bytes->len) {
		struct message_head head;

		if (bytes->len - at < sizeof(head))
			return -EIO;
		memcpy(&head, bytes->data + at, sizeof(head));
		at += sizeof(head);
		if (bytes->len - at < head.body_len + head.text_len + 1)
			return -EIO;
		whole = head.kind == KIND_END;
		if (in != NULL && !whole)
			in->receive(in->ctx, head.kind, bytes->data + at, head.body_len, bytes->data + at + head.body_len);
		at += head.body_len + head.text_len + 1;
	}
	return whole ? 0 : -ECHILD;
}

int worker_finish(struct worker *worker, unsigned patience, const struct inbox *in, struct child_end *end)
{
	struct strbuf bytes = STRBUF_INIT;
	int err = child_finish(&worker->child, patience, &bytes, end);

	if (err == 0)
		err = receive_all(&bytes, NULL);
	if (err == 0)
		err = receive_all(&bytes, in);
	strbuf_free(&bytes);
	return err;
}
