/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Why no packet gets to a rule, found by looking rules up instead of comparing each with each: earlier rules that stop
 * its packets in its own chain, in a chain that is called before, or on every way to its chain. A proof where it says
 * yes; where it says no, nothing is known.
 */
#ifndef FW_MEANING_STOPPED_H
#define FW_MEANING_STOPPED_H

#include "meaning/program.h"

struct stoppers {
	VEC(const struct program_rule *) list; /* each once */
	bool inside; /* all stand in the rule's own chain, and decide there */
	unsigned steps;
	bool no_memory;
};

/* Do all packets of the rule's boxes that meet `entry` stop before they get to it? Then the list says where. */
must_check bool rule_is_stopped(struct program *program, const struct program_rule *rule, const struct box *entry,
				struct stoppers *found);

#endif
