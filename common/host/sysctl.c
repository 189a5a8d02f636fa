/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/sysctl.h"
#include "base/file.h"
#include "ruletext/sysctl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* If the key has slashes, its dots belong to names: net/ipv4/conf/eth0.5/rp_filter. */
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

/*
 * Settings that change a setting of every interface below conf, or another one. tests/prove/settings.py checks this
 * table against the kernel.
 */
static const struct {
	const char *key, *conf, *leaves[2], *other;
} leaders[] = {
	{ "net/ipv4/ip_forward", "net/ipv4/conf", { "forwarding" }, "net.ipv4.conf.all.accept_redirects" },
	{ "net/ipv4/conf/all/forwarding", "net/ipv4/conf", { "forwarding" }, "net.ipv4.conf.all.accept_redirects" },
	{ "net/ipv6/conf/all/forwarding", "net/ipv6/conf", { "forwarding", "force_forwarding" }, NULL },
	{ "net/ipv6/conf/all/force_forwarding", "net/ipv6/conf", { "force_forwarding" }, NULL },
	{ "net/ipv6/conf/all/disable_ipv6", "net/ipv6/conf", { "disable_ipv6" }, NULL },
	{ "net/ipv6/conf/all/addr_gen_mode", "net/ipv6/conf", { "addr_gen_mode" }, NULL },
	{ "net/ipv6/conf/all/ignore_routes_with_linkdown", "net/ipv6/conf", { "ignore_routes_with_linkdown" }, NULL },
};

static int list_interfaces(const char *conf, const char *const leaves[2], struct strbuf *out)
{
	struct strbuf path = STRBUF_INIT;
	DIR *dir;
	const struct dirent *entry;

	strbuf_printf(&path, "/proc/sys/%s", conf);
	dir = path.failed ? NULL : opendir(strbuf_text(&path));
	strbuf_free(&path);
	if (dir == NULL)
		return -errno;
	while ((entry = readdir(dir)) != NULL)
		for (int i = 0; i < 2 && leaves[i] != NULL && entry->d_name[0] != '.' && strcmp(entry->d_name, "all") != 0; i++)
			strbuf_printf(out, "%s/%s/%s\n", conf, entry->d_name, leaves[i]);
	closedir(dir);
	return out->failed ? -ENOMEM : 0;
}

int sysctl_followers(const char *key, struct strbuf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(leaders); i++) {
		if (!sysctl_same_key(key, leaders[i].key))
			continue;
		if (leaders[i].other != NULL)
			strbuf_printf(out, "%s\n", leaders[i].other);
		return list_interfaces(leaders[i].conf, leaders[i].leaves, out);
	}
	return 0;
}

static int write_only(const char *key, const char *value)
{
	int fd = open_setting(key, O_WRONLY), err = fd < 0 ? fd : 0;

	if (err == 0)
		err = value[0] != '\0' ? file_write(fd, value, strlen(value)) : file_write(fd, "\n", 1);
	if (fd >= 0)
		close(fd);
	return err;
}

int sysctl_write(const char *key, const char *value)
{
	struct strbuf before = STRBUF_INIT, now = STRBUF_INIT, want = STRBUF_INIT;
	bool readable = sysctl_read(key, &before) == 0;
	int err = write_only(key, value);

	if (err == 0)
		err = sysctl_read(key, &now);
	sysctl_squeeze(&want, value);
	if (err == 0 && strcmp(strbuf_text(&now), strbuf_text(&want)) != 0)
		err = readable && write_only(key, strbuf_text(&before)) == 0 ? -EDOM : -EIO;
	strbuf_free(&before);
	strbuf_free(&now);
	strbuf_free(&want);
	return err;
}
