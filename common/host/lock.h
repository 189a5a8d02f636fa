/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks on files, with a limit to the waiting. They end with the process, however it ends. */
#ifndef FW_HOST_LOCK_H
#define FW_HOST_LOCK_H

#include "base/base.h"

/*
 * Makes the file if needed and locks it, for at most `seconds`. The descriptor, to be closed, or
 * -errno; -EWOULDBLOCK: another one holds it.
 */
must_check int lock_file(const char *path, unsigned seconds);

/* The lock of iptables itself: XTABLES_LOCKFILE, or its usual place. As lock_file. */
must_check int lock_xtables(unsigned seconds);

/* Is the file there and locked by somebody? */
bool lock_is_held(const char *path);

#endif
