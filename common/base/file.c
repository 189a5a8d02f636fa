/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READ_SIZE ((size_t)64 * 1024)

int file_read(int fd, struct strbuf *out, size_t max)
{
	size_t before = out->len;

	for (;;) {
		ssize_t got;

		if (!strbuf_reserve(out, READ_SIZE))
			return -ENOMEM;
		got = read(fd, out->data + out->len, READ_SIZE);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		out->len += (size_t)got;
		out->data[out->len] = '\0';
		if (out->len - before > max)
			return -EFBIG;
		if (got == 0)
			return 0;
	}
}

int file_read_path(const char *path, struct strbuf *out, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = file_read(fd, out, max);
	close(fd);
	return err;
}

static int check_own(const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return -ELOOP;
	if (S_ISDIR(st->st_mode))
		return -EISDIR;
	if (!S_ISREG(st->st_mode))
		return -ENOTSUP;
	return (st->st_uid == 0 || st->st_uid == geteuid()) && (st->st_mode & 022) == 0 ? 0 : -EPERM;
}

int file_read_own(const char *path, struct strbuf *out, size_t max)
{
	struct stat st;
	int fd, err;

	/* Check before opening, because that can have effects, and afterwards, because it may be another file. */
	if (lstat(path, &st) != 0)
		return -errno;
	err = check_own(&st);
	if (err != 0)
		return err;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = fstat(fd, &st) == 0 ? check_own(&st) : -errno;
	if (err == 0)
		err = file_read(fd, out, max);
	close(fd);
	return err;
}

const char *file_absolute(const char *path, struct strbuf *out)
{
	char *here = path[0] != '/' ? getcwd(NULL, 0) : NULL;

	if (here != NULL)
		strbuf_printf(out, "%s/", here);
	free(here);
	strbuf_puts(out, path);
	return strbuf_text(out);
}

const char *file_own_error(int err)
{
	switch (err) {
	case -ELOOP:
		return "it is a symbolic link";
	case -EISDIR:
		return "it is a directory";
	case -ENOTSUP:
		return "it is not a regular file";
	case -EPERM:
		return "its owner or its mode lets other users write it";
	default:
		return strerror(-err);
	}
}

int file_in_memory(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC), high, err = 0;

	if (fd < 0 || fd > STDERR_FILENO)
		return fd < 0 ? -errno : fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (high < 0)
		err = -errno;
	close(fd);
	return err != 0 ? err : high;
}

int file_write(int fd, const void *bytes, size_t len)
{
	const char *from = bytes;

	while (len > 0) {
		ssize_t put = write(fd, from, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		from += put;
		len -= (size_t)put;
	}
	return 0;
}

int file_keep_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			return -errno;
	return 0;
}

int file_rename(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	return syscall(SYS_renameat2, from_dir, from, to_dir, to, flags) == 0 ? 0 : -errno;
}

DIR *file_list(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (stream == NULL && fd >= 0) {
		err = errno;
		close(fd);
		errno = err;
	}
	return stream;
}
