/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Will anything load rules at the next boot? If not, the rules in force are lost then. */
#ifndef FW_HOST_BOOTLOAD_H
#define FW_HOST_BOOTLOAD_H

#include "base/strbuf.h"

/*
 * Searches below `root` ("" for this system) for enabled units and scripts of known loaders, and for iptables-restore
 * or fw-load in files whose commands run at boot. True: appends the first path found to `what`.
 */
bool bootload_find(const char *root, struct strbuf *what);

#endif
