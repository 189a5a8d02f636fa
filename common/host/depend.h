/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What rules in force depend on besides themselves: the modules of the helpers that they name, the
 * forwarding that they are about, the sets that they look into. fw-save writes it into the stream, so
 * that the rules can stand on another host, or after a reboot.
 */
#ifndef FW_HOST_DEPEND_H
#define FW_HOST_DEPEND_H

#include "host/backend.h"
#include "ruletext/extras.h"
#include "ruletext/rules.h"

/*
 * Adds to extras what the rules need. Rules that need what no stream can hold (nfacct objects, time-out
 * policies) are warned of. False after a report.
 */
must_check bool depend_find(struct extras *extras, const struct text_rules rules[FAMILIES], struct diag_log *log);

/* Adds to extras an open set, without words, for each that the rules name and extras does not. False when memory ran out. */
must_check bool depend_sets(struct extras *extras, const struct text_rules *rules);

/*
 * Puts what is in force now into extras: the values of its settings, and its sets. Those with members of their own get
 * the members that they have now; all others are open. Sets that are not there any more go. False after a report.
 */
must_check bool depend_read(struct extras *extras, struct diag_log *log);

#endif
