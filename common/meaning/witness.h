/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * One packet that gets to a rule: the proof that it is alive. A point of the space, with the booleans
 * that are set as needed, is led from a hook along the jumps to the rule.
 */
#ifndef FW_MEANING_WITNESS_H
#define FW_MEANING_WITNESS_H

#include "meaning/packet.h"
#include "meaning/program.h"

struct witness {
	uint32_t point[FIELD_COUNT];
	struct box bools; /* only its literals count: what was decided of the booleans */
};

/* How many packets of a box are tried on one way to the rule. */
#define WITNESS_QUICK 2
#define WITNESS_ALL   24

/* Some packet of the box, which is within the rule's own, that gets to the rule from a hook. */
bool witness_find(struct program *program, const struct program_rule *rule, const struct box *box, unsigned samples,
		  struct witness *witness);

/* As a packet, read from the space's samples. */
struct packet witness_packet(const struct program *program, const struct witness *witness);

/* The usual numbers of a box: tcp, new, addresses for documentation, where it has them. */
void box_usual(const struct program *program, const struct box *box, uint32_t point[static FIELD_COUNT]);

/* A packet of a box, for messages. */
struct packet box_packet(const struct program *program, const struct box *box);

#endif
