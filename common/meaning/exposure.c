/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/exposure.h"

#define SYN       0x02
#define CELLS_MAX 100000 /* ports times interfaces, before neighbours are joined */

struct exposing {
	struct exposure_table *table;
	struct flow *flow;
	unsigned proto;
	diagram accepted, dropped; /* by source, port and interfaces: of which some packets are */
	uint32_t in, out;          /* numbers */
	bool no_memory;
};

/* New packets of the protocol, at the hook. False: there are none. */
static bool new_packets(const struct exposing *exposing, const struct program_chain *chain, struct box *box)
{
	const struct program *program = exposing->flow->program;
	unsigned state = ct_value(CT_NEW, false, false, false);

	*box = program_entry(program, chain->table, exposing->table->hook);
	return program_narrow(program, box, FIELD_PROTO, exposing->proto, exposing->proto) &&
	       (exposing->table->sport == 0 ||
		program_narrow(program, box, FIELD_SPORT, exposing->table->sport, exposing->table->sport)) &&
	       program_narrow(program, box, FIELD_CT, state, state) && program_narrow(program, box, FIELD_FRAGMENT, 0, 0) &&
	       (exposing->proto != IPPROTO_TCP || program_narrow(program, box, FIELD_FLAGS, SYN, SYN));
}

static bool walk(struct exposing *exposing, const struct program_chain *chain)
{
	const unsigned kept = 1U << FIELD_SRC | 1U << FIELD_DPORT | 1U << FIELD_IN | 1U << FIELD_OUT;
	struct flow *flow = exposing->flow;
	struct box box;

	if (!new_packets(exposing, chain, &box) || !flow_all(flow, chain, &box, FLOW_ACCEPTED, &exposing->accepted) ||
	    !flow_all(flow, chain, &box, FLOW_DROPPED, &exposing->dropped))
		return false;
	exposing->accepted = diagram_over(flow->diagrams, exposing->accepted, kept);
	exposing->dropped = diagram_over(flow->diagrams, exposing->dropped, kept);
	return !diagrams_lost(flow->diagrams);
}

/* Those of the set that go to these ports. */
static diagram part(const struct exposing *exposing, diagram set, struct span ports)
{
	struct diagrams *all = exposing->flow->diagrams;
	struct box box = box_all(&exposing->flow->program->world->space);

	box.dim[FIELD_DPORT] = ports;
	return diagram_and(all, set, diagram_box(all, &box));
}

/* Sources and ports of those that go by these interfaces: equal for interfaces that the rules treat alike. */
static diagram by_interfaces(const struct exposing *exposing, diagram set)
{
	struct diagrams *all = exposing->flow->diagrams;
	struct box box = box_all(&exposing->flow->program->world->space);

	box.dim[FIELD_IN] = (struct span){ exposing->in, exposing->in };
	box.dim[FIELD_OUT] = (struct span){ exposing->out, exposing->out };
	return diagram_over(all, diagram_and(all, set, diagram_box(all, &box)), 1U << FIELD_SRC | 1U << FIELD_DPORT);
}

static void add_cell(struct exposing *exposing, const struct exposure_cell *cell, bool joins)
{
	struct exposure_table *table = exposing->table;
	struct exposure_cell *last = joins ? &table->cells.item[table->cells.len - 1] : NULL;

	if (last != NULL && last->open == cell->open && last->maybe == cell->maybe && last->closed == cell->closed)
		last->last = cell->last;
	else if (!vec_push(&table->cells, *cell))
		exposing->no_memory = true;
}

/* Ports that are treated alike: their sources. */
static void add_ports(struct exposing *exposing, struct span ports, diagram accepted, diagram dropped)
{
	const struct space *space = &exposing->flow->program->world->space;
	const struct space_field *at = &space->field[FIELD_DPORT];
	struct diagrams *all = exposing->flow->diagrams;
	struct exposure_cell cell = { .proto = exposing->proto, .in = space_sample(space, FIELD_IN, exposing->in) };

	if (exposing->table->hook == HOOK_FORWARD)
		cell.out = space_sample(space, FIELD_OUT, exposing->out);
	cell.first = (unsigned)at->starts.item[ports.lo];
	cell.last = ports.hi + 1 < at->count ? (unsigned)at->starts.item[ports.hi + 1] - 1 : UINT16_MAX;
	cell.open = diagram_minus(all, accepted, dropped);
	cell.maybe = diagram_and(all, accepted, dropped);
	cell.closed = diagram_minus(all, dropped, accepted);
	add_cell(exposing, &cell, ports.lo > 0);
}

/*
 * Ports, and the parts of both sets that go there. They are halved until all ports of a half
 * have the same sources: each step works on a part of the sets, where a step for each port would walk through the whole.
 */
static void split_ports(struct exposing *exposing, struct span ports, diagram accepted, diagram dropped)
{
	struct diagrams *all = exposing->flow->diagrams;
	diagram from_accepted = diagram_over(all, accepted, 1U << FIELD_SRC), from_dropped = diagram_over(all, dropped, 1U << FIELD_SRC);
	struct span left = { ports.lo, ports.lo + (ports.hi - ports.lo) / 2 }, right = { left.hi + 1, ports.hi };

	if (diagrams_lost(all) || exposing->no_memory)
		return;
	if (ports.lo == ports.hi || (part(exposing, from_accepted, ports) == accepted && part(exposing, from_dropped, ports) == dropped)) {
		add_ports(exposing, ports, from_accepted, from_dropped);
		return;
	}
	split_ports(exposing, left, part(exposing, accepted, left), part(exposing, dropped, left));
	split_ports(exposing, right, part(exposing, accepted, right), part(exposing, dropped, right));
}

static void add_all_ports(struct exposing *exposing)
{
	struct span all = { 0, exposing->flow->program->world->space.field[FIELD_DPORT].count - 1 };

	split_ports(exposing, all, part(exposing, by_interfaces(exposing, exposing->accepted), all),
		    part(exposing, by_interfaces(exposing, exposing->dropped), all));
}

/* Every interface but "none"; OUT has only that at INPUT. */
static void add_interfaces(struct exposing *exposing)
{
	const struct space *space = &exposing->flow->program->world->space;
	bool forward = exposing->table->hook == HOOK_FORWARD;
	uint32_t outs = forward ? space->field[FIELD_OUT].count : 1;

	for (exposing->in = 1; exposing->in < space->field[FIELD_IN].count; exposing->in++)
		for (exposing->out = forward; exposing->out < outs; exposing->out++)
			add_all_ports(exposing);
}

static bool is_too_much(const struct program *program, enum hook hook)
{
	const struct space_field *field = program->world->space.field;
	size_t pairs = (size_t)field[FIELD_IN].count * (hook == HOOK_FORWARD ? field[FIELD_OUT].count : 1);

	return pairs * field[FIELD_DPORT].count > CELLS_MAX;
}

bool exposure_begin(struct exposure_table *table, struct flow *flow)
{
	static const unsigned protos[] = { IPPROTO_TCP, IPPROTO_UDP };
	const struct program_chain *chain = program_hook(flow->program, "filter", table->hook);
	struct exposing exposing = { .table = table, .flow = flow };

	if (chain == NULL)
		return true;
	table->too_much = chain->looped || is_too_much(flow->program, table->hook);
	for (size_t i = 0; i < ARRAY_LEN(protos) && !table->too_much; i++) {
		exposing.proto = protos[i];
		if (walk(&exposing, chain))
			add_interfaces(&exposing);
		else
			table->too_much = true;
		table->too_much |= diagrams_lost(flow->diagrams);
	}
	if (table->too_much)
		exposure_end(table);
	return !exposing.no_memory;
}

void exposure_end(struct exposure_table *table)
{
	vec_free(&table->cells);
}

bool exposure_closed_to_all(const struct exposure_cell *cell)
{
	return cell->open == DIAGRAM_EMPTY && cell->maybe == DIAGRAM_EMPTY;
}

bool exposure_open_to_all(const struct exposure_cell *cell)
{
	return cell->maybe == DIAGRAM_EMPTY && cell->closed == DIAGRAM_EMPTY;
}

enum exposure_state exposure_of(const struct exposure_cell *cell, struct flow *flow, field_value source)
{
	const struct space *space = &flow->program->world->space;
	struct box box = box_all(space);
	uint32_t number = space_number(space, FIELD_SRC, source);
	diagram one;

	box.dim[FIELD_SRC] = (struct span){ number, number };
	one = diagram_over(flow->diagrams, diagram_box(flow->diagrams, &box), 1U << FIELD_SRC);
	if (diagram_and(flow->diagrams, one, cell->open) != DIAGRAM_EMPTY)
		return EXPOSURE_OPEN;
	return diagram_and(flow->diagrams, one, cell->maybe) != DIAGRAM_EMPTY ? EXPOSURE_MAYBE : EXPOSURE_CLOSED;
}
