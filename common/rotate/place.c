/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/place.h"
#include "base/number.h"
#include "rotate/access.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define POLL_MS 20

static int unsafe(struct diag_log *log, const char *path, const char *why)
{
	diag_add(log, DIAG_ROTATE_UNSAFE, NULL, NULL, "%s: %s", path, why);
	return -EPERM;
}

/* Checks that no other user can replace entries here. `last`: it is the directory of the log. 0 or -EPERM, reported. */
static int check_directory(int fd, const char *path, bool last, struct diag_log *log)
{
	static const char *const why[] = {
		[ACCESS_OWNER] = "this directory belongs to another user, who could replace the log: use su",
		[ACCESS_EVERYBODY] = "everybody can write to this directory and replace the log: use su",
		[ACCESS_GROUP] = "a group can write to this directory and replace the log: use su",
		[ACCESS_LIST] = "its access control list lets others write to this directory and replace the log: use su",
	};
	enum access_danger danger;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return unsafe(log, path, "cannot determine the owner of this directory");
	danger = access_check(fd, &st);
	if (danger != ACCESS_OWNER && (st.st_mode & S_ISVTX) != 0 && !last)
		return 0; /* like /tmp: only the owner of the entry or of the directory can rename it */
	return danger == ACCESS_OURS ? 0 : unsafe(log, path, why[danger]);
}

/* Replaces *fd by its subdirectory `name`. `path` is its name in messages. */
static int step_into(int *fd, const char *name, const char *path, bool last, bool su, struct diag_log *log)
{
	/* A directory on the path needs only the right to search it. The last one is listed and synced. */
	int next = openat(*fd, name, (last ? O_RDONLY : O_PATH) | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int err = next < 0 ? -errno : 0;
	struct stat st;

	if (err == -ENOTDIR && fstatat(*fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
		err = -ELOOP;
	close(*fd);
	*fd = next;
	if (err == -ELOOP)
		return unsafe(log, path, "a symbolic link in the path of a log is not followed: give the real path");
	if (err == 0 && !su)
		err = check_directory(next, path, last, log);
	if (err != 0 && err != -EPERM && err != -ENOENT)
		diag_add(log, DIAG_ROTATE, NULL, NULL, "%s: %s", path, strerror(-err));
	return err;
}

char *place_absolute(const char *path)
{
	char cwd[PATH_MAX] = "";
	struct strbuf out = STRBUF_INIT;

	if (path[0] != '/' && getcwd(cwd, sizeof(cwd)) == NULL)
		return NULL;
	strbuf_puts(&out, strcmp(cwd, "/") == 0 ? "" : cwd);
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		if (len > 0 && !(len == 1 && path[0] == '.')) {
			strbuf_putc(&out, '/');
			strbuf_add(&out, path, len);
		}
		path += len + (path[len] == '/');
	}
	if (out.failed)
		strbuf_free(&out);
	return out.data;
}

static int walk(struct log_place *place, bool su, struct diag_log *log)
{
	char *at = place->path;
	int err;

	place->dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place->dir < 0) {
		err = -errno;
		diag_add(log, DIAG_ROTATE, NULL, NULL, "/: %s", strerror(-err));
		return err == -ENOENT ? -EIO : err;
	}
	err = su ? 0 : check_directory(place->dir, "/", *at == '\0', log);
	while (err == 0 && *at == '/') {
		char *end = strchrnul(at + 1, '/');
		char kept = *end;

		*end = '\0';
		if (strcmp(at + 1, "..") == 0)
			err = unsafe(log, place->path, "\"..\" in the path of a log is not followed");
		else
			err = step_into(&place->dir, at + 1, place->path, kept == '\0', su, log);
		*end = kept;
		at = end;
	}
	return err;
}

int place_open_directory(struct log_place *place, const char *path, bool su, struct diag_log *log)
{
	int err;

	*place = (struct log_place){ .dir = -1, .path = place_absolute(path) };
	if (place->path == NULL && path[0] != '\0' && strspn(path, "/.") == strlen(path))
		place->path = strdup("");
	if (place->path == NULL)
		return diag_memory(log);
	err = walk(place, su, log);
	if (err != 0)
		place_close(place);
	return err;
}

int place_open(struct log_place *place, const char *path, bool su, struct diag_log *log)
{
	char *slash;
	int err;

	*place = (struct log_place){ .dir = -1, .path = place_absolute(path) };
	if (place->path == NULL)
		return path[0] == '\0' || strspn(path, "/.") == strlen(path) ?
			       unsafe(log, path, "this is not the path of a log") :
			       diag_memory(log);
	slash = strrchr(place->path, '/');
	place->name = strdup(slash + 1);
	*slash = '\0';
	if (place->name == NULL)
		err = diag_memory(log);
	else if (strcmp(place->name, "..") == 0)
		err = unsafe(log, path, "this is not the path of a log");
	else
		err = walk(place, su, log);
	if (err != 0)
		place_close(place);
	return err;
}

void place_close(struct log_place *place)
{
	if (place->dir >= 0)
		close(place->dir);
	free(place->path);
	free(place->name);
	*place = (struct log_place){ .dir = -1 };
}

/* Checks that no other user can hold the lock: corrects its mode, refuses another owner or another kind of file. */
static int check_lock(int fd, const char *name, struct diag_log *log)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (st.st_nlink == 0)
		return -ESTALE; /* another run has just removed it */
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return unsafe(log, name, "the lock is not a regular file with one name");
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return unsafe(log, name, "the lock belongs to another user, who could hold it for ever");
	if ((st.st_mode & 07777) != 0600 && fchmod(fd, 0600) != 0)
		return unsafe(log, name, "other users can hold the lock, and its mode cannot be changed");
	return 0;
}

static int wait_for_lock(int fd, unsigned wait_ms)
{
	for (unsigned waited = 0;; waited += POLL_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK || waited >= wait_ms)
			return -errno;
		nanosleep(&(struct timespec){ .tv_nsec = POLL_MS * 1000000L }, NULL);
	}
}

/* True if the open file is still the one with this name. A run that found no log removes its lock. */
static bool is_named(int dir, const char *name, int fd)
{
	struct stat open_file, named;

	return fstat(fd, &open_file) == 0 && fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

/* One attempt. -ESTALE: the lock that was taken has no name any more. */
static int take_lock(const struct log_place *place, const char *name, unsigned wait_ms, int *fd, struct diag_log *log)
{
	int err;

	*fd = openat(place->dir, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	if (*fd < 0)
		return errno == ELOOP ? unsafe(log, name, "the lock is a symbolic link") : -errno;
	err = check_lock(*fd, name, log);
	if (err == 0)
		err = wait_for_lock(*fd, wait_ms);
	if (err == 0 && !is_named(place->dir, name, *fd))
		err = -ESTALE;
	if (err != 0) {
		close(*fd);
		*fd = -1;
	}
	return err;
}

int place_lock(const struct log_place *place, unsigned wait_ms, int *fd, struct diag_log *log)
{
	struct strbuf name = STRBUF_INIT;
	int err;

	strbuf_printf(&name, ".%s.lock", place->name);
	if (name.failed)
		return diag_memory(log);
	do
		err = take_lock(place, name.data, wait_ms, fd, log);
	while (err == -ESTALE);
	if (err != 0 && err != -EPERM && err != -EWOULDBLOCK)
		diag_add(log, DIAG_ROTATE, NULL, NULL, "%s/%s: %s", place->path, name.data, strerror(-err));
	strbuf_free(&name);
	return err;
}

void place_remove_lock(const struct log_place *place, int fd, bool all)
{
	struct strbuf name = STRBUF_INIT;
	struct stat st;

	strbuf_printf(&name, ".%s.lock", place->name);
	if (!name.failed && fstat(fd, &st) == 0 && (all || st.st_size == 0) && is_named(place->dir, name.data, fd))
		unlinkat(place->dir, name.data, 0);
	strbuf_free(&name);
}

/* The file holds the note on its first line and the record on its second one. Either can be missing. */
#define LOCK_TEXT_MAX 512

/* Reads the whole text. Returns the position of the second line, or of the end. */
static char *read_lock(int fd, char text[static LOCK_TEXT_MAX])
{
	ssize_t got = pread(fd, text, LOCK_TEXT_MAX - 1, 0);
	char *end;

	text[got > 0 ? got : 0] = '\0';
	end = strchrnul(text, '\n');
	if (*end != '\0')
		*end++ = '\0';
	return end;
}

/* The rest of an older text is cut off last, so that a killed run leaves the old or the new first line. */
static void write_lock(int fd, const char *note, const char *record)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, note);
	if (record[0] != '\0')
		strbuf_printf(&text, "\n%.*s\n", (int)strcspn(record, "\n"), record);
	else if (text.len > 0)
		strbuf_putc(&text, '\n');
	if (text.failed || text.len >= LOCK_TEXT_MAX ||
	    pwrite(fd, strbuf_text(&text), text.len, 0) != (ssize_t)text.len || ftruncate(fd, (off_t)text.len) != 0)
		(void)!ftruncate(fd, 0);
	strbuf_free(&text);
}

void lock_note(int fd, const char *archive)
{
	char old[LOCK_TEXT_MAX];

	write_lock(fd, archive, read_lock(fd, old));
}

void lock_read(int fd, char *archive, size_t size)
{
	char text[LOCK_TEXT_MAX];

	(void)read_lock(fd, text);
	archive[0] = '\0';
	if (strlen(text) < size && strchr(text, '/') == NULL)
		memcpy(archive, text, strlen(text) + 1);
}

void lock_remember(int fd, const struct lock_record *record)
{
	struct strbuf line = STRBUF_INIT;
	char old[LOCK_TEXT_MAX];

	(void)read_lock(fd, old);
	strbuf_printf(&line, "rotated %lld %lld", (long long)record->rotated, (long long)record->written);
	write_lock(fd, old, strbuf_text(&line));
	strbuf_free(&line);
}

bool lock_recorded(int fd, struct lock_record *record)
{
	char text[LOCK_TEXT_MAX];
	const char *line = read_lock(fd, text);
	uint64_t rotated, written;

	if (strncmp(line, "rotated ", 8) != 0)
		return false;
	line += 8;
	if (!number_take(&line, 10, INT64_MAX, &rotated) || *line++ != ' ' ||
	    !number_take(&line, 10, INT64_MAX, &written) || *line != '\n')
		return false;
	*record = (struct lock_record){ .rotated = (int64_t)rotated, .written = (int64_t)written };
	return true;
}

int identity_take(const struct rotate_settings *set)
{
	if (!set->su || geteuid() != 0)
		return !set->su || geteuid() == set->su_user ? 0 : -EPERM;
	if (setgroups(1, &set->su_group) != 0 || setegid(set->su_group) != 0 || seteuid(set->su_user) != 0) {
		int err = -errno;

		identity_return(set);
		return err;
	}
	return 0;
}

/* If we are not root, identity_take changed nothing. Root is left without supplementary groups. */
void identity_return(const struct rotate_settings *set)
{
	if (!set->su || getuid() != 0)
		return;
	if (seteuid(getuid()) == 0 && setegid(getgid()) == 0)
		(void)!setgroups(0, NULL);
}
