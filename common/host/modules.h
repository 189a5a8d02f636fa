/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Loads the modules that a load needs: those that its text asks for, and those of iptables-legacy. */
#ifndef FW_HOST_MODULES_H
#define FW_HOST_MODULES_H

#include "base/strbuf.h"
#include "diag/diag.h"
#include "ruletext/extras.h"

/*
 * Loads the modules of a text and those that they need. Looks up all of them before it loads the first. If plan is not
 * NULL, loads nothing and appends a line for each module to it. False: failed, and reported.
 */
must_check bool modules_load(const struct extras *extras, struct strbuf *plan, struct diag_log *log);

/*
 * Loads ip_tables and ip6_tables if they are missing and we are permitted to. iptables-legacy would run modprobe for
 * that, but our children cannot execute anything. Reports nothing: iptables-legacy fails if a module is missing.
 */
void modules_for_legacy(void);

#endif
