/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Confines a program that changes the firewall. */
#ifndef FW_HOST_BOUNDS_H
#define FW_HOST_BOUNDS_H

#include "base/base.h"
#include "base/strbuf.h"

/* What the run is going to do. */
enum bounds {
	BOUNDS_CHANGE = 1,  /* write to folders and to kernel settings */
	BOUNDS_MODULES = 2, /* load modules */
	BOUNDS_GUARD = 4,   /* start this program once more, directly or through systemd */
	BOUNDS_MOVE = 8,    /* move this process into a user namespace (netns_make) */
	BOUNDS_LOCK = 16,   /* take the lock of iptables-legacy */
};

/*
 * Confines this process, irrevocably. Afterwards it can execute only iptables' programs, ipset and what `may` implies.
 * It can write only to these folders (a list ended by NULL; if a folder is missing, to the nearest existing folder
 * above it) and to the places that `may` implies. It keeps only the capabilities that a load needs; its children keep
 * fewer, see host/spawn.h. Call this once, before any thread is started. Appends to gaps, if not NULL, a line for each
 * part that this machine cannot enforce; the other parts are in effect.
 */
void bounds_set(unsigned may, const char *const *folders, struct strbuf *gaps);

/* Drops the capability to load modules. */
void bounds_modules_done(void);

#endif
