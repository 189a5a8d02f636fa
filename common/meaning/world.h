/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What programs share that are compared with each other: one space, so that a number stands for the same values in
 * all of them, and one set of booleans, so that the same unknown match is the same boolean in all of them.
 *
 *	world_begin(&world, family);
 *	a = program_read(&world, old);		conditions are noted
 *	b = program_read(&world, new);
 *	world_seal(&world);			the space has its numbers
 *	program_box(a); program_box(b);		rules become boxes
 */
#ifndef FW_MEANING_WORLD_H
#define FW_MEANING_WORLD_H

#include "meaning/space.h"

struct world {
	struct arena arena; /* the conditions of all programs */
	struct matchset matches;
	struct space space;
};

/* *world must not move afterwards. world_free must follow, after the programs were freed. */
void world_begin(struct world *world, enum family family);

/* Notes what all questions are about, and seals the space. False when memory ran out. */
must_check bool world_seal(struct world *world);

void world_free(struct world *world);

#endif
