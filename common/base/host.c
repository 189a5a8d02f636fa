/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/host.h"
#include "base/file.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

void host_boot_id(char id[static HOST_BOOT_ID])
{
	struct strbuf text = STRBUF_INIT;

	snprintf(id, HOST_BOOT_ID, "unknown");
	if (file_read_path("/proc/sys/kernel/random/boot_id", &text, 128) == 0 && text.len >= 36)
		snprintf(id, HOST_BOOT_ID, "%.36s", text.data);
	strbuf_free(&text);
}

uint64_t host_netns_cookie(void)
{
#ifdef SO_NETNS_COOKIE
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) != 0)
		cookie = 0;
	close(fd);
	return cookie;
#else
	return 0;
#endif
}
