/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/inbound.h"

#define NODES_MAX ((size_t)1000000)

const struct exposure_table *inbound_table(const struct meaning *m)
{
	struct inbound *inbound = m->inbound;

	if (!inbound->made) {
		inbound->made = true;
		inbound->table = (struct exposure_table){ .hook = HOOK_INPUT, .sport = 40000 };
		inbound->known = flow_begin(&inbound->flow, m->program, NODES_MAX) &&
				 exposure_begin(&inbound->table, &inbound->flow) && !inbound->table.too_much;
	}
	return inbound->known ? &inbound->table : NULL;
}

bool inbound_is_outside(const struct exposure_cell *cell)
{
	return cell->in != value_of_name("lo");
}

struct span inbound_ports(const struct meaning *m, const struct exposure_cell *cell)
{
	const struct space *space = &m->program->world->space;

	return (struct span){ space_number(space, FIELD_DPORT, cell->first), space_number(space, FIELD_DPORT, cell->last) };
}

void inbound_end(struct inbound *inbound)
{
	exposure_end(&inbound->table);
	flow_end(&inbound->flow);
}
