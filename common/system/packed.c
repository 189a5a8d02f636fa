/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "system/packed.h"
#include "base/atomic.h"
#include "base/gzout.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define CHUNK ((size_t)64 * 1024)

static int pack(int fd, const char *text, size_t len)
{
	/* 5 ms more than the usual level for 10,000 rules, and a twentieth less to keep, many times over. */
	const struct gz_options options = { .level = 8, .threads = 1, .check = true };
	struct gzout *gz = gzout_new(fd, &options);
	int err = gz == NULL ? -ENOMEM : gzout_write(gz, text, len);

	if (err == 0)
		err = gzout_finish(gz);
	gzout_free(gz);
	return err;
}

int packed_write(const char *path, const char *text, size_t len)
{
	struct atomic_file file;
	int err = atomic_open(&file, path, 0600);

	if (err == 0)
		err = pack(file.fd, text, len);
	if (err == 0)
		err = atomic_publish(&file);
	atomic_release(&file);
	return err;
}

static int unpack(struct gzin *gz, struct strbuf *out, size_t max)
{
	size_t before = out->len;
	ssize_t got;

	do {
		if (!strbuf_reserve(out, CHUNK))
			return -ENOMEM;
		got = gzin_read(gz, out->data + out->len, CHUNK);
		if (got < 0)
			return (int)got;
		out->len += (size_t)got;
		out->data[out->len] = '\0';
		if (out->len - before > max)
			return -EFBIG;
	} while (got > 0);
	return 0;
}

int packed_read(const char *path, struct strbuf *out, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct gzin *gz;
	int err;

	if (fd < 0)
		return -errno;
	gz = gzin_new(fd);
	err = gz != NULL ? unpack(gz, out, max) : -ENOMEM;
	gzin_free(gz);
	close(fd);
	return err;
}
