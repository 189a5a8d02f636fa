/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A packet whose fate changed, as fw-trace reads it, and what the tracer says of it in both programs. */
#ifndef FW_MEANING_DIFF_WITNESS_H
#define FW_MEANING_DIFF_WITNESS_H

#include "meaning/diff.h"
#include "meaning/trace.h"

#define WITNESS_LITERALS 32
#define WITNESS_NAT      4

/* What became of the packet in one program. */
struct witness_fate {
	struct trace_result result;
	struct packet left;
	const struct program_rule *nat[WITNESS_NAT]; /* that rewrote it, in order */
	unsigned nat_count;
};

struct diff_witness {
	struct strbuf text; /* owned */
	struct packet packet;
	struct witness_fate fate[ALIGN_SIDES];
	int32_t literal[WITNESS_LITERALS]; /* booleans that must be true, or minus those that must be false */
	unsigned literal_count;
	bool sure;     /* fw-trace says the same: nothing unknown is assumed */
	bool verified; /* the tracer says so, what is unknown being assumed as the literals say */
};

/* A packet of a set of this class that is not empty. diff_witness_free must follow. */
void diff_witness_find(const struct diff *diff, enum diff_class class, diagram set, struct diff_witness *witness);

/* How many rules or policies other than the witness's decide further packets of the set, of some that are tried. */
struct other_deciders {
	unsigned count[ALIGN_SIDES];
};
struct other_deciders diff_witness_others(const struct diff *diff, enum diff_class class, diagram set, const struct diff_witness *witness);

/*
 * Where the comparison was too much work: tries packets of the cut, as many as this, for one that surely fares
 * differently. The same ones each time. False: there was none among them. diff_witness_free must follow in any case.
 */
must_check bool diff_witness_search(const struct diff *diff, unsigned tries, struct diff_witness *witness, enum diff_class *class);

void diff_witness_free(struct diff_witness *witness);

/* The class of the change from one fate to the other. DIFF_CLASSES: the packet fares alike. */
enum diff_class witness_class(const struct witness_fate *old, const struct witness_fate *new);

/* Follows a packet; ctx and assume as in struct tracer. */
struct witness_fate witness_follow(const struct program *program, const struct packet *packet,
				   enum answer (*assume)(void *ctx, const struct program_rule *rule, const struct packet *packet,
							 enum hook hook), void *ctx);

#endif
