/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What raises the counters, in kernel 6.18 (net/netfilter/nf_conntrack_core.c):
 *
 * drop alone: nf_conntrack_in could not allocate an entry, because the table was full and nothing near the new
 * entry could be evicted, or because there was no memory.
 * drop and invalid: the protocol refused the packet. TCP does when a connection is opened anew while another
 * processor removes its entry.
 * drop and insert_failed: nf_ct_resolve_clash found another entry with the same addresses and ports, and could
 * not merge the two. Either both belong to one connection, or NAT gave up and took a port that was in use.
 * insert_failed and chain_toolong: a bucket was too long; the packet is dropped, but drop stays.
 * found: NAT asked for a port, and another entry had it. An exhausted range raises it once or more per packet;
 * a range of a single port does not.
 * clash_resolve: two entries of one connection were merged, and nothing was lost.
 */
#include "conntrack/losses.h"

#include <inttypes.h>

#define FULL_PERCENT 95 /* from here on the kernel evicts entries in the background too */

const struct loss_kind loss_kinds[LOSS_CAUSES] = {
	[LOSS_NONE] = { .name = "none", .reason = "nothing was lost" },
	[LOSS_CLASH] = { .name = "clash", .reason = "packets of one connection were tracked at the same moment" },
	[LOSS_COLLISION] = { .name = "collision",
			     .reason = "packets of one connection at the same moment, or NAT without a free port" },
	[LOSS_CHAIN] = { .name = "chain", .reason = "a hash bucket was too long" },
	[LOSS_NAT] = { .name = "nat", .reason = "NAT found no free address and port" },
	[LOSS_EVICTION] = { .name = "eviction", .reason = "the table was full, unassured entries were evicted" },
	[LOSS_REOPEN] = { .name = "reopen",
			  .reason = "a connection was opened anew while it ended, or the table was full for a moment" },
	[LOSS_MEMORY] = { .name = "memory",
			  .reason = "no memory for a new entry, or the table was full for a moment" },
	[LOSS_FULL] = { .name = "full", .reason = "the table was full" },
};

/* The counter that shows a cause. */
static enum counter_id loss_counter(enum loss_cause cause)
{
	switch (cause) {
	case LOSS_EVICTION:
		return COUNTER_EARLY_DROP;
	case LOSS_FULL:
	case LOSS_MEMORY:
	case LOSS_REOPEN:
		return COUNTER_DROP;
	case LOSS_CHAIN:
		return COUNTER_CHAIN_TOOLONG;
	default:
		return COUNTER_INSERT_FAILED;
	}
}

/* Unless the fill is known, a refusal is taken for a full table; without a limit no table is full. */
static bool is_full(const struct snapshot *now)
{
	if (now->has_max && now->max == 0)
		return false;
	return !snapshot_has_fill(now) || now->count * 100 >= now->max * FULL_PERCENT;
}

/*
 * The counters are read while the kernel counts on, so that a drop can be seen without its insert_failed: one
 * for each processor, at most. Unless something else shows a full table, so few are ignored.
 */
static bool is_in_flight(const struct snapshot *now, uint64_t refused, uint64_t drops)
{
	return refused < drops && refused <= now->counters.lines.len;
}

/* Why packets were refused. If the table has room, their protocol can have refused as many as are invalid. */
static enum loss_cause refusal_cause(const struct snapshot *now, bool full, uint64_t refused, uint64_t invalid)
{
	if (full)
		return LOSS_FULL;
	return snapshot_has_fill(now) && refused <= invalid ? LOSS_REOPEN : LOSS_MEMORY;
}

static enum loss_cause collision_cause(uint64_t collided, uint64_t found, uint64_t resolved, bool tells)
{
	bool nat = found >= collided, clash = resolved > 0;

	if (!tells || nat == clash)
		return LOSS_COLLISION;
	return nat ? LOSS_NAT : LOSS_CLASH;
}

void losses_find(struct ct_losses *losses, const struct snapshot *now, const struct snapshot *then)
{
	static const struct ct_counters none;
	const struct ct_counters *old = then != NULL ? &then->counters : &none;
	uint64_t growth[COUNTER_COUNT], refused, collided;
	bool reset = false, full;

	for (unsigned i = 0; i < COUNTER_COUNT; i++)
		growth[i] = counters_growth(old, &now->counters, i, &reset);
	*losses = (struct ct_losses){ 0 };
	refused = counters_surplus(old, &now->counters, COUNTER_DROP, COUNTER_INSERT_FAILED);
	full = is_full(now) || growth[COUNTER_EARLY_DROP] > 0;
	/* More failures than drops: some were of another kind, and may hide refused packets. */
	if (snapshot_has_fill(now) && is_full(now) && growth[COUNTER_INSERT_FAILED] > growth[COUNTER_DROP])
		refused = growth[COUNTER_DROP];
	if (!full && is_in_flight(now, refused, growth[COUNTER_DROP]))
		refused = 0;
	collided = growth[COUNTER_DROP] - refused;
	losses->count[refusal_cause(now, full, refused, growth[COUNTER_INVALID])] = refused;
	losses->count[LOSS_EVICTION] = growth[COUNTER_EARLY_DROP];
	losses->count[LOSS_CHAIN] = growth[COUNTER_CHAIN_TOOLONG];
	if (collided > 0)
		/* Kernels without clash_resolve count every lookup of a packet in found. */
		losses->count[collision_cause(collided, growth[COUNTER_FOUND], growth[COUNTER_CLASH_RESOLVE],
					      counters_know(&now->counters, COUNTER_CLASH_RESOLVE))] = collided;
	for (unsigned cause = 0; cause < LOSS_CAUSES; cause++)
		if (losses->count[cause] > 0)
			losses->worst = cause;
}

uint64_t losses_refused(const struct ct_losses *losses)
{
	return losses->count[LOSS_FULL] + losses->count[LOSS_MEMORY];
}

uint64_t losses_collided(const struct ct_losses *losses)
{
	return losses->count[LOSS_NAT] + losses->count[LOSS_CLASH] + losses->count[LOSS_COLLISION];
}

void losses_text(struct strbuf *out, const struct ct_losses *losses, enum loss_cause cause, const char *since)
{
	strbuf_printf(out, "%s +%" PRIu64 "%s: %s", counter_kinds[loss_counter(cause)].name, losses->count[cause],
		      since, loss_kinds[cause].reason);
}
