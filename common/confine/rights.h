/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Restricts the privileges and system calls of the calling thread. Used only in this folder. */
#ifndef FW_CONFINE_RIGHTS_H
#define FW_CONFINE_RIGHTS_H

#include "base/base.h"

/* Sets no_new_privs: executing a program ignores set-user-ID bits and file capabilities. 0 or -errno. */
must_check int rights_gain_none(void);

/* Drops all capabilities that are not in this set. 0 or -errno. */
must_check int rights_keep(uint64_t capabilities);

/*
 * Refuses sockets of IPv4 and IPv6, except raw ones, which iptables needs to talk to the kernel, and every set of system
 * calls but that of this program, such as the 32-bit one. 0 or -errno; -ENOSYS: not on this architecture.
 */
must_check int rights_resolve_nothing(void);

/*
 * Refuses what Landlock does not guard, or not on older kernels: to change modes, owners, times and attributes of files,
 * to truncate files by name, to send signals, to type into a terminal, to enter or create namespaces,
 * and to change the limits of other processes; and every other set of system calls. 0 or -errno, as above.
 */
must_check int rights_change_nothing(void);

#endif
