/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The files that an include directive names: one file, or those of a directory that are not taboo. */
#ifndef FW_ROTATE_INCLUDE_H
#define FW_ROTATE_INCLUDE_H

#include "base/base.h"
#include "base/vec.h"

/* What the names of files in a directory must not match, as in fnmatch(3). */
struct taboo {
	VEC(char *) patterns;  /* owned */
	bool without_defaults; /* the list of logrotate is replaced too */
};

/* Adds patterns: the elements of a list separated by commas, with `before` before each. False: no memory. */
must_check bool taboo_add(struct taboo *taboo, const char *before, const char *list);

/* Removes the patterns that begin with '*' (extensions), or the others. */
void taboo_clear(struct taboo *taboo, bool extensions);

/* True if a file of this name is not read. */
bool taboo_matches(const struct taboo *taboo, const char *name);

void taboo_free(struct taboo *taboo);

typedef VEC(char *) include_list; /* owned paths */

/*
 * Lists the files at this path: itself, or the regular files of the directory in the order of their names. 0 or -errno;
 * include_free must follow in either case.
 */
must_check int include_find(const char *path, const struct taboo *taboo, include_list *list);
void include_free(include_list *list);

#endif
