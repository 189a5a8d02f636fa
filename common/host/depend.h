/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Finds what rules in force depend on: the modules of the helpers that they name, forwarding, and the sets that they
 * use. fw-save writes these into the stream, so that the rules work on another host or after a reboot.
 */
#ifndef FW_HOST_DEPEND_H
#define FW_HOST_DEPEND_H

#include "host/backend.h"
#include "ruletext/extras.h"
#include "ruletext/rules.h"

/*
 * Adds to extras what the rules need. Warns of rules that need what a stream cannot contain (nfacct objects, time-out
 * policies). False: failed, and reported.
 */
must_check bool depend_find(struct extras *extras, const struct text_rules rules[FAMILIES], struct diag_log *log);

/* Adds an open set without a type for each set that the rules name and extras does not contain. False: no memory. */
must_check bool depend_sets(struct extras *extras, const struct text_rules *rules);

/*
 * Replaces the settings and sets in extras by what is in force: the present values, and the present members of those
 * sets that have members of their own. All other sets are open. Sets that no longer exist are removed. False: failed,
 * and reported.
 */
must_check bool depend_read(struct extras *extras, struct diag_log *log);

#endif
