/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Landlock of any version: what the kernel does not support is left out. Used only in this folder. */
#ifndef FW_CONFINE_LANDLOCK_H
#define FW_CONFINE_LANDLOCK_H

#include "base/base.h"

/*
 * Creates a ruleset that forbids to execute, write or create any file, to use TCP, and to send signals to processes
 * outside. Returns a descriptor, which the caller closes; -ENOSYS, -EOPNOTSUPP or -EPERM: Landlock is not available;
 * another -errno.
 */
must_check int landlock_begin(void);

/* Permits to execute this file; to change this file, or everything in this folder. 0 or -errno. */
must_check int landlock_may_execute(int rules, int file);
must_check int landlock_may_write(int rules, int file);

/* Applies the ruleset to the calling thread and what it starts. 0 or -errno. */
must_check int landlock_enforce(int rules);

#endif
