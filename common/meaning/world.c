/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/world.h"

void world_begin(struct world *world, enum family family)
{
	*world = (struct world){ .matches.family = family };
	world->matches.arena = &world->arena;
	space_begin(&world->space, family);
}

bool world_seal(struct world *world)
{
	for (unsigned state = 0; state < CT_STATE_COUNT; state++)
		space_note_value(&world->space, FIELD_CT, ct_value((enum ct_state)state, false, false, false));
	space_note_value(&world->space, FIELD_IN, 0); /* no interface */
	space_note_value(&world->space, FIELD_OUT, 0);
	space_note_value(&world->space, FIELD_FRAGMENT, 1);
	return space_seal(&world->space);
}

void world_free(struct world *world)
{
	matchset_free(&world->matches);
	space_free(&world->space);
	arena_free(&world->arena);
}
