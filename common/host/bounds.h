/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The confinement of a program that changes the firewall. */
#ifndef FW_HOST_BOUNDS_H
#define FW_HOST_BOUNDS_H

#include "base/base.h"
#include "base/strbuf.h"

/* What the run will do. */
enum bounds {
	BOUNDS_CHANGE = 1,  /* folders, and settings of the kernel, are written to */
	BOUNDS_MODULES = 2, /* modules are loaded */
	BOUNDS_GUARD = 4,   /* this program is started once more, by us or by systemd */
	BOUNDS_MOVE = 8,    /* this process moves into a user namespace (netns_make) */
	BOUNDS_LOCK = 16,   /* the lock of iptables-legacy is taken */
};

/*
 * Confines this process. It executes only the programs of iptables, ipset and those that `may` implies. It
 * writes only to these folders (a list ended by NULL; in place of a missing folder, to the nearest existing one
 * above it) and to the places that `may` implies. It keeps only the capabilities of a load. Its children keep
 * fewer: see host/spawn.h. Call it once, before any thread is started. Appends to gaps, if not NULL, a line
 * for each part that this machine cannot enforce; the other parts hold.
 */
void bounds_set(unsigned may, const char *const *folders, struct strbuf *gaps);

/* Drops the right to load modules. */
void bounds_modules_done(void);

#endif
