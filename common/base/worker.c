/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/worker.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>

/* One finding in the memfd: this, then text_len bytes of text and a NUL. */
struct worker_message {
	struct diag diag;
	size_t text_len;
};

struct writer {
	int fd;
	struct strbuf pending;
	int err;
};

#define FLUSH_AT ((size_t)64 * 1024)

static void writer_flush(struct writer *writer)
{
	if (writer->err == 0 && writer->pending.failed)
		writer->err = -ENOMEM;
	if (writer->err == 0 && writer->pending.len > 0)
		writer->err = file_write(writer->fd, writer->pending.data, writer->pending.len);
	strbuf_reset(&writer->pending);
}

static void write_record(void *ctx, const struct diag *diag)
{
	struct writer *writer = ctx;
	struct worker_message record = { .diag = *diag, .text_len = strlen(diag->text) };

	record.diag.text = NULL;
	strbuf_add(&writer->pending, (const char *)&record, sizeof(record));
	strbuf_add(&writer->pending, diag->text, record.text_len + 1);
	if (writer->pending.len >= FLUSH_AT)
		writer_flush(writer);
}

static int run(void *ctx, const struct child *child)
{
	const struct worker *worker = ctx;
	struct writer writer = { .fd = child->output, .pending = STRBUF_INIT };
	struct diag_log log = { .report = write_record, .ctx = &writer };

	worker->work(worker->ctx, &log);
	writer_flush(&writer);
	return writer.err;
}

int worker_start(struct worker *worker, void (*work)(void *ctx, struct diag_log *log), void *ctx)
{
	worker->work = work;
	worker->ctx = ctx;
	return child_start(&worker->child, run, worker);
}

static int report_records(const struct strbuf *bytes, void (*report)(void *ctx, const struct diag *diag), void *ctx)
{
	size_t at = 0;

	while (at < bytes->len) {
		struct worker_message record;

		if (bytes->len - at < sizeof(record))
			return -EIO;
		memcpy(&record, bytes->data + at, sizeof(record));
		at += sizeof(record);
		if (bytes->len - at < record.text_len + 1)
			return -EIO;
		record.diag.text = bytes->data + at;
		report(ctx, &record.diag);
		at += record.text_len + 1;
	}
	return 0;
}

int worker_finish(struct worker *worker, void (*report)(void *ctx, const struct diag *diag), void *ctx, int *signal)
{
	struct strbuf bytes = STRBUF_INIT;
	struct child_end end;
	int err = child_finish(&worker->child, 0, &bytes, &end);

	*signal = end.signal;
	if (err == 0)
		err = report_records(&bytes, report, ctx);
	strbuf_free(&bytes);
	return err;
}
