/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which boot and which network namespace this process is in: numbers of the kernel mean something only there. */
#ifndef FW_BASE_HOST_H
#define FW_BASE_HOST_H

#include "base/base.h"

#define HOST_BOOT_ID 40

/* This boot's id (/proc/sys/kernel/random/boot_id); "unknown" where the kernel tells none. */
void host_boot_id(char id[static HOST_BOOT_ID]);

/* The cookie of our network namespace, unique since the boot; 0 where the kernel has none (before 5.14). */
uint64_t host_netns_cookie(void);

#endif
