/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A set of packets as few large regions, which may overlap. */
#include "meaning/region.h"

/* Takes out each region that lies in the union of the others. */
static void drop_covered(const struct region_space *at, struct region_list *list)
{
	struct diagrams *all = at->diagrams;
	diagram *before = calloc(list->len + 1, sizeof(*before)), behind = DIAGRAM_EMPTY;
	size_t kept = list->len;

	for (size_t i = 0; i < list->len && before != NULL; i++)
		before[i + 1] = diagram_or(all, before[i], list->item[i].set);
	for (size_t i = list->len; i-- > 0 && before != NULL && !diagrams_lost(all);) {
		diagram others = diagram_or(all, before[i], behind);

		if (diagram_minus(all, list->item[i].set, others) == DIAGRAM_EMPTY)
			continue;
		behind = diagram_or(all, behind, list->item[i].set);
		list->item[--kept] = list->item[i]; /* never before i */
	}
	if (before != NULL && !diagrams_lost(all)) {
		list->len -= kept;
		for (size_t i = 0; i < list->len; i++)
			list->item[i] = list->item[kept + i];
	}
	free(before);
}

struct region_list regions_find(const struct region_space *at, diagram wanted, size_t max)
{
	struct region_list list = { .rest = wanted };

	while (list.len < max && list.rest != DIAGRAM_EMPTY && !diagrams_lost(at->diagrams)) {
		struct packet_region region = region_of(at, wanted, list.rest);

		if (!vec_push(&list, region))
			break;
		list.rest = diagram_minus(at->diagrams, list.rest, region.set);
	}
	drop_covered(at, &list);
	return list;
}

struct region_list regions_missing(const struct region_space *at, const struct packet_region *around, diagram wanted, size_t max)
{
	struct region_space within = *at;

	within.care = around->set;
	return regions_find(&within, diagram_minus(at->diagrams, around->set, wanted), max);
}

void region_list_free(struct region_list *list)
{
	vec_free(list);
}
