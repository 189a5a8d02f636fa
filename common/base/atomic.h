/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that appear whole or not at all: written beside the target, synced, then renamed over it,
 * and the directory synced, so that after a power loss the old or the new file is there, whole.
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
	int dir;    /* owned, -1: none; the directory that holds target and temporary */
	char *name; /* owned; of the target within dir */
	char *temporary;
};

/*
 * Opens a temporary beside path. A target that exists passes on its owner, permission bits, access
 * list and SELinux label, a new one gets mode. 0 or -errno; in either case atomic_release must follow.
 */
must_check int atomic_open(struct atomic_file *file, const char *path, mode_t mode);

must_check int atomic_write(struct atomic_file *file, const void *bytes, size_t len);

/* Syncs and reads back: are these the bytes on the disk? 0, -EIO: no, or -errno. */
must_check int atomic_verify(const struct atomic_file *file, const void *bytes, size_t len);

/* Sync, rename over the target, sync the directory. After a failure the old file is still there. */
must_check int atomic_publish(struct atomic_file *file);

/* Removes what was not published. Safe to call twice. */
void atomic_release(struct atomic_file *file);

/*
 * The file that path stands for: behind its symbolic links, be it there or not. 0 with its path appended; -ENXIO: it is
 * no plain file, but a device, a FIFO or a descriptor of ours, which cannot be replaced, with its path appended too; or
 * another -errno.
 */
must_check int atomic_target(const char *path, struct strbuf *target);

/* Removes what killed writers of this file left beside it; one that still runs holds a lock on its temporary. */
void atomic_tidy(const struct atomic_file *file);

/* All of it in one, read back: path holds exactly these bytes afterwards, or what it held before. 0 or -errno. */
must_check int atomic_replace(const char *path, mode_t mode, const void *bytes, size_t len);

/* The same for a file that a user names: a link stays one, and what cannot be replaced is written to. 0 or -errno. */
must_check int atomic_put(const char *path, mode_t mode, const void *bytes, size_t len);

/*
 * The same for what is of use only until the machine goes down: whoever opens path finds the old or the
 * new bytes, whole, but nothing is synced. 0 or -errno.
 */
must_check int atomic_replace_volatile(const char *path, mode_t mode, const void *bytes, size_t len);

#endif
