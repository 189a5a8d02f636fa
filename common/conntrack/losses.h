/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What the kernel lost, and why. The counter drop alone does not say it: the kernel raises it where the table
 * is full, and also, together with insert_failed, where the finished entry of a packet could not be inserted
 * because another entry has its addresses and ports. So only the rest, drop less insert_failed, can mean a full
 * table.
 */
#ifndef FW_CONNTRACK_LOSSES_H
#define FW_CONNTRACK_LOSSES_H

#include "base/base.h"
#include "base/strbuf.h"
#include "conntrack/source.h"

/* From harmless to grave. */
enum loss_cause {
	LOSS_NONE,
	LOSS_CLASH,	/* packets of one connection were tracked at the same moment */
	LOSS_COLLISION, /* a clash or NAT: the counters do not show which */
	LOSS_CHAIN,	/* a hash bucket was too long */
	LOSS_NAT,	/* NAT found no free address and port */
	LOSS_EVICTION,	/* a full table: unassured entries were evicted */
	LOSS_REOPEN,	/* refused, or a connection was opened anew while it ended: the counters do not show which */
	LOSS_MEMORY,	/* packets were refused, but nothing shows that the table was full */
	LOSS_FULL,	/* a full table: packets of new connections were refused */
	LOSS_CAUSES
};

/* A cause is one row of loss_kinds: every format and the advice read its name from there. */
struct loss_kind {
	const char *name;   /* "nat" */
	const char *reason; /* what happened, for a line such as "insert_failed +3: NAT found no free port" */
};

extern const struct loss_kind loss_kinds[LOSS_CAUSES];

struct ct_losses {
	uint64_t count[LOSS_CAUSES]; /* entries for LOSS_EVICTION, else packets; 0: not this cause */
	enum loss_cause worst;
};

/*
 * What was lost between two snapshots. then NULL: since the start. A counter that is not known counts as 0; but
 * without insert_failed every drop counts as refused.
 */
void losses_find(struct ct_losses *losses, const struct snapshot *now, const struct snapshot *then);

/* Packets of new connections that the kernel refused to track. */
uint64_t losses_refused(const struct ct_losses *losses);

/* Packets dropped because another entry had their addresses and ports. */
uint64_t losses_collided(const struct ct_losses *losses);

/* Appends "insert_failed +3 since the start: NAT found no free address and port". */
void losses_text(struct strbuf *out, const struct ct_losses *losses, enum loss_cause cause, const char *since);

#endif
