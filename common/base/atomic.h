/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Writes files that appear completely or not at all. The bytes are written to a temporary beside the target and
 * synced; then it is renamed over the target, and the directory is synced. After a power loss, the complete old or the
 * complete new file exists.
 *
 *	struct atomic_file file;
 *	int err = atomic_open(&file, path, 0600);
 *	if (err == 0)
 *		err = atomic_write(&file, text, len);
 *	if (err == 0)
 *		err = atomic_publish(&file);
 *	atomic_release(&file);
 *	return err;
 */
#ifndef FW_BASE_ATOMIC_H
#define FW_BASE_ATOMIC_H

#include "base/base.h"
#include "base/strbuf.h"

#include <sys/types.h>

struct atomic_file {
	int fd;     /* owned, -1: none */
	int dir;    /* owned, -1: none; the directory of the target and the temporary */
	char *name; /* owned; the name of the target in dir */
	char *temporary; /* owned; its name in dir; NULL: none, or it was published */
};

/*
 * Creates a temporary beside path. It gets the owner, permission bits, access list and SELinux label of the target; if
 * there is no target yet, it gets this mode. 0 or -errno; atomic_release must follow in either case.
 */
must_check int atomic_open(struct atomic_file *file, const char *path, mode_t mode);

must_check int atomic_write(struct atomic_file *file, const void *bytes, size_t len);

/* Syncs the temporary and reads it back. 0; -EIO: it does not hold these bytes; or another -errno. */
must_check int atomic_verify(const struct atomic_file *file, const void *bytes, size_t len);

/*
 * Syncs the temporary, renames it over the target and syncs the directory. 0 or -errno. After an error, the target is
 * the old file, or the new one if only the sync of the directory failed.
 */
must_check int atomic_publish(struct atomic_file *file);

/* Removes a temporary that was not published, and frees everything. Can be called twice. */
void atomic_release(struct atomic_file *file);

/*
 * Follows the symbolic links of path and appends the path of the file, which need not exist, to target. 0; -ENXIO, also
 * with the path appended: it is a device, a FIFO or a descriptor of ours, which cannot be replaced; another -errno.
 */
must_check int atomic_target(const char *path, struct strbuf *target);

/* Removes temporaries that killed writers of this file left. A running writer has its temporary locked. */
void atomic_tidy(const struct atomic_file *file);

/* Replaces the file in one call, and reads it back before the rename. 0 or -errno, as atomic_publish. */
must_check int atomic_replace(const char *path, mode_t mode, const void *bytes, size_t len);

/* The same for a path that a user gives: follows links, and writes to what cannot be replaced. 0 or -errno. */
must_check int atomic_put(const char *path, mode_t mode, const void *bytes, size_t len);

/*
 * Replaces a file that is needed only until the machine stops: a reader finds the complete old or the complete new
 * file, but nothing is synced. 0 or -errno.
 */
must_check int atomic_replace_volatile(const char *path, mode_t mode, const void *bytes, size_t len);

#endif
