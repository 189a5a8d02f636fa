/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What iptables-restore --test accepts and the kernel refuses: wrong tables, hooks, protocols, values. */
#ifndef FW_CHECK_CHECK_KERNEL_H
#define FW_CHECK_CHECK_KERNEL_H

#include "diag/diag.h"
#include "model/ruleset.h"

void check_kernel(const struct ruleset *ruleset, struct diag_log *log);

#endif
