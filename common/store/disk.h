/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * All changes of the state on disk go through these functions. They call state->gate before each operation of the
 * system, so that a test can make any of them fail. All return 0 or -errno.
 */
#ifndef FW_STORE_DISK_H
#define FW_STORE_DISK_H

#include "store/state.h"

/* Only calls the gate, with "WHAT PATH". */
must_check int disk_gate(const struct state *state, const char *what, const char *path);

/* Creates a folder if it is missing. */
must_check int disk_make(const struct state *state, const char *path);

/*
 * Writes a file, syncs it and reads it back. If it fails, path has its old content, or does not exist if it did not
 * before. (If only the sync of the folder fails, an old file may be lost: then path has the complete new content.)
 */
must_check int disk_write(const struct state *state, const char *path, const struct strbuf *bytes);

/* Removes a file or a symbolic link. It is no error if there is none. */
must_check int disk_remove(const struct state *state, const char *path);

/* rename(2). exchange: both names must exist, and swap their content. */
must_check int disk_rename(const struct state *state, const char *from, const char *to, bool exchange);

/* Replaces path by a symbolic link to target. */
must_check int disk_link(const struct state *state, const char *target, const char *path);

/* Syncs a folder, so that renames and removals in it survive a power loss. */
must_check int disk_sync(const struct state *state, const char *path);

#endif
