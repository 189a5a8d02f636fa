/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The directory of a log, as a descriptor, so that nobody can replace it while we work.
 *
 * The path is opened component by component, and no symbolic link is followed. A user who can write to a directory can
 * replace its entries, so that a root process would rotate another file than the one it checked. Therefore each
 * directory on the path
 *   - belongs to root or to the user we run as, and
 *   - is not writable by others, by a group other than root's, or through an access control list.
 * A sticky directory such as /tmp may be on the path: only the owner of an entry can rename it there, and the next
 * component is checked to belong to root or us. It must not be the directory of the log itself, because anybody can
 * create names there before we do.
 * With `su`, files are accessed as that user, who can then harm only his own files, so nothing of this is checked.
 */
#ifndef FW_ROTATE_PLACE_H
#define FW_ROTATE_PLACE_H

#include "diag/diag.h"
#include "rotate/setting.h"

struct log_place {
	int dir;    /* owned, -1: none */
	char *path; /* owned; of the directory, absolute */
	char *name; /* owned; of the log in it */
};

/*
 * Splits the path of a log and opens its directory. 0 or -errno, reported, except -ENOENT: only the caller knows
 * whether a missing directory is an error. On success, place_close must follow.
 */
must_check int place_open(struct log_place *place, const char *path, bool su, struct diag_log *log);

/* The path as an absolute one, without "." and empty components, to be freed. NULL: no memory, or nothing is left. */
char *place_absolute(const char *path);

/* The same for the path of a directory; place->name is NULL. */
must_check int place_open_directory(struct log_place *place, const char *path, bool su, struct diag_log *log);

void place_close(struct log_place *place);

/*
 * Takes the lock of this log, .NAME.lock, with mode 0600 so that no other user can hold it (CVE-2022-1348). Polls for
 * up to wait_ms. The caller closes *fd, which releases the lock. 0; -EWOULDBLOCK: another instance has it, not
 * reported; another -errno, reported.
 */
must_check int place_lock(const struct log_place *place, unsigned wait_ms, int *fd, struct diag_log *log);

/* Removes the lock, which must still be taken. Without `all`, one that holds a note or a record stays. */
void place_remove_lock(const struct log_place *place, int fd, bool all);

/*
 * Writes to the lock file the name of the archive that a rotation is about to make, or "" once the writers have been
 * told, so that the next run can go on after a crash. lock_read reads it; "": none. Errors are ignored: without a note,
 * a rotation is repaired as well.
 */
void lock_note(int fd, const char *archive);
void lock_read(int fd, char *archive, size_t size);

/* The last rotation, which the lock file holds beside the note. Both in seconds since 1970. */
struct lock_record {
	int64_t rotated; /* when it was */
	int64_t written; /* the mtime that the archive had */
};

/* Writes the record and keeps the note. lock_recorded reads it. False: there is none. */
void lock_remember(int fd, const struct lock_record *record);
must_check bool lock_recorded(int fd, struct lock_record *record);

/* Sets the effective user and groups to those of `su`, and back to our own. 0 or -errno. */
must_check int identity_take(const struct rotate_settings *set);
void identity_return(const struct rotate_settings *set);

#endif
