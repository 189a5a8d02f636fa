/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a log lies, held by a descriptor that nobody can move under us.
 *
 * The path is opened component by component and no symbolic link is followed. Whoever may write in a directory may
 * swap what lies in it, so that a root process would rotate another file than the one that was checked. Hence each
 * directory on the way
 *   - belongs to root or to the user we run as, and
 *   - is not writable by others (by a group other than root's either).
 * One kind of directory is excepted: the sticky one of root, /tmp, as a step on the way. There only the owner of an entry
 * may move it, and the next component was just checked to belong to root or us. It is not good enough as the log's
 * own directory: anybody can put names there before we do.
 * With `su` the calls are made as that user, who can then only harm what is his: ownership is not asked for.
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

/* Splits and opens. 0 or -errno, reported: -ENOENT is left to the caller, who knows whether it matters. */
must_check int place_open(struct log_place *place, const char *path, bool su, struct diag_log *log);

/* The same for a path that names a directory: name becomes NULL. */
must_check int place_open_directory(struct log_place *place, const char *path, bool su, struct diag_log *log);

void place_close(struct log_place *place);

/*
 * Takes the lock of this log, .NAME.lock, 0600 so that no other user can hold it (CVE-2022-1348). Polls up to wait_ms.
 * *fd is owned by the caller. 0, -EWOULDBLOCK when another one has it (not reported), or -errno, reported.
 */
must_check int place_lock(const struct log_place *place, unsigned wait_ms, int *fd, struct diag_log *log);

/* The lock file remembers the archive that a rotation is about to make, until writers were told. "" for none. */
void lock_note(int fd, const char *archive);
void lock_read(int fd, char *archive, size_t size);

/* Become the user of `su` and back again, for file access only. 0 or -errno. */
must_check int identity_take(const struct rotate_settings *set);
void identity_return(const struct rotate_settings *set);

#endif
