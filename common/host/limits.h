/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this process may use and do: asked before anything is changed, so that no limit stops a load half way. */
#ifndef FW_HOST_LIMITS_H
#define FW_HOST_LIMITS_H

#include "base/diag.h"

/*
 * To be called first by a program that changes the machine. Raises the limits on descriptors, files and memory as far
 * as permitted, and refuses to go on if they are too low; ignores SIGPIPE and SIGXFSZ, and sees children end; opens
 * the descriptors 0 to 2 if they are closed; sets the umask to 077. False after a report: end without a change.
 */
must_check bool host_prepare(struct diag_log *log);

/*
 * From now on (hold), or no more: signals that end a program wait, so that it ends between two changes and not within
 * one. Children are not held. SIGKILL is what the journal is for.
 */
void host_hold_signals(bool hold);

/* Appends what an administrator can do about a scratch namespace that could not be made for reason err (-errno). */
void host_hint_namespace(int err, struct strbuf *out);

/* CAP_NET_ADMIN: without it nothing is read or changed in the kernel's tables. False after a report. */
bool host_may_change_rules(struct diag_log *log);

/* Has this kernel IPv6? Booted with ipv6.disable=1 it has not, and ip6tables of the legacy kind does not work. */
bool host_has_ipv6(void);

#endif
