/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/access.h"
#include "base/file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ACL_SIZE_MAX 65536 /* XATTR_SIZE_MAX, include/uapi/linux/limits.h */
#define LINKS_MAX    40    /* MAXSYMLINKS, include/linux/namei.h */

static bool is_ours(uid_t user)
{
	return user == 0 || user == geteuid();
}

/* Reads the access control list, also through a descriptor of O_PATH. Its length; 0: there is none; or -errno. */
static ssize_t read_list(int fd, char list[static ACL_SIZE_MAX])
{
	struct strbuf path = STRBUF_INIT;
	ssize_t len = fgetxattr(fd, "system.posix_acl_access", list, ACL_SIZE_MAX);

	if (len < 0 && errno == EBADF) {
		strbuf_printf(&path, "/proc/self/fd/%d", fd);
		len = getxattr(strbuf_text(&path), "system.posix_acl_access", list, ACL_SIZE_MAX);
		strbuf_free(&path);
	}
	if (len < 0)
		return errno == ENODATA || errno == ENOTSUP ? 0 : -errno;
	return len;
}

/* True if everybody in this group of a file is trusted: root's, or the owner's own where another user is the owner. */
static bool is_own_group(gid_t group, const struct stat *st)
{
	const struct passwd *owner = group == 0 || is_ours(st->st_uid) ? NULL : getpwuid(st->st_uid);

	return group == 0 || (owner != NULL && owner->pw_gid == group);
}

/* The danger of the entries that the mask allows to write. */
static enum access_danger check_list(const char *list, size_t len, const struct stat *st)
{
	for (size_t at = sizeof(struct posix_acl_xattr_header); at + sizeof(struct posix_acl_xattr_entry) <= len;
	     at += sizeof(struct posix_acl_xattr_entry)) {
		struct posix_acl_xattr_entry entry;
		unsigned tag, id;

		memcpy(&entry, list + at, sizeof(entry));
		tag = le16toh(entry.e_tag);
		id = le32toh(entry.e_id);
		if ((le16toh(entry.e_perm) & ACL_WRITE) == 0)
			continue;
		if (tag == ACL_GROUP_OBJ && !is_own_group(st->st_gid, st))
			return ACCESS_GROUP;
		if ((tag == ACL_USER && !is_ours(id) && id != st->st_uid) ||
		    (tag == ACL_GROUP && !is_own_group(id, st)))
			return ACCESS_LIST;
	}
	return ACCESS_OURS;
}

/* The first danger apart from the owner: whom the mode or the list lets write, other than root, us and the owner. */
static enum access_danger check_others(int fd, const struct stat *st)
{
	enum access_danger danger;
	char *list;
	ssize_t len;

	if ((st->st_mode & S_IWOTH) != 0)
		return ACCESS_EVERYBODY;
	if ((st->st_mode & S_IWGRP) == 0)
		return ACCESS_OURS; /* these bits are also the mask of an access control list */
	list = malloc(ACL_SIZE_MAX);
	len = list == NULL ? -ENOMEM : read_list(fd, list);
	if (len == 0)
		danger = is_own_group(st->st_gid, st) ? ACCESS_OURS : ACCESS_GROUP;
	else
		danger = len < 0 ? ACCESS_LIST : check_list(list, (size_t)len, st);
	free(list);
	return danger;
}

enum access_danger access_check(int fd, const struct stat *st)
{
	return is_ours(st->st_uid) ? check_others(fd, st) : ACCESS_OWNER;
}

int access_read_config(const char *path, bool run, struct strbuf *out, size_t max)
{
	bool strict = run && geteuid() == 0;
	struct stat st;
	int fd, err = 0;

	/* Check before opening: opening a device can have effects. */
	if (lstat(path, &st) != 0)
		return -errno;
	if (S_ISLNK(st.st_mode) && strict && st.st_uid != 0)
		return -EPERM;
	if (S_ISLNK(st.st_mode) && stat(path, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -ENOTSUP;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -ENOTSUP;
	else if (strict && (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0))
		err = -EPERM;
	if (err == 0)
		err = file_read(fd, out, max);
	close(fd);
	return err;
}

const char *access_read_error(int err)
{
	switch (err) {
	case -EPERM:
		return "its owner or its mode lets other users write it, and its scripts would run as root";
	case -EISDIR:
		return "it is a directory";
	case -ENOTSUP:
		return "it is not a regular file: use - for standard input";
	default:
		return strerror(-err);
	}
}

/* The walk to a file. */
struct walk {
	int dir;            /* owned; the directory that was reached */
	bool shared;        /* a user other than root and us can create links there */
	uid_t owner;        /* the other user who controls the path so far, or 0 */
	unsigned links;     /* the number of links that were followed */
	struct strbuf rest; /* the path from there */
};

/* Notes that this user controls the path. -EPERM: another one does too. */
static int give_to(struct walk *walk, uid_t user)
{
	if (is_ours(user))
		return 0;
	if (walk->owner != 0 && walk->owner != user)
		return -EPERM;
	walk->owner = user;
	return 0;
}

/* Enters the directory, which the walk takes over. */
static int enter(struct walk *walk, int fd)
{
	bool sticky;
	struct stat st;

	close(walk->dir);
	walk->dir = fd;
	if (fstat(fd, &st) != 0)
		return -errno;
	sticky = (st.st_mode & S_ISVTX) != 0;
	switch (access_check(fd, &st)) {
	case ACCESS_OURS:
		walk->shared = false;
		return 0;
	case ACCESS_OWNER:
		walk->shared = true;
		return sticky || check_others(fd, &st) == ACCESS_OURS ? give_to(walk, st.st_uid) : -EPERM;
	default:
		walk->shared = true; /* like /tmp: the owner of what is in it decides */
		return sticky ? 0 : -EPERM;
	}
}

/* Puts the target of a link before the rest of the path. */
static int follow(struct walk *walk, const char *name)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(walk->dir, name, target, sizeof(target));
	struct strbuf rest = STRBUF_INIT;

	if (len < 0)
		return -errno;
	if (walk->shared || ++walk->links > LINKS_MAX || len == (ssize_t)sizeof(target))
		return -ELOOP;
	strbuf_add(&rest, target, (size_t)len);
	if (walk->rest.len > 0)
		strbuf_printf(&rest, "/%s", strbuf_text(&walk->rest));
	strbuf_free(&walk->rest);
	walk->rest = rest;
	return rest.failed ? -ENOMEM : target[0] == '/' ? enter(walk, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) : 0;
}

/* Takes the next component off the rest. False: there is none, or no memory. */
static bool next_name(struct walk *walk, struct strbuf *name)
{
	const char *rest = strbuf_text(&walk->rest);
	size_t skip = strspn(rest, "/"), len = strcspn(rest + skip, "/");
	struct strbuf left = STRBUF_INIT;

	strbuf_reset(name);
	strbuf_add(name, rest + skip, len);
	strbuf_puts(&left, rest + skip + len + strspn(rest + skip + len, "/"));
	strbuf_free(&walk->rest);
	walk->rest = left;
	return len > 0 && !name->failed && !left.failed;
}

/* Goes one step. The descriptor of the file once it is reached, -EAGAIN before that, or another -errno. */
static int step(struct walk *walk, const char *name)
{
	bool last = walk->rest.len == 0;
	struct stat st;
	int fd, err;

	if (fstatat(walk->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		err = follow(walk, name);
	else if (S_ISDIR(st.st_mode) && !last) {
		fd = openat(walk->dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		err = fd < 0 ? -errno : enter(walk, fd);
	} else if (!last || !S_ISREG(st.st_mode))
		err = last ? -ENOTSUP : -ENOTDIR;
	else {
		fd = openat(walk->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	return err == 0 ? -EAGAIN : err;
}

/* Checks the file that was opened, and who controls it. */
static int check_file(struct walk *walk, int fd)
{
	struct stat st;
	int err;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOTSUP;
	err = give_to(walk, st.st_uid);
	/* In a shared directory, a second name can be a link that another user made to a file of root. */
	if (err == 0 && ((walk->shared && st.st_nlink != 1) || check_others(fd, &st) != ACCESS_OURS))
		err = -EPERM;
	return err;
}

int access_open(const char *path, uid_t *owner)
{
	struct walk walk = { .dir = open(path[0] == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC) };
	struct strbuf name = STRBUF_INIT;
	int fd = -EAGAIN, err = walk.dir < 0 ? -errno : 0;

	strbuf_puts(&walk.rest, path);
	if (err == 0)
		err = enter(&walk, fcntl(walk.dir, F_DUPFD_CLOEXEC, 0));
	while (err == 0 && fd == -EAGAIN)
		fd = next_name(&walk, &name) ? step(&walk, strbuf_text(&name)) : -EISDIR;
	if (fd >= 0)
		err = check_file(&walk, fd);
	if (err != 0 && fd >= 0)
		close(fd);
	if (walk.dir >= 0)
		close(walk.dir);
	*owner = walk.owner;
	strbuf_free(&walk.rest);
	strbuf_free(&name);
	return err != 0 ? err : fd;
}
