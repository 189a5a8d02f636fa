/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "system/sysctl.h"
#include "base/file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void squeeze(struct strbuf *out, const char *text);

/* As sysctl_read gives it, so that both can be compared; empty for a list with nothing in it. NULL: no memory. */
static char *squeezed(const char *text, size_t len)
{
	struct strbuf out = STRBUF_INIT;
	char *copy = strndup(text, len), *value;

	if (copy != NULL)
		squeeze(&out, copy);
	value = copy != NULL && !out.failed ? strdup(strbuf_text(&out)) : NULL;
	strbuf_free(&out);
	free(copy);
	return value;
}

int sysctl_parse(struct sysctl *sysctl, const char *text, size_t len)
{
	const char *equal = memchr(text, '=', len);
	size_t key = equal != NULL ? (size_t)(equal - text) : 0, value;

	*sysctl = (struct sysctl){ .key = NULL };
	while (key > 0 && text[key - 1] == ' ')
		key--;
	if (key < 5 || memcmp(text, "net", 3) != 0 || (text[3] != '.' && text[3] != '/') ||
	    memmem(text, key, "..", 2) != NULL || memmem(text, key, "//", 2) != NULL)
		return -EINVAL;
	value = len - (size_t)(equal + 1 - text);
	while (value > 0 && equal[value] == ' ')
		value--;
	equal++;
	while (value > 0 && *equal == ' ') {
		equal++;
		value--;
	}
	sysctl->key = strndup(text, key);
	sysctl->value = squeezed(equal, value);
	if (sysctl->key == NULL || sysctl->value == NULL) {
		sysctl_free(sysctl);
		return -ENOMEM;
	}
	return 0;
}

void sysctl_free(struct sysctl *sysctl)
{
	free(sysctl->key);
	free(sysctl->value);
	free(sysctl->before);
	*sysctl = (struct sysctl){ .key = NULL };
}

bool sysctl_opens(const struct sysctl *sysctl)
{
	static const struct {
		const char *part;
		bool opens_at_zero;
	} keys[] = {
		{ "ip_forward", false },  { "forwarding", false },	{ "accept_", false },
		{ "proxy_arp", false },	  { "route_localnet", false },	{ "proxy_ndp", false },
		{ "rp_filter", true },	  { "bridge-nf-call-", true },	{ "send_redirects", false },
		{ "nonlocal_bind", false }, { "nf_conntrack_helper", false },
	};
	bool zero = strcmp(sysctl->value, "0") == 0;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strstr(sysctl->key, keys[i].part) != NULL)
			return zero == keys[i].opens_at_zero;
	return false;
}

/* With a slash in the key, dots belong to names: net/ipv4/conf/eth0.5/rp_filter. */
static void key_path(const struct sysctl *sysctl, struct strbuf *path)
{
	bool slashes = strchr(sysctl->key, '/') != NULL;

	strbuf_puts(path, "/proc/sys/");
	for (const char *c = sysctl->key; *c != '\0'; c++)
		strbuf_putc(path, *c == '.' && !slashes ? '/' : *c);
}

static void squeeze(struct strbuf *out, const char *text)
{
	bool blank = false;

	for (; *text != '\0'; text++) {
		if (isspace((unsigned char)*text)) {
			blank = true;
			continue;
		}
		if (blank && out->len > 0)
			strbuf_putc(out, ' ');
		blank = false;
		strbuf_putc(out, *text);
	}
}

int sysctl_read(const struct sysctl *sysctl, struct strbuf *out)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	int err;

	key_path(sysctl, &path);
	err = file_read_path(strbuf_text(&path), &text, 65536);
	if (err == 0)
		squeeze(out, strbuf_text(&text));
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
	squeeze(&want, value);
	if (err == 0 && strcmp(strbuf_text(&now), strbuf_text(&want)) != 0)
		err = -EIO;
	strbuf_free(&path);
	strbuf_free(&now);
	strbuf_free(&want);
	return err;
}
