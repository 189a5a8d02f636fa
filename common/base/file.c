/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
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

int file_rename(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	return syscall(SYS_renameat2, from_dir, from, to_dir, to, flags) == 0 ? 0 : -errno;
}
