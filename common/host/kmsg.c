/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
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

static bool begins(const char *text, const char *words)
{
	return strncmp(text, words, strlen(words)) == 0;
}

/* The record may begin with "x_tables: ip_tables: ", "x_tables: ip6_tables: ", or, for either family, "xt_NAME: ". */
static enum family families_of(const char *text)
{
	if (begins(text, "x_tables: ip_tables: "))
		return FAMILY_IPV4;
	if (begins(text, "x_tables: ip6_tables: "))
		return FAMILY_IPV6;
	return begins(text, "x_tables: ") || begins(text, "xt_") ? FAMILY_BOTH : FAMILY_NONE;
}

void kmsg_reasons(int fd, struct strbuf out[FAMILIES])
{
	char record[8192];
	ssize_t len;

	if (fd < 0)
		return;
	/* one record a read: "6,1234,5678,-;x_tables: ip_tables: ...\n KEY=value\n"; EPIPE: some were overwritten */
	while ((len = read(fd, record, sizeof(record) - 1)) > 0 || (len < 0 && errno == EPIPE)) {
		const char *text;

		if (len < 0)
			continue;
		record[len] = '\0';
		text = strchr(record, ';');
		for (int i = 0; text != NULL && i < FAMILIES; i++) {
			if (!family_has(families_of(text + 1), i))
				continue;
			strbuf_reset(&out[i]);
			strbuf_add(&out[i], text + 1, strcspn(text + 1, "\n"));
		}
	}
	close(fd);
}
