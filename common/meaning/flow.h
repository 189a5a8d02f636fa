/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Sets of packets through a chain: what comes back from it, whether any of them may be accepted, or
 * dropped. "May" is for some values of the booleans and some answers of limits; what is empty never
 * happens.
 */
#ifndef FW_MEANING_FLOW_H
#define FW_MEANING_FLOW_H

#include "meaning/diagram.h"
#include "meaning/program.h"

struct flow {
	struct program *program;  /* borrowed */
	struct diagrams *diagrams; /* owned */
	diagram *back;            /* by chain of one table: what may come back from it, of any packet */
	const struct program_table *table; /* that back is of; NULL: none yet */
};

must_check bool flow_begin(struct flow *flow, struct program *program, size_t limit);
void flow_end(struct flow *flow);

diagram flow_rule(struct flow *flow, const struct program_rule *rule); /* what it matches at most */

/* Fills in back for the table's chains. False: memory ran out. */
must_check bool flow_returns(struct flow *flow, const struct program_table *table);

enum flow_end { FLOW_ACCEPTED, FLOW_DROPPED };

/*
 * Of the packets of the box, entering a chain: *some gets a part that may end so, its policy taken into
 * account, or for a user chain that what returns is let on; DIAGRAM_EMPTY: none ever does. flow_all: *part
 * gets all that may. False: that was too much work to tell.
 */
must_check bool flow_some(struct flow *flow, const struct program_chain *chain, const struct box *box,
			  enum flow_end end, diagram *some);
must_check bool flow_all(struct flow *flow, const struct program_chain *chain, const struct box *box,
			 enum flow_end end, diagram *part);

#endif
