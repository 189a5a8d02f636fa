/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Reads the kernel's log for the reason why it refused a rule: iptables-legacy learns no more than "invalid". It is
 * only a hint, because the log belongs to the whole machine and is rate-limited.
 */
#ifndef FW_HOST_KMSG_H
#define FW_HOST_KMSG_H

#include "base/strbuf.h"
#include "text/family.h"

/* Opens the log after its last record. Returns the descriptor, or -errno if it may not be read. */
must_check int kmsg_open(void);

/*
 * Appends to out[] the last record of x_tables since then that may concern the family; nothing if there is none. Closes
 * fd, which may be negative.
 */
void kmsg_reasons(int fd, struct strbuf out[FAMILIES]);

#endif
