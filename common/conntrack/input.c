/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/input.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_kind(const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return -EISDIR;
	return S_ISREG(st->st_mode) ? 0 : -ENOTSUP;
}

/* Opening a FIFO would wait for a writer, without O_NONBLOCK; on a regular file that flag changes nothing. */
static int open_now(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int input_read(const char *path, struct strbuf *out, size_t max)
{
	struct stat st;
	int fd, err;

	/* Looked at first: to open a device can have effects. Looked at again: it may be another file by then. */
	if (stat(path, &st) != 0)
		return -errno;
	err = check_kind(&st);
	if (err != 0)
		return err;
	fd = open_now(path);
	if (fd < 0)
		return fd;
	err = fstat(fd, &st) == 0 ? check_kind(&st) : -errno;
	if (err == 0)
		err = file_read(fd, out, max);
	close(fd);
	return err;
}

int input_read_any(const char *path, struct strbuf *out, size_t max)
{
	int fd = open_now(path), err;

	if (fd < 0)
		return fd;
	err = fcntl(fd, F_SETFL, 0) == 0 ? file_read(fd, out, max) : -errno;
	close(fd);
	return err;
}

const char *input_error(int err)
{
	return err == -ENOTSUP ? "not a regular file" : strerror(-err);
}
