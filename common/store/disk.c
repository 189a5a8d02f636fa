/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/disk.h"
#include "base/atomic.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int disk_gate(const struct state *state, const char *what, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	int err = 0;

	if (state->gate != NULL) {
		strbuf_printf(&text, "%s %s", what, path);
		err = state->gate(state->gate_arg, strbuf_text(&text));
		strbuf_free(&text);
	}
	return err < 0 ? err : 0;
}

int disk_make(const struct state *state, const char *path)
{
	struct stat st;
	int err;

	if (lstat(path, &st) == 0)
		return 0; /* state_check checks it */
	err = disk_gate(state, "make", path);
	if (err == 0 && mkdir(path, 0700) != 0 && errno != EEXIST)
		err = -errno;
	return err;
}

int disk_write(const struct state *state, const char *path, const struct strbuf *bytes)
{
	struct atomic_file file = { .fd = -1, .dir = -1 };
	struct stat st;
	bool fresh = lstat(path, &st) != 0;
	int err = bytes->failed ? -ENOMEM : disk_gate(state, "create", path);

	if (err == 0)
		err = atomic_open(&file, path, 0600);
	if (err == 0)
		err = disk_gate(state, "write", path);
	if (err == 0)
		err = atomic_write(&file, strbuf_text(bytes), bytes->len);
	if (err == 0)
		err = disk_gate(state, "sync", path);
	if (err == 0)
		err = atomic_verify(&file, strbuf_text(bytes), bytes->len);
	if (err == 0)
		err = disk_gate(state, "place", path);
	if (err == 0)
		err = atomic_publish(&file);
	if (err == 0)
		err = disk_gate(state, "keep", path);
	if (err != 0 && fresh)
		unlink(path); /* best effort: the caller removes it too */
	atomic_release(&file);
	return err;
}

int disk_remove(const struct state *state, const char *path)
{
	struct stat st;
	int err;

	if (lstat(path, &st) != 0 && errno == ENOENT)
		return 0;
	err = disk_gate(state, "remove", path);
	if (err == 0 && unlink(path) != 0 && errno != ENOENT)
		err = -errno;
	return err;
}

int disk_rename(const struct state *state, const char *from, const char *to, bool exchange)
{
	int err = disk_gate(state, "rename", from);

	return err == 0 ? file_rename(AT_FDCWD, from, AT_FDCWD, to, exchange ? RENAME_EXCHANGE : 0) : err;
}

int disk_link(const struct state *state, const char *target, const char *path)
{
	int err = disk_remove(state, path);

	if (err == 0)
		err = disk_gate(state, "link", path);
	if (err == 0 && symlink(target, path) != 0)
		err = -errno;
	return err;
}

int disk_sync(const struct state *state, const char *path)
{
	int err = disk_gate(state, "sync", path), fd;

	if (err != 0)
		return err;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}
