/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Restricts the privileges and system calls of the calling thread. Used only in this folder. */
#ifndef FW_CONFINE_RIGHTS_H
#define FW_CONFINE_RIGHTS_H

#include "base/base.h"

/* Sets no_new_privs: executing a program ignores set-user-ID bits and file capabilities. 0 or -errno. */
must_check int rights_gain_none(void);

/* Drops all capabilities that are not in this set. 0 or -errno. */
must_check int rights_keep(uint64_t capabilities);

/*
 * Refuses sockets of IPv4 and IPv6, except raw ones, which iptables needs to talk to the kernel. So no name server can
 * be queried. Does not cover system calls of another architecture than ours. 0 or -errno.
 */
must_check int rights_resolve_nothing(void);

/*
 * Refuses what Landlock does not guard: to change modes, owners, times and attributes of files, to enter or create
 * namespaces, and to change the limits of other processes. Does not cover other architectures. 0 or -errno.
 */
must_check int rights_change_nothing(void);

#endif
