/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fake/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = { "", "generations/", "run/" };

static void give_up(const char *what, const char *path)
{
	printf("Bail out! %s %s: %s\n", what, path, strerror(errno));
	exit(3);
}

static void read_bytes(const char *path, struct strbuf *out)
{
	char part[8192];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		give_up("reading", path);
	while ((len = read(fd, part, sizeof(part))) > 0)
		strbuf_add(out, part, (size_t)len);
	close(fd);
}

static void read_file(struct fake_disk *disk, const char *dir, const char *folder, const char *name)
{
	struct fake_file file = { .bytes = STRBUF_INIT };
	char path[4096], target[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s%s", dir, folder, name);
	if (lstat(path, &st) != 0)
		give_up("reading", path);
	if (S_ISDIR(st.st_mode))
		return;
	file.is_link = S_ISLNK(st.st_mode);
	file.name = strdup(path + strlen(dir) + 1);
	if (file.is_link) {
		ssize_t len = readlink(path, target, sizeof(target));

		strbuf_add(&file.bytes, target, len > 0 ? (size_t)len : 0);
	} else {
		read_bytes(path, &file.bytes);
	}
	if (file.name == NULL || !vec_push(&disk->files, file))
		give_up("keeping", path);
}

void fake_disk_read(struct fake_disk *disk, const char *dir)
{
	*disk = (struct fake_disk){ .files = { 0 } };
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		char path[4096];
		DIR *open;

		snprintf(path, sizeof(path), "%s/%s", dir, folders[i]);
		open = opendir(path);
		if (open == NULL)
			give_up("listing", path);
		for (struct dirent *entry; (entry = readdir(open)) != NULL;)
			if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
				read_file(disk, dir, folders[i], entry->d_name);
		closedir(open);
	}
}

static void write_file(const struct fake_file *file, const char *dir)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, file->name);
	if (file->is_link) {
		if (symlink(strbuf_text(&file->bytes), path) != 0)
			give_up("linking", path);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, strbuf_text(&file->bytes), file->bytes.len) != (ssize_t)file->bytes.len)
		give_up("writing", path);
	close(fd);
}

void fake_disk_write(const struct fake_disk *disk, const char *dir)
{
	struct fake_disk now;

	fake_disk_read(&now, dir);
	for (size_t i = 0; i < now.files.len; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", dir, now.files.item[i].name);
		if (unlink(path) != 0)
			give_up("removing", path);
	}
	fake_disk_free(&now);
	for (size_t i = 0; i < disk->files.len; i++)
		write_file(&disk->files.item[i], dir);
}

struct fake_file *fake_disk_find(struct fake_disk *disk, const char *name)
{
	for (size_t i = 0; i < disk->files.len; i++)
		if (strcmp(disk->files.item[i].name, name) == 0)
			return &disk->files.item[i];
	return NULL;
}

void fake_disk_free(struct fake_disk *disk)
{
	for (size_t i = 0; i < disk->files.len; i++) {
		free(disk->files.item[i].name);
		strbuf_free(&disk->files.item[i].bytes);
	}
	vec_free(&disk->files);
}
