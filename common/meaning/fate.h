/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What becomes of packets, as a function: sets of packets as they came are led through all tables as the tracer leads
 * one packet, and each part of them gets an end. What targets rewrite is kept beside the sets, so that a set always
 * speaks of the packets as they came. An unknown answer is a boolean, so that the ends are exact for each answer.
 *
 * A packet is assumed to come without a mark. Two programs that share a struct fates can be compared: the ends of
 * both have the same keys.
 */
#ifndef FW_MEANING_FATE_H
#define FW_MEANING_FATE_H

#include "meaning/alignment.h"
#include "meaning/diagram.h"
#include "meaning/packet.h"

/* What was rewritten on the way. Two packets with the same state had the same done to them. */
struct fate_state {
	unsigned known;     /* fields that have the value below, as bits of enum field */
	unsigned lost;      /* fields of whose value nothing is known */
	unsigned ct_bits;   /* what NAT adds to FIELD_CT */
	bool forwarded;
	bool hopped;        /* one was taken off the TTL */
	unsigned lost_by[FIELD_COUNT]; /* by what targets a field was lost */
	field_value value[FIELD_COUNT];
};

enum fate_kind {
	FATE_ACCEPTED,
	FATE_DROPPED,
	FATE_REJECTED,
	FATE_QUEUED,  /* another program decides */
	FATE_UNKNOWN, /* a target decides that nobody described */
	FATE_LOOP,    /* chains call each other, or too often */
};

struct fate_end {
	enum fate_kind kind;
	unsigned target; /* how it is rejected or queued: index + 1 into targets; 0: as usual */
	unsigned state;  /* of accepted packets: what was rewritten that matters to others */
};

/* A boolean: the answer of a rule, or of a match that rules share, at one stage of the way. */
struct fate_boolean {
	const struct cond *cond; /* a match that is a function of the packet; NULL: the whole rule */
	const struct program_rule *rule; /* one of those that have it; NULL: fates_chance */
	unsigned identity, stage, state;
};

/* What the programs of one comparison share. */
struct fates {
	struct world *world;      /* borrowed */
	struct alignment *align;      /* borrowed */
	struct diagrams *diagrams; /* owned */
	VEC(struct fate_state) states; /* the first is that of a packet as it came */
	VEC(const struct extension *) targets;
	VEC(struct fate_boolean) booleans;
	VEC(unsigned) buckets; /* open hash of booleans: index + 1 */
	bool no_memory;
};

/* A set of packets with what was done to them. */
struct fate_flow {
	unsigned state; /* index into states */
	diagram set;
};

struct fate_flows {
	struct fate_flow *item;
	size_t len, cap;
};

struct fate_part {
	struct fate_end end;
	diagram set;
};

/* One program's fates, of the packets that were asked for. */
struct fate_walk {
	struct fates *fates;
	const struct alignment_side *side;
	const struct boxes *near; /* rules that meet none of these boxes are passed over; NULL: none are */
	VEC(struct fate_part) parts; /* they overlap nowhere, and together are all that was asked for */
	diagram *hits;    /* owned, by serial: what matches a rule that changed */
	diagram *ends;    /* owned, by chain of the side: what comes to the end of a built-in chain */
	diagram sent_on;  /* packets that came as if for this host, and that DNAT sends on */
	unsigned stage;   /* table and hook */
	enum hook hook;
	unsigned long steps;
	struct fate_flows accepted; /* by the chain that is passed */
};

/* Notes what the walk asks the space for. Before the world is sealed. */
void fates_note(struct world *world, const struct program *program);

/* At most `limit` nodes. False when memory ran out. fates_end must follow in any case. */
must_check bool fates_begin(struct fates *fates, struct world *world, struct alignment *align, size_t limit);
void fates_end(struct fates *fates);

/* Of the packets of the set, for this host, from it or through it. May be called again: hits and ends add up. False: memory ran out, or it was too much work. */
must_check bool fate_walk(struct fate_walk *walk, diagram set);
void fate_walk_end(struct fate_walk *walk);

/* Packets that come in for this host, go through it, or come from it. */
enum fate_path { PATH_IN, PATH_THROUGH, PATH_OUT, PATH_COUNT };
diagram fate_path_set(const struct fates *fates, enum fate_path way);

/* --- fate_state.c --- */
unsigned fates_state(struct fates *fates, const struct fate_state *state);
unsigned fates_target(struct fates *fates, const struct extension *target); /* NULL: 0 */
void flows_add(struct fates *fates, struct fate_flows *flows, unsigned state, diagram set);

/* What a rule's target that lets packets go on makes of them: adds to *out. False: it changes nothing. */
bool fate_rewrite(struct fate_walk *walk, const struct program_rule *rule, unsigned state, diagram set, struct fate_flows *out);
void fate_nat(struct fate_walk *walk, const struct program_rule *rule, unsigned state, diagram set, struct fate_flows *out);

/* What matters of a state when the packet has gone: its index. */
unsigned fate_final(struct fates *fates, unsigned state);

/*
 * The fields that the rule's target gives one value to, whatever the packet: bits of enum field. *value has them. Not
 * for NAT.
 */
unsigned fate_constants(const struct program_rule *rule, enum family family, field_value value[static FIELD_COUNT]);

/* Is this value of the field the only one of its number, so that packets that have it can be told apart? */
bool fate_is_number(const struct space *space, enum field field, field_value value);

/* --- fate_rule.c --- */
/* What matches the rule of packets in this state, by answers that are possible. */
diagram fate_rule_set(struct fate_walk *walk, const struct program_rule *rule, unsigned state);

/* A boolean for the whole rule, whatever the packet. */
diagram fate_rule_boolean(struct fate_walk *walk, const struct program_rule *rule, unsigned state);

/* The packets of which this field has a value in the range. */
diagram fate_range(const struct fates *fates, enum field field, field_value lo, field_value hi);

/* That what targets made of these fields, and what is not known, is not the same by chance. */
diagram fates_chance(struct fates *fates, unsigned fields);

/* What the boolean of this number in a diagram is. NULL: a mask, whose answer the packet's value tells. */
const struct fate_boolean *fates_boolean(const struct fates *fates, unsigned number);

#endif
