/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Checks what this process may use and do, before anything is changed, so that no limit stops a load half way. */
#ifndef FW_HOST_LIMITS_H
#define FW_HOST_LIMITS_H

#include "diag/diag.h"

/*
 * Call this first in a program that changes the machine. It raises the limits on descriptors, files and memory as far
 * as permitted, and fails if they are too low. It ignores SIGPIPE and SIGXFSZ, restores SIGCHLD, opens the descriptors
 * 0 to 2 if they are closed, and sets the umask to 077. False: failed, and reported; the program must end.
 */
must_check bool host_prepare(struct diag_log *log);

/*
 * Holds back signals that would end the program, or no longer holds them, so that it ends between two changes and not
 * within one. Does not affect children. SIGKILL cannot be held back; the journal covers it.
 */
void host_hold_signals(bool hold);

/* Appends advice for the administrator: why no scratch namespace could be created (err: -errno) and what to do. */
void host_hint_namespace(int err, struct strbuf *out);

/* Do we have CAP_NET_ADMIN, without which the kernel's tables can be neither read nor changed? False: reported. */
bool host_may_change_rules(struct diag_log *log);

/* Does this kernel have IPv6? Not if booted with ipv6.disable=1; then ip6tables-legacy does not work. */
bool host_has_ipv6(void);

#endif
