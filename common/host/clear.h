/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Removes from iptables' own tables what nft made there and iptables cannot tell (host/native.h), where rules have to be put
 * in force whatever stands there. Tables of other names are not touched.
 */
#ifndef FW_HOST_CLEAR_H
#define FW_HOST_CLEAR_H

#include "host/backend.h"

struct clearing {
	enum family families;
	bool whole;           /* a table with any such thing goes as it is; else only these things, if that can be done */
	bool or_whole;        /* what cannot be removed alone goes with its table */
	bool close[FAMILIES]; /* the policies of INPUT and FORWARD become DROP in the same moment: until rules are loaded, nothing is open */
};

/* Reports what it removes, and what it cannot. The families that iptables cannot tell afterwards. */
enum family natives_clear(const struct backend *backend, const struct clearing *clearing, struct diag_log *log);

#endif
