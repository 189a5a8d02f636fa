/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of addresses (ipset), put in force as a whole: filled beside the old one, then swapped with it. */
#ifndef FW_HOST_SETS_H
#define FW_HOST_SETS_H

#include "base/diag.h"
#include "host/netns.h"
#include "ruletext/set.h"

/* Makes it from nothing in a scratch namespace, once each. False after a report. */
must_check bool set_rehearse(struct set *set, const struct netns *netns, struct diag_log *log);

/* Notes what is there now: before set_put. */
void set_look(struct set *set);

/* After both: is what is there what was asked for? A set that was not tried never is. */
bool set_stands(const struct set *set);

/* Makes or replaces it; the same members again change nothing. False after a report. */
must_check bool set_put(struct set *set, struct diag_log *log);

/* Undoes set_put. False after a report. */
must_check bool set_put_back(struct set *set, struct diag_log *log);

/* All sets with their members, as `ipset save` tells them, appended. False after a report. */
must_check bool sets_save(struct strbuf *out, struct diag_log *log);

/* Sets that are there now, without members, made in a scratch namespace too. Best effort. */
void sets_mirror(const struct netns *netns, const char *const *except, size_t count);

#endif
