/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/worker.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* One finding in the memfd: this, then text_len bytes of text and a NUL. */
struct record {
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
	struct record record = { .diag = *diag, .text_len = strlen(diag->text) };

	record.diag.text = NULL;
	strbuf_add(&writer->pending, (const char *)&record, sizeof(record));
	strbuf_add(&writer->pending, diag->text, record.text_len + 1);
	if (writer->pending.len >= FLUSH_AT)
		writer_flush(writer);
}

static _Noreturn void child_run(int fd, void (*work)(void *ctx, struct diag_log *log), void *ctx)
{
	struct writer writer = { .fd = fd, .pending = STRBUF_INIT };
	struct diag_log log = { .report = write_record, .ctx = &writer };

	work(ctx, &log);
	writer_flush(&writer);
	_exit(writer.err == 0 ? 0 : 1);
}

int worker_start(struct worker *worker, void (*work)(void *ctx, struct diag_log *log), void *ctx)
{
	int err;

	worker->findings = memfd_create("findings", MFD_CLOEXEC);
	if (worker->findings < 0)
		return -errno;
	worker->pid = fork();
	if (worker->pid == 0)
		child_run(worker->findings, work, ctx);
	if (worker->pid > 0)
		return 0;
	err = -errno;
	close(worker->findings);
	return err;
}

static int report_records(const struct strbuf *bytes, void (*report)(void *ctx, const struct diag *diag), void *ctx)
{
	size_t at = 0;

	while (at < bytes->len) {
		struct record record;

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

static int wait_for(pid_t pid, int *signal)
{
	int status;

	*signal = 0;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFSIGNALED(status))
		*signal = WTERMSIG(status);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ECHILD;
}

int worker_finish(struct worker *worker, void (*report)(void *ctx, const struct diag *diag), void *ctx, int *signal)
{
	struct strbuf bytes = STRBUF_INIT;
	int err = wait_for(worker->pid, signal);

	if (err == 0 && lseek(worker->findings, 0, SEEK_SET) != 0)
		err = -errno;
	if (err == 0)
		err = file_read(worker->findings, &bytes, SIZE_MAX / 2);
	if (err == 0)
		err = report_records(&bytes, report, ctx);
	close(worker->findings);
	strbuf_free(&bytes);
	return err;
}
