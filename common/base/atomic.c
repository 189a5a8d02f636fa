/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/atomic.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static int open_directory_of(const char *path, struct atomic_file *file)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
	int err = 0;

	file->name = strdup(slash == NULL ? path : slash + 1);
	if (dir == NULL || file->name == NULL)
		err = -ENOMEM;
	else if (file->name[0] == '\0')
		err = -EISDIR;
	else if ((file->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		err = -errno;
	free(dir);
	return err;
}

/* In the name of a temporary: ".NAME.0123456789abcdef.tmp". */
enum { SALT_DIGITS = 16 };

/*
 * Locks our new temporary, so that atomic_tidy of another process does not remove it. False: such a process has the
 * lock, or has already removed the file. On a file system without locks, atomic_tidy removes nothing.
 */
static bool is_ours(int fd)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return errno != EWOULDBLOCK;
	return fstat(fd, &st) != 0 || st.st_nlink > 0;
}

static int open_temporary(struct atomic_file *file)
{
	for (int tries = 0; tries < 16; tries++) {
		unsigned long long salt;

		if (getrandom(&salt, sizeof(salt), 0) != sizeof(salt))
			return -EIO;
		free(file->temporary);
		if (asprintf(&file->temporary, ".%s.%0*llx.tmp", file->name, SALT_DIGITS, salt) < 0) {
			file->temporary = NULL;
			return -ENOMEM;
		}
		file->fd = openat(file->dir, file->temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				  0600);
		if (file->fd >= 0 && is_ours(file->fd))
			return 0;
		if (file->fd < 0 && errno != EEXIST)
			break;
		if (file->fd >= 0)
			close(file->fd);
		file->fd = -1;
		errno = EEXIST;
	}
	free(file->temporary);
	file->temporary = NULL;
	return -errno;
}

/*
 * Copies one attribute of the old file, if it has it and the file system supports it. If the new file already has the
 * same value, it is not set, because that may need a privilege that we lack.
 */
static int pass_on_attribute(const struct atomic_file *file, int old, const char *name)
{
	ssize_t size = fgetxattr(old, name, NULL, 0);
	char *value, *present;
	int err = 0;

	if (size <= 0)
		return size == 0 || errno == ENODATA || errno == EOPNOTSUPP ? 0 : -errno;
	value = malloc(2 * (size_t)size);
	if (value == NULL)
		return -ENOMEM;
	present = value + size;
	size = fgetxattr(old, name, value, (size_t)size);
	if (size < 0)
		err = -errno;
	else if (fgetxattr(file->fd, name, present, (size_t)size) == size && memcmp(value, present, (size_t)size) == 0)
		err = 0;
	else if (fsetxattr(file->fd, name, value, (size_t)size, 0) != 0)
		err = -errno;
	free(value);
	return err;
}

/*
 * Copies the access list and the SELinux label. If one cannot be set, this is an error: a file with the wrong label
 * cannot be read at the next boot.
 */
static int pass_on_attributes(const struct atomic_file *file)
{
	int old = openat(file->dir, file->name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	int err;

	/* EACCES: we may replace the file but not read it, so its attributes cannot be read either. */
	if (old < 0)
		return errno == ENOENT || errno == EACCES ? 0 : -errno;
	err = pass_on_attribute(file, old, "system.posix_acl_access");
	if (err == 0)
		err = pass_on_attribute(file, old, "security.selinux");
	close(old);
	return err;
}

/* Owner first, because changing it clears the set-id bits, and another owner must never have the final mode. */
static int pass_on_mode(struct atomic_file *file, mode_t mode)
{
	struct stat old;

	if (fstatat(file->dir, file->name, &old, AT_SYMLINK_NOFOLLOW) == 0) {
		if (!S_ISREG(old.st_mode))
			return S_ISDIR(old.st_mode) ? -EISDIR : -EINVAL;
		if (fchown(file->fd, old.st_uid, old.st_gid) != 0 && geteuid() == 0)
			return -errno;
		mode = old.st_mode & 07777;
	}
	return fchmod(file->fd, mode) == 0 ? pass_on_attributes(file) : -errno;
}

int atomic_open(struct atomic_file *file, const char *path, mode_t mode)
{
	int err;

	*file = (struct atomic_file){ .fd = -1, .dir = -1 };
	err = open_directory_of(path, file);
	if (err == 0)
		err = open_temporary(file);
	if (err == 0)
		err = pass_on_mode(file, mode);
	return err;
}

int atomic_write(struct atomic_file *file, const void *bytes, size_t len)
{
	return file_write(file->fd, bytes, len);
}

int atomic_verify(const struct atomic_file *file, const void *bytes, size_t len)
{
	struct strbuf text = STRBUF_INIT;
	int err = fsync(file->fd) == 0 ? 0 : -errno;

	/* Synced pages can be dropped from the page cache, so that the disk is read. */
	if (err == 0)
		err = -posix_fadvise(file->fd, 0, 0, POSIX_FADV_DONTNEED);
	if (err == 0 && lseek(file->fd, 0, SEEK_SET) != 0)
		err = -errno;
	if (err == 0)
		err = file_read(file->fd, &text, len + 1);
	if (err == 0 && (text.len != len || memcmp(strbuf_text(&text), bytes, len) != 0))
		err = -EIO;
	strbuf_free(&text);
	return err;
}

static int rename_over(struct atomic_file *file)
{
	int fd = file->fd;

	/* Close it after the rename, because that releases the lock. It was written, so closing reports nothing new. */
	if (renameat(file->dir, file->temporary, file->dir, file->name) != 0)
		return -errno;
	file->fd = -1;
	close(fd);
	free(file->temporary);
	file->temporary = NULL;
	return 0;
}

int atomic_publish(struct atomic_file *file)
{
	int err = fsync(file->fd) == 0 ? rename_over(file) : -errno;

	if (err == 0 && fsync(file->dir) != 0)
		err = -errno;
	return err;
}

void atomic_release(struct atomic_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->temporary != NULL)
		unlinkat(file->dir, file->temporary, 0);
	if (file->dir >= 0)
		close(file->dir);
	free(file->temporary);
	free(file->name);
	*file = (struct atomic_file){ .fd = -1, .dir = -1 };
}

static bool is_temporary(const struct atomic_file *file, const char *name)
{
	size_t len = strlen(file->name);

	return name[0] == '.' && strncmp(name + 1, file->name, len) == 0 && name[1 + len] == '.' &&
	       strspn(name + 2 + len, "0123456789abcdef") == SALT_DIGITS && strcmp(name + 2 + len + SALT_DIGITS, ".tmp") == 0 &&
	       (file->temporary == NULL || strcmp(name, file->temporary) != 0);
}

void atomic_tidy(const struct atomic_file *file)
{
	DIR *dir = file_list(file->dir);

	if (dir == NULL)
		return;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		int old = is_temporary(file, entry->d_name) ?
				  openat(file->dir, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;

		if (old >= 0 && flock(old, LOCK_EX | LOCK_NB) == 0)
			unlinkat(file->dir, entry->d_name, 0);
		if (old >= 0)
			close(old);
	}
	closedir(dir);
}

/* Like fs.protected_symlinks of the kernel: do not follow a link that another user created in /tmp. */
static bool is_trap(const char *path, const struct stat *link)
{
	const char *slash = strrchr(path, '/');
	struct strbuf dir = STRBUF_INIT;
	struct stat st;
	bool trap;

	strbuf_add(&dir, path, slash != NULL ? (size_t)(slash + 1 - path) : 0);
	trap = stat(slash != NULL ? strbuf_text(&dir) : ".", &st) != 0 ||
	       ((st.st_mode & S_ISVTX) != 0 && (st.st_mode & S_IWOTH) != 0 && link->st_uid != geteuid() && link->st_uid != st.st_uid);
	strbuf_free(&dir);
	return trap;
}

/* Replaces the last component of the path, a symbolic link, by its target. */
static int follow(struct strbuf *path)
{
	char link[PATH_MAX];
	ssize_t len = readlink(strbuf_text(path), link, sizeof(link) - 1);
	const char *slash = strrchr(strbuf_text(path), '/');
	struct strbuf next = STRBUF_INIT;

	if (len < 0)
		return -errno;
	link[len] = '\0';
	if (link[0] != '/' && slash != NULL)
		strbuf_add(&next, strbuf_text(path), (size_t)(slash + 1 - strbuf_text(path)));
	strbuf_puts(&next, link);
	strbuf_free(path);
	*path = next;
	return path->failed ? -ENOMEM : 0;
}

/* The descriptor that a path such as /dev/fd/3 names; -1: the path is not of this form. */
static int own_descriptor(const char *path)
{
	static const char *const folders[] = { "/proc/self/fd/", "/dev/fd/" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		const char *number = path + strlen(folders[i]);

		if (strncmp(path, folders[i], strlen(folders[i])) == 0 && strspn(number, "0123456789") == strlen(number) &&
		    strlen(number) > 0 && strlen(number) < 7)
			return atoi(number);
	}
	return -1;
}

/* True if the path, with links followed, is something that cannot be replaced, such as a device or a FIFO. */
static bool is_special(const char *path)
{
	struct stat st;

	return own_descriptor(path) >= 0 || (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
}

int atomic_target(const char *path, struct strbuf *target)
{
	enum { LINKS_MAX = 40 };
	struct strbuf now = STRBUF_INIT;
	struct stat st;
	int err = 0, links = 0;

	strbuf_puts(&now, path);
	while (err == 0 && !is_special(strbuf_text(&now)) && lstat(strbuf_text(&now), &st) == 0 && S_ISLNK(st.st_mode))
		err = links++ == LINKS_MAX ? -ELOOP : is_trap(strbuf_text(&now), &st) ? -EACCES : follow(&now);
	if (err == 0 && is_special(strbuf_text(&now)))
		err = -ENXIO;
	if (err == 0 || err == -ENXIO)
		strbuf_puts(target, strbuf_text(&now));
	strbuf_free(&now);
	return err;
}

/* Writes to something that cannot be replaced. Our own descriptors are written to at their current offset. */
static int write_there(const char *path, const void *bytes, size_t len)
{
	int own = own_descriptor(path), fd, err;

	if (own >= 0)
		return file_write(own, bytes, len);
	fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	err = fd >= 0 ? file_write(fd, bytes, len) : -errno;
	if (fd >= 0 && close(fd) != 0 && err == 0)
		err = -errno;
	return err;
}

int atomic_put(const char *path, mode_t mode, const void *bytes, size_t len)
{
	struct strbuf target = STRBUF_INIT;
	int err = atomic_target(path, &target);

	if (err == 0)
		err = atomic_replace(strbuf_text(&target), mode, bytes, len);
	else if (err == -ENXIO)
		err = write_there(strbuf_text(&target), bytes, len);
	strbuf_free(&target);
	return err;
}

int atomic_replace(const char *path, mode_t mode, const void *bytes, size_t len)
{
	struct atomic_file file;
	int err = atomic_open(&file, path, mode);

	if (err == 0)
		atomic_tidy(&file);
	if (err == 0)
		err = atomic_write(&file, bytes, len);
	if (err == 0)
		err = atomic_verify(&file, bytes, len);
	if (err == 0)
		err = atomic_publish(&file);
	atomic_release(&file);
	return err;
}

int atomic_replace_volatile(const char *path, mode_t mode, const void *bytes, size_t len)
{
	struct atomic_file file;
	int err = atomic_open(&file, path, mode);

	if (err == 0)
		err = atomic_write(&file, bytes, len);
	if (err == 0)
		err = rename_over(&file);
	atomic_release(&file);
	return err;
}
