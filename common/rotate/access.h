/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Who else can write to a file or a directory, by its owner, mode and access control list. */
#ifndef FW_ROTATE_ACCESS_H
#define FW_ROTATE_ACCESS_H

#include "base/base.h"
#include "base/strbuf.h"

#include <sys/stat.h>

enum access_danger { ACCESS_OURS, ACCESS_OWNER, ACCESS_EVERYBODY, ACCESS_GROUP, ACCESS_LIST };

/*
 * The first danger that applies: another owner than root and the user we run as; everybody, a group other than root's,
 * or a user or group of the access control list can write. The descriptor can be one of O_PATH. An access control list
 * that cannot be read counts as a danger.
 */
must_check enum access_danger access_check(int fd, const struct stat *st);

/*
 * Reads a configuration: a regular file, which can be named by a symbolic link. If we are root and run its scripts, the
 * file and the link must belong to root, and neither group nor others may be able to write to the file. A FIFO or a
 * device is refused, so this never waits. 0 or -errno; access_read_error explains it.
 */
must_check int access_read_config(const char *path, bool run, struct strbuf *out, size_t max);
const char *access_read_error(int err);

/*
 * Opens a file that names something for root to act on, such as a pid file. A symbolic link is followed only where
 * nobody but root and we could have made it. *owner is root or we, or the one other user who controls the file or a
 * directory on its path. The descriptor, which the caller closes, or -errno; -EPERM: more than one user controls it,
 * also through a group other than that user's own, or through an access control list.
 */
must_check int access_open(const char *path, uid_t *owner);

#endif
