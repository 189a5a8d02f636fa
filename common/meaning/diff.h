/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What changes for packets from one ruleset to another: sets of packets by how their fate changed, and of each
 * place in the text that changed, the packets whose fate it changed.
 *
 * Only packets that match a rule that changed are looked at: all others meet the same rules in the same order.
 */
#ifndef FW_MEANING_DIFF_H
#define FW_MEANING_DIFF_H

#include "meaning/fate.h"

enum diff_class {
	DIFF_ACCEPTED,   /* was dropped or rejected, is accepted */
	DIFF_REFUSED,    /* was accepted, is dropped or rejected */
	DIFF_TRANSLATED, /* is accepted as before, but NAT makes it another packet */
	DIFF_MARKED,     /* is accepted as before, but mark, TOS or the like differ */
	DIFF_REJECTED,   /* is refused as before, but the sender is told something else */
	DIFF_DECIDED,    /* another program, or a target that nobody knows, decides in one of the two */
	DIFF_CLASSES
};

/* A place of changed rules: neighbours in a chain, those of the old one and those of the new one. */
struct diff_place {
	const struct program_chain *chain[ALIGN_SIDES]; /* NULL: that side has no such chain */
	unsigned from[ALIGN_SIDES], to[ALIGN_SIDES];    /* rules: indices in the chain, `to` not within */
	bool policy;                                    /* not rules changed here, but the policy */
	diagram hits;                                   /* packets that match one of its rules in either program */
	diagram set[DIFF_CLASSES];                      /* packets whose fate changed, not told at an earlier place */
};

struct diff {
	struct world world;
	struct program *program[ALIGN_SIDES]; /* owned */
	struct alignment align;
	struct fates fates;
	struct boxes cut;        /* packets beside these have the same fate in both */
	diagram care;            /* packets that there can be */
	struct fate_walk walk[ALIGN_SIDES];
	diagram accepted, refused; /* what became of the packets of the cut before */
	diagram set[DIFF_CLASSES];
	VEC(struct diff_place) places;
	const char *further;     /* what a changed rule uses that acts on more than its packet, a literal; NULL: nothing */
	bool counted;            /* rules differ in what they count: struct alignment tells which */
	bool lost;               /* it was too much work: the sets say nothing */
	bool loops;              /* chains call each other, or too often: some packets have no fate */
	bool no_memory;
};

/* At most `nodes` of diagrams. False when memory ran out. diff_end must follow in any case. The rulesets are borrowed. */
must_check bool diff_begin(struct diff *diff, const struct ruleset *old, const struct ruleset *new, size_t nodes);
void diff_end(struct diff *diff);

/* Only the first part of it: the programs, which rule is which, and the cut. No packet is compared. */
must_check bool diff_prepare(struct diff *diff, const struct ruleset *old, const struct ruleset *new);

/* Is there any packet whose fate changed? */
bool diff_found(const struct diff *diff);

/*
 * What of these packets is to be described, which may be nothing. A packet that DNAT sends on in both rulesets is in the
 * sets as one for this host, of which it is not known where it leaves, and also as one that leaves through each interface.
 * The latter tell all of it.
 */
diagram diff_described(const struct diff *diff, diagram set);

/* diff_cut.c: fills in cut. False when memory ran out. */
must_check bool diff_cut(struct diff *diff);

/* diff_care.c: the packets that there can be. */
diagram diff_care(const struct diff *diff);
void diff_note_care(struct world *world);

/* diff_place.c: fills in places. False when memory ran out. */
must_check bool diff_places(struct diff *diff);

/* Does the policy of this built-in chain differ? A chain that is not there accepts. */
bool diff_policy(const struct program_chain *old, const struct program_chain *new);

#endif
