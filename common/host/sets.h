/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of addresses, through the program ipset. */
#ifndef FW_HOST_SETS_H
#define FW_HOST_SETS_H

#include "base/diag.h"
#include "host/netns.h"

/*
 * Appends `ipset save NAME`, in our own namespace (netns NULL) or in a scratch namespace; name NULL: all sets. 0;
 * -ENOENT: there is no such set; -ENOSYS: ipset is not installed; -EPERM: not permitted; -EIO: it failed otherwise.
 */
must_check int ipset_save(const struct netns *netns, const char *name, struct strbuf *out);

/*
 * Gives lines to `ipset restore`, which stops at the first that fails: those before it are carried out. Reports
 * failures with `name` in front. 0; -ENOSYS: ipset is not installed; -EBUSY: rules or other sets use a set that was to
 * go; -EIO: it failed otherwise.
 */
must_check int ipset_restore(const struct netns *netns, const char *name, const struct strbuf *lines, struct diag_log *log);

/* All sets with their members, as `ipset save` tells them, appended. False after a report. */
must_check bool sets_save(struct strbuf *out, struct diag_log *log);

/* Makes the sets of saved, without members, in a scratch namespace. Best effort: rules may do without them. */
void sets_mirror(const struct strbuf *saved, const struct netns *netns);

#endif
