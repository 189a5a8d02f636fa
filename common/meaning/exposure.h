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
};

struct exposure_table {
	enum hook hook; /* INPUT or FORWARD */
	bool too_much;  /* nothing is known */
	VEC(struct exposure_cell) cells;
};

/* What becomes of new packets from a source. */
enum exposure_state { EXPOSURE_CLOSED, EXPOSURE_MAYBE, EXPOSURE_OPEN };

/*
 * Fills in the table; the diagrams belong to the flow, and are valid as long as it is. FORWARD takes a flow of its
 * own, so that it cannot use up the nodes of other questions. False: memory ran out.
 */
must_check bool exposure_begin(struct exposure_table *table, struct flow *flow, enum hook hook);
void exposure_end(struct exposure_table *table);

enum exposure_state exposure_of(const struct exposure_cell *cell, struct flow *flow, field_value source);

#endif
