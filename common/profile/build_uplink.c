/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * mark connections from ZONE. A connection that comes in by an uplink keeps its mark, and the packets that answer get it,
 * so that a routing rule can send them back by the same uplink. Packets that come in by the uplink must not get the mark:
 * they would be routed back, too, and no forwarded connection would work (tried).
 */
#include "profile/build.h"

#include <string.h>

/* Whether no other line gives the same mark to another zone. Reports an error if one does. */
static bool mark_is_free(struct profile *profile, const struct statement *st)
{
	for (const struct statement *other = profile->statements.first; other != st; other = other->next) {
		unsigned long mask = other->kind == STATEMENT_MARK ? other->mark.mask & st->mark.mask : 0;

		if (other->kind != STATEMENT_MARK || other->mark.uplink.text == NULL || other->broken || mask == 0 ||
		    (other->mark.value & mask) != (st->mark.value & mask))
			continue;
		profile_error(profile, &st->where, "the connections from \"%s\" have this mark already, at %s:%u",
			      other->mark.uplink.text, other->where.file, other->where.line);
		return false;
	}
	return true;
}

static void uplink_rule(struct profile *profile, const struct statement *st, const char *chain, const char *text)
{
	enum phase phase = strcmp(chain, "PREROUTING") == 0 ? statement_phase(st)
			   : strcmp(chain, "OUTPUT") == 0   ? PHASE_DEPARTURE
							    : PHASE_TRANSIT;

	if (text != NULL)
		output_rule(&profile->out, TABLE_MANGLE, phase, FAMILY_BOTH, chain, &st->where, text);
}

/* Gives the mark of the connection to packets that did not come in by the zone. */
static bool uplink_restore(struct profile *profile, const struct statement *st, const struct zone *zone, const char *match,
			   const char *restore)
{
	const char *chain = statement_id(profile, st);

	if (chain == NULL)
		return false;
	if (zone->iface_count == 1) {
		uplink_rule(profile, st, "PREROUTING",
			    profile_textf(profile, "! -i %s %s -j %s", zone->ifaces[0], match, restore));
	} else {
		output_chain(&profile->out, TABLE_MANGLE, chain);
		uplink_rule(profile, st, "PREROUTING", profile_textf(profile, "%s -j %s", match, chain));
		for (size_t i = 0; i < zone->iface_count; i++)
			uplink_rule(profile, st, chain, profile_textf(profile, "-i %s -j RETURN", zone->ifaces[i]));
		uplink_rule(profile, st, chain, profile_textf(profile, "-j %s", restore));
	}
	uplink_rule(profile, st, "OUTPUT", profile_textf(profile, "%s -j %s", match, restore));
	return true;
}

bool build_uplink(struct profile *profile, const struct statement *st)
{
	const struct mark *mark = &st->mark;
	const struct zone *zone = resolve_zone(profile, &mark->uplink);
	const char *match = profile_textf(profile, "-m connmark --mark 0x%lx/0x%lx", mark->value, mark->mask);
	const char *restore =
		profile_textf(profile, "CONNMARK --restore-mark --nfmask 0x%lx --ctmask 0x%lx", mark->mask, mark->mask);

	if (zone == NULL || match == NULL || restore == NULL || !mark_is_free(profile, st))
		return false;
	for (size_t i = 0; i < zone->iface_count; i++)
		uplink_rule(profile, st, "PREROUTING",
			    profile_textf(profile,
					  "-i %s -m conntrack --ctstate NEW -m connmark --mark 0x0/0x%lx -j CONNMARK "
					  "--set-xmark 0x%lx/0x%lx",
					  zone->ifaces[i], mark->mask, mark->value, mark->mask));
	return uplink_restore(profile, st, zone, match, restore);
}
