/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Room for the writer while we sync: the most that an unprivileged process may request (pipe(7)). */
#define PIPE_SIZE (1024 * 1024)

int source_open(struct log_source *source, int fd)
{
	struct stat st;

	*source = (struct log_source){ .fd = fd, .peek = { -1, -1 } };
	if (fstat(fd, &st) != 0)
		return -errno;
	source->bytes = malloc(SOURCE_SIZE);
	if (source->bytes == NULL)
		return -ENOMEM;
	source->is_pipe = S_ISFIFO(st.st_mode);
	if (!source->is_pipe)
		return 0;
	if (pipe2(source->peek, O_CLOEXEC | O_NONBLOCK) != 0)
		return -errno;
	(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
	(void)fcntl(source->peek[1], F_SETPIPE_SZ, PIPE_SIZE);
	return 0;
}

void source_close(struct log_source *source)
{
	for (int i = 0; i < 2; i++)
		if (source->peek[i] >= 0)
			close(source->peek[i]);
	free(source->bytes);
	*source = (struct log_source){ .fd = -1, .peek = { -1, -1 } };
}

/* Copies the content of the pipe to source->bytes without taking it out. The number of bytes; -1: errno is set. */
static ssize_t peek(struct log_source *source)
{
	ssize_t copied = tee(source->fd, source->peek[1], SOURCE_SIZE, SPLICE_F_NONBLOCK);
	size_t have = 0;

	while (copied > 0 && have < (size_t)copied) {
		ssize_t got = read(source->peek[0], source->bytes + have, (size_t)copied - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -1 : (ssize_t)have;
		have += (size_t)got;
	}
	return copied;
}

int source_look(struct log_source *source, int wait_ms)
{
	struct pollfd ready = { .fd = source->fd, .events = POLLIN };
	ssize_t got;

	if (source->len > 0)
		return 0;
	if (poll(&ready, 1, wait_ms) < 0)
		return errno == EINTR ? 0 : -errno;
	if (ready.revents == 0)
		return 0;
	source->start = 0;
	got = source->is_pipe ? peek(source) : read(source->fd, source->bytes, SOURCE_SIZE);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	source->ended = got == 0;
	source->len = (size_t)got;
	return 0;
}

ssize_t source_move(struct log_source *source, int to, off_t *offset, size_t most)
{
	size_t count = most < source->len ? most : source->len;
	ssize_t moved;

	do {
		if (source->is_pipe) {
			moved = splice(source->fd, NULL, to, offset, count, 0);
		} else {
			moved = pwrite(to, source->bytes + source->start, count, *offset);
			*offset += moved > 0 ? moved : 0;
		}
	} while (moved < 0 && errno == EINTR);
	if (moved < 0)
		return -errno;
	source->start += (size_t)moved;
	source->len -= (size_t)moved;
	return moved;
}

int source_drop(struct log_source *source, size_t count)
{
	while (count > 0) {
		/* The pipe returns the bytes that were copied, because nobody else reads from it. */
		ssize_t got = source->is_pipe ? read(source->fd, source->bytes + source->start, count) : (ssize_t)count;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -EIO;
		source->start += (size_t)got;
		source->len -= (size_t)got;
		count -= (size_t)got;
	}
	return 0;
}
