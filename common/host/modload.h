/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel modules through libkmod. Commands of `install` lines in its configuration are never run. */
#ifndef FW_HOST_MODLOAD_H
#define FW_HOST_MODLOAD_H

#include "base/base.h"
#include "base/strbuf.h"

enum modload {
	MODLOAD_DONE,      /* it is loaded, or built in */
	MODLOAD_UNKNOWN,   /* no module of that name or alias */
	MODLOAD_BLACKLIST, /* the machine's configuration forbids it, or what it needs */
	MODLOAD_COMMAND,   /* the configuration wants a command run in its place, or in that of what it needs */
	MODLOAD_FOREIGN,   /* it is no module of netfilter */
	MODLOAD_NO_TREE,   /* this kernel has no modules, or none in /lib/modules: everything is built in, or absent */
	MODLOAD_FAILED,    /* *err says why */
};

struct kmod_ctx;

/* dir: NULL for /lib/modules/RELEASE; conf: NULL for the usual places, else one directory. NULL: no memory. */
must_check struct kmod_ctx *modload_open(const char *dir, const char *conf);
void modload_close(struct kmod_ctx *ctx);

/* Is this module (its own name, not an alias) one that a text may ask for? What such a module needs is not asked. */
bool modload_allowed(const char *resolved);

/* Loads it and what it needs; with `look` only finds out what would come of it. */
must_check enum modload modload_one(struct kmod_ctx *ctx, const char *name, bool look, int *err);

/*
 * Appends, with a blank in front of each, what loading it would put into the kernel, in that order: what it
 * needs, then itself; not what is there already.
 */
void modload_order(struct kmod_ctx *ctx, const char *name, struct strbuf *out);

/* For a message: "is blacklisted" and the like. */
const char *modload_text(enum modload result);

#endif
