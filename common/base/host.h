/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Identifies the boot and the network namespace of this process. Counters of the kernel are valid only within these. */
#ifndef FW_BASE_HOST_H
#define FW_BASE_HOST_H

#include "base/base.h"

#define HOST_BOOT_ID 40

/* The id of this boot (/proc/sys/kernel/random/boot_id); "unknown" if it cannot be read. */
void host_boot_id(char id[static HOST_BOOT_ID]);

/* The cookie of our network namespace, unique since the boot; 0 if the kernel has none (before 5.14). */
uint64_t host_netns_cookie(void);

#endif
