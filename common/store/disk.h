/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every change of the state on disk. Each call asks state->gate before each operation of the system, so that
 * a test makes any of them fail. All return 0 or -errno.
 */
#ifndef FW_STORE_DISK_H
#define FW_STORE_DISK_H

#include "store/state.h"

/* Asks the gate alone: "WHAT PATH". */
must_check int disk_gate(const struct state *state, const char *what, const char *path);

/* Makes a folder, if there is none. */
must_check int disk_make(const struct state *state, const char *path);

/*
 * Writes a file, synced and read back. On failure path holds what it held before, or nothing if it was not
 * there. (Where only the sync of its folder fails, an old file may be lost: path holds the new one, whole.)
 */
must_check int disk_write(const struct state *state, const char *path, const struct strbuf *bytes);

/* Removes a file or a symbolic link; none is fine. */
must_check int disk_remove(const struct state *state, const char *path);

/* rename(2); exchange: both names must be there, and each gets what the other had. */
must_check int disk_rename(const struct state *state, const char *from, const char *to, bool exchange);

/* Makes path a symbolic link to target, in place of what was there. */
must_check int disk_link(const struct state *state, const char *target, const char *path);

/* Syncs a folder: what was renamed and removed there stays so after a power loss. */
must_check int disk_sync(const struct state *state, const char *path);

#endif
