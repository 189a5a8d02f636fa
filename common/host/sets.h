/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Reads and changes sets through the program ipset. */
#ifndef FW_HOST_SETS_H
#define FW_HOST_SETS_H

#include "diag/diag.h"
#include "host/netns.h"

/*
 * Appends the output of `ipset save NAME`, in our namespace (netns NULL) or a scratch namespace. name NULL: all sets.
 * 0; -ENOENT: there is no such set; -ENOSYS: ipset is not installed; -EPERM: not permitted; -EIO: any other failure.
 */
must_check int ipset_save(const struct netns *netns, const char *name, struct strbuf *out);

/*
 * Gives lines to `ipset restore`, which stops at the first line that fails; the lines before it take effect. `held` is
 * that of struct spawn: an ipset that outlives us keeps these locks, and the next run waits for it. Reports failures, prefixed with `name`. 0; -ENOSYS: ipset is not installed; -EBUSY: a set to be destroyed or renamed is in
 * use; -EIO: any other failure.
 */
must_check int ipset_restore(const struct netns *netns, const int *held, const char *name, const struct strbuf *lines,
			     struct diag_log *log);

/* Appends all sets with their members, as `ipset save` writes them. False: failed, and reported. */
must_check bool sets_save(struct strbuf *out, struct diag_log *log);

/* Creates the sets of `saved`, without members, in a scratch namespace. Best effort: the rules may not need them. */
void sets_mirror(const struct strbuf *saved, const struct netns *netns);

#endif
