/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int kmsg_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && lseek(fd, 0, SEEK_END) >= 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -errno;
}

void kmsg_reason(int fd, struct strbuf *out)
{
	char record[8192];
	ssize_t len;

	if (fd < 0)
		return;
	/* One record a read: "6,1234,5678,-;x_tables: ip_tables: ...\n KEY=value\n". EPIPE: some were overwritten. */
	while ((len = read(fd, record, sizeof(record) - 1)) > 0 || (len < 0 && errno == EPIPE)) {
		const char *text;

		if (len < 0)
			continue;
		record[len] = '\0';
		text = strchr(record, ';');
		if (text == NULL || (strncmp(text + 1, "x_tables: ", 10) != 0 && strncmp(text + 1, "xt_", 3) != 0))
			continue;
		strbuf_reset(out);
		strbuf_add(out, text + 1, strcspn(text + 1, "\n"));
	}
	close(fd);
}
