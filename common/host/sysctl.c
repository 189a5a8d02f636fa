/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sysctl.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* With a slash in the key, dots belong to names: net/ipv4/conf/eth0.5/rp_filter. */
static void key_path(const struct sysctl *sysctl, struct strbuf *path)
{
	bool slashes = strchr(sysctl->key, '/') != NULL;

	strbuf_puts(path, "/proc/sys/");
	for (const char *c = sysctl->key; *c != '\0'; c++)
		strbuf_putc(path, *c == '.' && !slashes ? '/' : *c);
}

int sysctl_read(const struct sysctl *sysctl, struct strbuf *out)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	int err;

	key_path(sysctl, &path);
	err = file_read_path(strbuf_text(&path), &text, 65536);
	if (err == 0)
		sysctl_squeeze(out, strbuf_text(&text));
	strbuf_free(&path);
	strbuf_free(&text);
	return err;
}

bool sysctl_writable(const struct sysctl *sysctl)
{
	struct strbuf path = STRBUF_INIT;
	int fd;

	key_path(sysctl, &path);
	fd = open(strbuf_text(&path), O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	strbuf_free(&path);
	return fd >= 0;
}

int sysctl_write(const struct sysctl *sysctl, const char *value)
{
	struct strbuf path = STRBUF_INIT, now = STRBUF_INIT, want = STRBUF_INIT;
	int err = 0, fd;

	key_path(sysctl, &path);
	fd = open(strbuf_text(&path), O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		err = -errno;
	else
		err = value[0] != '\0' ? file_write(fd, value, strlen(value)) : file_write(fd, "\n", 1);
	if (fd >= 0)
		close(fd);
	if (err == 0)
		err = sysctl_read(sysctl, &now);
	sysctl_squeeze(&want, value);
	if (err == 0 && strcmp(strbuf_text(&now), strbuf_text(&want)) != 0)
		err = -EIO;
	strbuf_free(&path);
	strbuf_free(&now);
	strbuf_free(&want);
	return err;
}
