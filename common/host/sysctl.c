/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sysctl.h"
#include "base/file.h"
#include "ruletext/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* With a slash in the key, dots belong to names: net/ipv4/conf/eth0.5/rp_filter. */
static int key_path(const char *key, struct strbuf *path)
{
	bool slashes = strchr(key, '/') != NULL;

	if (strncmp(key, "net", 3) != 0 || (key[3] != '.' && key[3] != '/') || strstr(key, "..") != NULL)
		return -EINVAL;
	strbuf_puts(path, "/proc/sys/");
	for (const char *c = key; *c != '\0'; c++)
		strbuf_putc(path, *c == '.' && !slashes ? '/' : *c);
	return path->failed ? -ENOMEM : 0;
}

static int open_setting(const char *key, int flags)
{
	struct strbuf path = STRBUF_INIT;
	int err = key_path(key, &path);
	int fd = err == 0 ? open(strbuf_text(&path), flags | O_CLOEXEC) : err;

	if (err == 0 && fd < 0)
		fd = -errno;
	strbuf_free(&path);
	return fd;
}

int sysctl_read(const char *key, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT;
	int fd = open_setting(key, O_RDONLY);
	int err = fd < 0 ? fd : file_read(fd, &text, 65536);

	if (fd >= 0)
		close(fd);
	if (err == 0)
		sysctl_squeeze(out, strbuf_text(&text));
	strbuf_free(&text);
	return err;
}

bool sysctl_writable(const char *key)
{
	int fd = open_setting(key, O_WRONLY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

int sysctl_write(const char *key, const char *value)
{
	struct strbuf now = STRBUF_INIT, want = STRBUF_INIT;
	int fd = open_setting(key, O_WRONLY), err = fd < 0 ? fd : 0;

	if (err == 0)
		err = value[0] != '\0' ? file_write(fd, value, strlen(value)) : file_write(fd, "\n", 1);
	if (fd >= 0)
		close(fd);
	if (err == 0)
		err = sysctl_read(key, &now);
	sysctl_squeeze(&want, value);
	if (err == 0 && strcmp(strbuf_text(&now), strbuf_text(&want)) != 0)
		err = -EIO;
	strbuf_free(&now);
	strbuf_free(&want);
	return err;
}
