/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int capture_new(void)
{
	return memfd_create("capture", MFD_CLOEXEC);
}

int capture_begin(int standard, int memfd)
{
	int real = fcntl(standard, F_DUPFD_CLOEXEC, 3);

	dup2(memfd, standard);
	return real;
}

void capture_end(int standard, int real)
{
	if (real < 0) {
		close(standard);
		return;
	}
	dup2(real, standard);
	close(real);
}

int capture_take(int memfd, struct strbuf *out)
{
	off_t end = lseek(memfd, 0, SEEK_CUR);

	if (end <= 0)
		return 0;
	if (!strbuf_reserve(out, (size_t)end))
		return -ENOMEM;
	if (pread(memfd, out->data + out->len, (size_t)end, 0) != end)
		return -EIO;
	out->len += (size_t)end;
	out->data[out->len] = '\0';
	return lseek(memfd, 0, SEEK_SET) == 0 && ftruncate(memfd, 0) == 0 ? 0 : -errno;
}
