/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The process that waits for the one that traces. If an extension of iptables crashes or hangs at a rule, it reports the
 * rule.
 */
#ifndef FW_CMD_FW_TRACE_WATCH_H
#define FW_CMD_FW_TRACE_WATCH_H

#include "base/child.h"
#include "cli.h"

/* Waits for the child and returns its exit status, or dies of the signal that it died of. `rules` names the rules. */
int watch(struct cli *cli, struct child *child, const char *rules);

#endif
