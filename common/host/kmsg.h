/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's log, for the reason why it refused a rule: the legacy kind of iptables is told no more
 * than "invalid". It is a hint only: the log is that of the whole machine, and limited in its rate.
 */
#ifndef FW_HOST_KMSG_H
#define FW_HOST_KMSG_H

#include "base/strbuf.h"
#include "text/family.h"

/* Opens the log behind its last record. The descriptor, or -errno where it may not be read. */
must_check int kmsg_open(void);

/*
 * For each family the last record of x_tables since then that may be about it, appended to out[]; nothing: there
 * is none. Closes fd; a negative one is fine.
 */
void kmsg_reasons(int fd, struct strbuf out[FAMILIES]);

#endif
