/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Checks that only we can write to the folders of the state. */
#include "base/file.h"
#include "base/number.h"
#include "store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In a user namespace, files of users that are not mapped there have this owner; the machine's root is one of them. */
static bool is_unmapped(uid_t uid)
{
	struct strbuf overflow = STRBUF_INIT, map = STRBUF_INIT;
	const char *at;
	uint64_t unmapped;
	bool good = file_read_path("/proc/sys/kernel/overflowuid", &overflow, 64) == 0 &&
		    file_read_path("/proc/self/uid_map", &map, 65536) == 0;

	at = strbuf_text(&overflow);
	good = good && number_take(&at, 10, UINT32_MAX, &unmapped) && unmapped == uid;

	for (const char *line = strbuf_text(&map); good && *line != '\0';) {
		unsigned long first, outside, count;

		good = sscanf(line, "%lu %lu %lu", &first, &outside, &count) == 3 && !(uid >= first && uid - first < count);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	strbuf_free(&overflow);
	strbuf_free(&map);
	return good;
}

/* Others can add files to a sticky folder, which file_read_own refuses, but cannot replace ours: -EACCES. */
static int check_folder(const struct stat *st, bool above)
{
	bool owned = st->st_uid == 0 || st->st_uid == geteuid() || (above && is_unmapped(st->st_uid));
	bool open = (st->st_mode & 022) != 0, sticky = (st->st_mode & S_ISVTX) != 0;

	if (!owned || (open && !sticky))
		return -EPERM;
	return open && !above ? -EACCES : 0;
}

/* Writes what is wrong with a folder, with its real path if /proc shows it. */
static void tell(struct strbuf *fault, const char *path, int fd, int err)
{
	char link[64], real[4096];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = fd >= 0 ? readlink(link, real, sizeof(real)) : -1;
	if (len > 0)
		strbuf_printf(fault, "%.*s: ", (int)len, real);
	else
		strbuf_printf(fault, "%s: ", path);
	strbuf_puts(fault, err == -ELOOP || err == -ENOTDIR ? "it is not a folder" : file_own_error(err == -EACCES ? -EPERM : err));
}

/* Checks a folder and all folders above it, up to the root. Closes fd. */
static int check_upwards(int fd, const char *path, bool above, struct strbuf *fault)
{
	struct stat st, parent;
	int err = 0;

	while (err == 0) {
		int up = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (up < 0 || fstat(fd, &st) != 0 || fstat(up, &parent) != 0)
			err = -errno;
		if (err == 0)
			err = check_folder(&st, above);
		if (err != 0)
			tell(fault, path, fd, err);
		close(fd);
		fd = up;
		above = true;
		if (err == 0 && st.st_dev == parent.st_dev && st.st_ino == parent.st_ino)
			break;
	}
	if (fd >= 0)
		close(fd);
	return err;
}

/* The owner of a symbolic link in the path could point it elsewhere. */
static int check_links(const char *path, struct strbuf *fault)
{
	int err = 0;

	for (size_t len = 1; err == 0 && path[len - 1] != '\0'; len++) {
		char *part = path[len] == '/' || path[len] == '\0' ? strndup(path, len) : NULL;
		struct stat st;

		if (part != NULL && lstat(part, &st) == 0 && S_ISLNK(st.st_mode) && st.st_uid != 0 &&
		    st.st_uid != geteuid() && !is_unmapped(st.st_uid))
			err = -EPERM;
		if (err != 0)
			tell(fault, part, -1, err);
		free(part);
	}
	return err;
}

/*
 * Opens a folder. If it does not exist yet, opens the nearest existing folder above it, in which it will be created,
 * and sets *above. Returns a descriptor or -errno.
 */
static int open_folder(char *path, bool *above)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		path[--len] = '\0';
	for (*above = false;; *above = true) {
		int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC | (*above ? 0 : O_NOFOLLOW));
		char *slash = strrchr(path, '/');

		if (fd >= 0)
			return fd;
		if (errno != ENOENT || strcmp(path, "/") == 0)
			return -errno;
		if (slash == NULL)
			return open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
		slash[slash == path] = '\0';
	}
}

static int check_path(const char *path, struct strbuf *fault)
{
	char *copy = strdup(path);
	bool above;
	int err = copy != NULL ? check_links(path, fault) : -ENOMEM;
	int fd = err == 0 ? open_folder(copy, &above) : err;

	if (err == 0 && fd < 0)
		tell(fault, copy, -1, fd);
	if (fd >= 0)
		err = check_upwards(fd, path, above, fault);
	free(copy);
	return fd < 0 ? fd : err;
}

int state_check(const struct state *state, struct strbuf *fault)
{
	struct strbuf path = STRBUF_INIT;
	int err = check_path(state->dir, fault);

	if (err == 0)
		err = check_path(state_path(state, "generations", &path), fault);
	if (err == 0)
		err = check_path(state->run, fault);
	strbuf_free(&path);
	return err;
}
