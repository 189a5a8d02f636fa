/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * One finding for one cause: rules that one rule makes unreachable, findings that say the same of several lines, and
 * findings in chains that another program writes become one each, which knows the lines that it stands for.
 */
#ifndef FW_CHECK_FOLD_H
#define FW_CHECK_FOLD_H

#include "base/arena.h"
#include "base/vec.h"
#include "check/choice.h"
#include "text/stream.h"

struct folded {
	struct diag diag; /* its text and related lines are in the arena */
	const char *key;  /* in the arena: findings of one key say the same */
	size_t order;
	bool gone; /* another one stands for it */
};

struct fold {
	VEC(struct folded) list;
	const struct stream *stream;
	struct arena arena;
	size_t hidden, heads; /* findings that others stand for, and those others */
	bool no_memory;
};

/* Keeps a copy; the reporter of a struct diag_log whose ctx is the fold. */
void fold_add(void *fold, const struct diag *diag);

/* Folds what was added. */
void fold_findings(struct fold *fold);
/* Puts what is left in order: by line, or the worst first and within a level what stands for most. */
void fold_sort(struct fold *fold, bool by_level);

void fold_free(struct fold *fold);

#endif
