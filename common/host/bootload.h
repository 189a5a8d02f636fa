/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Would anything load rules at the next boot? Rules that nothing loads are lost then. */
#ifndef FW_HOST_BOOTLOAD_H
#define FW_HOST_BOOTLOAD_H

#include "base/strbuf.h"

/*
 * Looks below `root` ("" for this system) for enabled units and scripts of the known loaders, and for
 * iptables-restore or fw-load in the places from which a boot runs commands. True: appends to `what`
 * the path that was found first.
 */
bool bootload_find(const char *root, struct strbuf *what);

#endif
