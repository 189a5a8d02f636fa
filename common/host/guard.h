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
 * Does systemd run the machine, and are we in its network namespace, where a unit lives? To be asked before this process
 * is confined, as one that is may not look.
 */
bool guard_may_be_unit(void);

/*
 * Starts this program with these arguments (ended by NULL, without its name; all paths in them absolute): as a
 * unit of its own, or where that is not possible as a process in a session of its own. guard_wait tells whether it came
 * up. 0 or -errno.
 */
must_check int guard_launch(const char *const *arguments, bool unit);

/* Waits until a guard holds its lock. 0; -ETIMEDOUT: none did within these seconds. */
must_check int guard_wait(const char *lock_path, unsigned seconds);

#endif
