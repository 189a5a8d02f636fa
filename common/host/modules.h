/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules that a load needs: those that its text asks for, and those of iptables-legacy. */
#ifndef FW_HOST_MODULES_H
#define FW_HOST_MODULES_H

#include "base/diag.h"
#include "base/strbuf.h"
#include "ruletext/extras.h"

/*
 * Loads the modules of a text, with what they need; all are looked up before the first is loaded. With a plan
 * it only appends what would be loaded, in order. False after a report.
 */
must_check bool modules_load(const struct extras *extras, struct strbuf *plan, struct diag_log *log);

/*
 * Loads ip_tables and ip6_tables if they are missing and we may. iptables-legacy would execute modprobe for
 * that, but our children execute nothing. Reports nothing: iptables-legacy fails where a module is missing.
 */
void modules_for_legacy(void);

#endif
