/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The connection tracking helpers that the kernel brings, for -j CT --helper. */
#ifndef FW_CHECK_KERNEL_HELPER_H
#define FW_CHECK_KERNEL_HELPER_H

#include "base/base.h"
#include "text/family.h"

struct kernel_helper {
	const char *name;
	enum family families;       /* those that it works for */
	unsigned char protocols[2]; /* the IP protocols that it is registered for */
};

/* NULL: no helper of the kernel has this name. */
const struct kernel_helper *kernel_helper_find(const char *name);

#endif
