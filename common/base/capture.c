/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/capture.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int capture_open(struct capture *capture, int standard)
{
	capture->standard = standard;
	capture->memfd = file_in_memory("capture");
	capture->real = fcntl(standard, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return capture->memfd >= 0 ? 0 : capture->memfd;
}

void capture_begin(const struct capture *capture)
{
	dup2(capture->memfd, capture->standard);
}

void capture_end(const struct capture *capture)
{
	if (capture->real >= 0)
		dup2(capture->real, capture->standard);
	else
		close(capture->standard);
}

int capture_drop(const struct capture *capture)
{
	return lseek(capture->memfd, 0, SEEK_SET) == 0 ? 0 : -errno;
}

int capture_take(const struct capture *capture, struct strbuf *out)
{
	off_t end = lseek(capture->memfd, 0, SEEK_CUR);

	if (end <= 0)
		return 0;
	if (!strbuf_reserve(out, (size_t)end))
		return -ENOMEM;
	if (pread(capture->memfd, out->data + out->len, (size_t)end, 0) != end)
		return -EIO;
	out->len += (size_t)end;
	out->data[out->len] = '\0';
	return capture_drop(capture);
}
