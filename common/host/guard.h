/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A guard is this program in a second process, which survives us, our terminal and our session. It holds a lock for as
 * long as it lives.
 */
#ifndef FW_HOST_GUARD_H
#define FW_HOST_GUARD_H

#include "base/base.h"

/* Is a guard alive whose lock is this file? */
bool guard_alive(const char *lock_path);

/*
 * Is systemd running, and are we in its network namespace, where units run? Call this before the process is confined,
 * because afterwards it cannot look.
 */
bool guard_may_be_unit(void);

/*
 * Starts this program with these arguments (ended by NULL, without its name, with absolute paths): as a systemd unit if
 * `unit` and possible, else as a process in a session of its own. 0 or -errno; guard_wait tells whether it came up.
 */
must_check int guard_launch(const char *const *arguments, bool unit);

/* Waits until a guard holds its lock. 0; -ETIMEDOUT: none did within this time. */
must_check int guard_wait(const char *lock_path, unsigned seconds);

#endif
