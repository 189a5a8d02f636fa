/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Privileges and system calls of the calling thread. For the files of this layer. */
#ifndef FW_CONFINE_RIGHTS_H
#define FW_CONFINE_RIGHTS_H

#include "base/base.h"

/* Executing a program gains no rights any more: set-user-id and file capabilities are ignored. 0 or -errno. */
must_check int rights_gain_none(void);

/* Drops all capabilities that are not in this set. 0 or -errno. */
must_check int rights_keep(uint64_t capabilities);

/*
 * Refuses sockets of IPv4 and IPv6 other than raw ones, by which iptables talks to the kernel. So no name can be
 * looked up. Does not cover system calls of another architecture than ours. 0 or -errno.
 */
must_check int rights_resolve_nothing(void);

/*
 * Refuses to change modes, owners, times and attributes of files, to enter or make namespaces, and to change the limits of
 * other processes: what Landlock does not guard. Of our architecture alone. 0 or -errno.
 */
must_check int rights_change_nothing(void);

#endif
