/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/atomic.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static int open_temporary(struct atomic_file *file)
{
	for (int tries = 0; tries < 16; tries++) {
		unsigned long long salt;

		if (getrandom(&salt, sizeof(salt), 0) != sizeof(salt))
			return -EIO;
		free(file->temporary);
		if (asprintf(&file->temporary, ".%s.%llx.tmp", file->name, salt) < 0) {
			file->temporary = NULL;
			return -ENOMEM;
		}
		file->fd = openat(file->dir, file->temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				  0600);
		if (file->fd >= 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	free(file->temporary);
	file->temporary = NULL;
	return -errno;
}

/*
 * One attribute; a file system without such, or a file without it, has nothing to pass on. What the
 * new file has already is not set: that may need a right that we lack.
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
 * The access list and the SELinux label. One that cannot be set is a failure: a file with the wrong
 * label is not read at the next boot.
 */
static int pass_on_attributes(const struct atomic_file *file)
{
	int old = openat(file->dir, file->name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	int err;

	/* A file that we may replace and not read: its attributes are out of reach too. */
	if (old < 0)
		return errno == ENOENT || errno == EACCES ? 0 : -errno;
	err = pass_on_attribute(file, old, "system.posix_acl_access");
	if (err == 0)
		err = pass_on_attribute(file, old, "security.selinux");
	close(old);
	return err;
}

/* Owner first: changing it clears set-id bits, and the mode must never be wider than the owner's wish. */
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

	/* What is synced can leave the cache, so that it is the disk that answers. */
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

	file->fd = -1;
	if (close(fd) != 0)
		return -errno;
	if (renameat(file->dir, file->temporary, file->dir, file->name) != 0)
		return -errno;
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

int atomic_replace(const char *path, mode_t mode, const void *bytes, size_t len)
{
	struct atomic_file file;
	int err = atomic_open(&file, path, mode);

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
