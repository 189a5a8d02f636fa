/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Packets that there can be: a difference of others is none. */
#include "meaning/diff.h"

#define LENGTH_MAX 65535
#define FLAG_SYN   0x02

void diff_note_care(struct world *world)
{
	struct range length = { 0, LENGTH_MAX };
	struct cond cond = { .kind = COND_RANGES, .field = FIELD_LENGTH, .other = FIELD_COUNT, .ranges = &length, .range_count = 1 };

	space_note(&world->space, &cond);
	for (unsigned type = 0; type < 4; type++)
		space_note_value(&world->space, FIELD_PKTTYPE, type);
}

static diagram value(const struct diff *diff, enum field field, field_value lo, field_value hi)
{
	return fate_range(&diff->fates, field, lo, hi);
}

/* Where the condition does not hold, the field has this value alone. */
static diagram else_value(const struct diff *diff, diagram set, diagram condition, enum field field, field_value other)
{
	struct diagrams *all = diff->fates.diagrams;

	return diagram_and(all, set, diagram_or(all, condition, value(diff, field, other, other)));
}

static diagram states(const struct diff *diff, diagram icmp)
{
	struct diagrams *all = diff->fates.diagrams;
	diagram set = DIAGRAM_EMPTY;

	for (unsigned ct = 0; ct < CT_VALUE_COUNT; ct++) {
		diagram at;

		if (!ct_possible(ct) || (ct_state_of(ct) == CT_NEW && (ct_has_snat(ct) || ct_has_dnat(ct))))
			continue;
		at = value(diff, FIELD_CT, ct, ct);
		if (ct_state_of(ct) == CT_UNTRACKED) /* as it came, neighbour discovery of IPv6 alone */
			at = diff->world.space.family == FAMILY_IPV6 ? diagram_and(all, at, icmp) : DIAGRAM_EMPTY;
		set = diagram_or(all, set, at);
	}
	return set;
}

diagram diff_care(const struct diff *diff)
{
	struct diagrams *all = diff->fates.diagrams;
	unsigned icmp_proto = diff->world.space.family == FAMILY_IPV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	diagram icmp = value(diff, FIELD_PROTO, icmp_proto, icmp_proto), tcp = value(diff, FIELD_PROTO, IPPROTO_TCP, IPPROTO_TCP);
	diagram ports = DIAGRAM_EMPTY, set = diagram_valid(all), ways = DIAGRAM_EMPTY;

	for (unsigned proto = 0; proto < 256; proto++)
		if (proto_has_ports(proto))
			ports = diagram_or(all, ports, value(diff, FIELD_PROTO, proto, proto));
	for (enum fate_path way = PATH_IN; way < PATH_COUNT; way++)
		ways = diagram_or(all, ways, fate_path_set(&diff->fates, way));
	set = diagram_and(all, set, ways);
	set = else_value(diff, set, ports, FIELD_SPORT, 0);
	set = else_value(diff, set, ports, FIELD_DPORT, 0);
	set = else_value(diff, set, icmp, FIELD_ICMP, 0);
	set = else_value(diff, set, tcp, FIELD_FLAGS, FLAG_SYN);
	set = diagram_and(all, set, states(diff, icmp));
	set = diagram_and(all, set, value(diff, FIELD_MARK, 0, 0));
	set = diagram_and(all, set, value(diff, FIELD_LENGTH, 0, LENGTH_MAX));
	set = diagram_and(all, set, value(diff, FIELD_PKTTYPE, 0, 3));
	if (diff->world.space.family == FAMILY_IPV6 || (diff->program[0]->tracked && diff->program[1]->tracked))
		set = diagram_and(all, set, value(diff, FIELD_FRAGMENT, 0, 0));
	return set;
}
