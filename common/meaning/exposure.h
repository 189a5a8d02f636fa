/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Who can reach what: for each stretch of ports and each interface, which sources table filter lets open a connection
 * to it. The table is complete or empty: a table that needs more work than its flow allows has no cell.
 */
#ifndef FW_MEANING_EXPOSURE_H
#define FW_MEANING_EXPOSURE_H

#include "base/vec.h"
#include "meaning/flow.h"

/* Neighbouring ports and their interface, where they differ in nothing. */
struct exposure_cell {
	unsigned proto;      /* tcp or udp */
	unsigned first, last; /* ports */
	field_value in, out; /* a name for each interface that the rules treat so; out is 0 at INPUT */
	diagram open;        /* sources that are accepted, whatever else the packet has */
	diagram maybe;       /* sources of which some packets are accepted: within a limit, from a port, to an address */
	diagram closed;      /* sources that are dropped, whatever else the packet has */
};

struct exposure_table {
	enum hook hook; /* INPUT or FORWARD */
	unsigned sport; /* the port that packets come from; 0: any, so that cells are "maybe" where that decides */
	bool too_much;  /* nothing is known */
	VEC(struct exposure_cell) cells;
};

/* What becomes of new packets from a source. */
enum exposure_state { EXPOSURE_CLOSED, EXPOSURE_MAYBE, EXPOSURE_OPEN };

/*
 * Fills in a table that has hook and sport; the diagrams belong to the flow, and are valid as long as it is. FORWARD takes a flow of its
 * own, so that it cannot use up the nodes of other questions. False: memory ran out.
 */
must_check bool exposure_begin(struct exposure_table *table, struct flow *flow);
void exposure_end(struct exposure_table *table);

enum exposure_state exposure_of(const struct exposure_cell *cell, struct flow *flow, field_value source);

/* Is no source ever accepted? Is every source accepted for certain? */
bool exposure_closed_to_all(const struct exposure_cell *cell);
bool exposure_open_to_all(const struct exposure_cell *cell);

#endif
