/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Loads kernel modules through libkmod. Never runs the commands of `install` lines in its configuration. */
#ifndef FW_HOST_MODLOAD_H
#define FW_HOST_MODLOAD_H

#include "base/base.h"
#include "base/strbuf.h"

enum modload {
	MODLOAD_DONE,      /* the module is loaded, or built in */
	MODLOAD_UNKNOWN,   /* no module of that name or alias */
	MODLOAD_BLACKLIST, /* the configuration forbids it, or a module that it needs */
	MODLOAD_COMMAND,   /* the configuration replaces it, or a module that it needs, by a command */
	MODLOAD_FOREIGN,   /* not a module of netfilter */
	MODLOAD_NO_TREE,   /* no modules in /lib/modules: everything is built in or missing */
	MODLOAD_FAILED,    /* *err says why */
};

struct kmod_ctx;

/* dir: NULL for /lib/modules/RELEASE. conf: a directory, or NULL for the usual places. NULL: no memory. */
must_check struct kmod_ctx *modload_open(const char *dir, const char *conf);
void modload_close(struct kmod_ctx *ctx);

/* May a text ask for this module (its own name, not an alias)? Modules that it needs are not checked. */
bool modload_allowed(const char *resolved);

/*
 * Loads a module and what it needs. look: loads nothing, and returns what would happen. *err: set with MODLOAD_FAILED.
 */
must_check enum modload modload_one(struct kmod_ctx *ctx, const char *name, bool look, int *err);

/*
 * Appends the names of the modules that loading it would add to the kernel, in order, each preceded by a blank: first
 * those that it needs, then itself. Leaves out those that are loaded.
 */
void modload_order(struct kmod_ctx *ctx, const char *name, struct strbuf *out);

/* A predicate for a message, such as "is blacklisted". */
const char *modload_text(enum modload result);

#endif
