/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A library for LD_PRELOAD that limits one directory like a small disk, for tests that cannot mount one. The file
 * $SMALL_DISK.size has up to two numbers, read again at each call: the size in bytes, 0 for read-only, and the largest
 * number of files. A file uses as many pages of 4096 bytes as it needs. Only these calls on files of the directory itself
 * are limited: openat, write, pwrite, splice with an offset, and fstatvfs.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PAGE = 4096 };

struct disk {
	long long size, used;
	long names, most_names;
};

static long long pages(long long bytes)
{
	return (bytes + PAGE - 1) / PAGE * PAGE;
}

/* Reads the limits, and adds up the size and number of the files. */
static bool disk_read(struct disk *disk)
{
	const char *dir = getenv("SMALL_DISK");
	char path[4096];
	const struct dirent *entry;
	struct stat st;
	FILE *limits;
	DIR *list;

	*disk = (struct disk){ .most_names = 1000000 };
	if (dir == NULL || snprintf(path, sizeof(path), "%s.size", dir) >= (int)sizeof(path))
		return false;
	limits = fopen(path, "re");
	if (limits == NULL)
		return false;
	if (fscanf(limits, "%lld %ld", &disk->size, &disk->most_names) < 1)
		disk->size = 0;
	fclose(limits);
	list = opendir(dir);
	while (list != NULL && (entry = readdir(list)) != NULL) {
		if (fstatat(dirfd(list), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
			continue;
		disk->used += pages(st.st_size);
		disk->names++;
	}
	if (list != NULL)
		closedir(list);
	return true;
}

/* Is the descriptor the disk's directory, or a file in it? */
static bool on_disk(int fd)
{
	const char *dir = getenv("SMALL_DISK");
	char link[64], path[4096];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = dir == NULL ? -1 : readlink(link, path, sizeof(path) - 1);
	if (len < 0)
		return false;
	path[len] = '\0';
	return strncmp(path, dir, strlen(dir)) == 0 && (path[strlen(dir)] == '/' || path[strlen(dir)] == '\0');
}

/* The number of bytes that fit at this offset; 0: none. */
static size_t fitting(int fd, size_t len, long long offset)
{
	struct disk disk;
	struct stat st;
	long long end;

	if (!on_disk(fd) || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || !disk_read(&disk))
		return len;
	end = pages(st.st_size) + (disk.size - disk.used) / PAGE * PAGE;
	if (offset >= end)
		return 0;
	return (long long)len < end - offset ? len : (size_t)(end - offset);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	static ssize_t (*real)(int, const void *, size_t);
	off_t at = (fcntl(fd, F_GETFL) & O_APPEND) != 0 ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
	size_t fit = at < 0 ? len : fitting(fd, len, at);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "write");
	if (fit == 0 && len > 0) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, bytes, fit);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
	static ssize_t (*real)(int, const void *, size_t, off_t);
	size_t fit = fitting(fd, len, offset);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "pwrite");
	if (fit == 0 && len > 0) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, bytes, fit, offset);
}

ssize_t splice(int in, off64_t *from, int out, off64_t *to, size_t len, unsigned flags)
{
	static ssize_t (*real)(int, off64_t *, int, off64_t *, size_t, unsigned);
	size_t fit = to == NULL ? len : fitting(out, len, *to);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "splice");
	if (fit == 0 && len > 0) {
		errno = ENOSPC;
		return -1;
	}
	return real(in, from, out, to, fit, flags);
}

int openat(int dir, const char *name, int flags, ...)
{
	static int (*real)(int, const char *, int, ...);
	struct disk disk;
	mode_t mode = 0;
	va_list args;

	va_start(args, flags);
	if ((flags & (O_CREAT | O_TMPFILE)) != 0)
		mode = va_arg(args, mode_t);
	va_end(args);
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "openat");
	if ((flags & (O_ACCMODE | O_CREAT)) != O_RDONLY && on_disk(dir) && disk_read(&disk)) {
		if (disk.size == 0 || (disk.names >= disk.most_names && faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0)) {
			errno = disk.size == 0 ? EROFS : ENOSPC;
			return -1;
		}
	}
	return real(dir, name, flags, mode);
}

int fstatvfs(int fd, struct statvfs *fs)
{
	static int (*real)(int, struct statvfs *);
	struct disk disk;
	int result;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "fstatvfs");
	result = real(fd, fs);
	if (result == 0 && on_disk(fd) && disk_read(&disk)) {
		fs->f_bsize = fs->f_frsize = PAGE;
		fs->f_blocks = (fsblkcnt_t)(disk.size / PAGE);
		fs->f_bfree = fs->f_bavail = disk.size > disk.used ? (fsblkcnt_t)((disk.size - disk.used) / PAGE) : 0;
	}
	return result;
}

/* The names of these calls in programs built for large files. */
#if __SIZEOF_LONG__ == 8
ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t offset) __attribute__((alias("pwrite")));
int openat64(int dir, const char *name, int flags, ...) __attribute__((alias("openat")));
int fstatvfs64(int fd, struct statvfs64 *fs) __attribute__((alias("fstatvfs")));
#endif
