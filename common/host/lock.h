/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Locks on files, with a time limit. A lock ends with the process, however that ends. */
#ifndef FW_HOST_LOCK_H
#define FW_HOST_LOCK_H

#include "base/base.h"

/*
 * Creates the file if it is missing and locks it, waiting at most `seconds`. Returns the descriptor, which the caller
 * must close, or -errno; -EWOULDBLOCK: another process holds the lock.
 */
must_check int lock_file(const char *path, unsigned seconds);

/* Like lock_file, for iptables' own lock: XTABLES_LOCKFILE, or its usual path. */
must_check int lock_xtables(unsigned seconds);

/* Does the file exist, locked by somebody? */
bool lock_is_held(const char *path);

#endif
