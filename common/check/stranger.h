/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What happens to the first packet of somebody whom no rule names. Such packets are traced through all tables, so
 * that raw, mangle and nat count as well.
 */
#ifndef FW_CHECK_STRANGER_H
#define FW_CHECK_STRANGER_H

#include "check/questions.h"
#include "meaning/trace.h"

/* Unicast addresses that no rule names: their first and last value. */
struct range stranger_range(const struct meaning *m, enum field field);

/*
 * A packet that opens a connection, from an address that no rule names to another, by the interface any0. It is for
 * this host until a caller sets FIELD_OUT and `forwarded`.
 */
struct packet stranger_packet(const struct meaning *m, unsigned proto, field_value port);

/*
 * Is the packet accepted for certain, and is that decided in table filter? Where a list of addresses (a set, recent)
 * or a limit might drop it, the stranger is on no list and within the limit. Any other unknown answer is a no.
 */
bool stranger_passes(const struct meaning *m, const struct packet *packet, struct trace_result *result);

/* How many packets a check may trace without making a large ruleset wait: each may meet every rule. */
unsigned stranger_tries(const struct meaning *m);

/*
 * The interfaces that the rules tell apart, but for lo: a name for each. Those that rules name come first. At most
 * `max` names; returns how many. *named, if not NULL, gets how many of them rules name.
 */
unsigned stranger_interfaces(const struct meaning *m, enum field field, field_value names[], unsigned max, unsigned *named);

#endif
