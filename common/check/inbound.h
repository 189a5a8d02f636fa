/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Who can reach which port of this host from outside: the table of INPUT (meaning/exposure.h) for packets from an
 * ordinary port. Several checks read it, so it is made once, when the first of them asks.
 */
#ifndef FW_CHECK_INBOUND_H
#define FW_CHECK_INBOUND_H

#include "check/questions.h"
#include "meaning/exposure.h"

struct inbound {
	struct flow flow; /* of its own, so that the table cannot use up the nodes of other questions */
	struct exposure_table table;
	bool made, known;
};

/* NULL: nothing is known. Its cells for lo are not from outside. */
const struct exposure_table *inbound_table(const struct meaning *m);

/* Does the cell say what comes from other hosts? */
bool inbound_is_outside(const struct exposure_cell *cell);

/* The cell's ports, as numbers of the space. */
struct span inbound_ports(const struct meaning *m, const struct exposure_cell *cell);

void inbound_end(struct inbound *inbound);

#endif
