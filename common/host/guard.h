/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guard is this program once more, in a process of its own that outlives us, our terminal and our session. It
 * holds a lock for as long as it lives.
 */
#ifndef FW_HOST_GUARD_H
#define FW_HOST_GUARD_H

#include "base/base.h"

/* Does a guard live, whose lock is this file? */
bool guard_alive(const char *lock_path);

/*
 * Starts this program with these arguments (ended by NULL, without its name; all paths in them absolute): as a
 * unit of its own where systemd runs the machine and we are in its network namespace, else as a process in a session of
 * its own. guard_wait tells whether it came up. 0 or -errno.
 */
must_check int guard_launch(const char *const *arguments);

/* Waits until a guard holds its lock. 0; -ETIMEDOUT: none did within these seconds. */
must_check int guard_wait(const char *lock_path, unsigned seconds);

#endif
