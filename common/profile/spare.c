/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The addresses that "block" must leave alone. */
#include "profile/resolve.h"

/* Lists of reserved networks contain these. */
static const struct spared {
	const char *text, *why;
	bool kept; /* blocked in spite of the warning */
} spared[] = {
	{ "127.0.0.0/8", "this host itself", false },
	{ "::1", "this host itself", false },
	{ "::", "hosts that do not have an address yet", false },
	{ "fe80::/10", "the IPv6 neighbours of this host", false },
	{ "169.254.0.0/16", "link-local addresses, by which clouds serve names and settings", true },
};

/* Takes the range out of the set. */
static bool cut(struct profile *profile, struct addr_set *set, const struct addr_range *range)
{
	struct addr_set hole = { 0 };
	bool good = addr_set_add(&hole, range) && addr_set_subtract(set, &hole);

	addr_set_free(&hole);
	return good || profile_memory(profile);
}

static bool meets(const struct addr_set *set, const struct addr_range *range)
{
	for (size_t i = 0; i < set->ranges.len; i++)
		if (set->ranges.item[i].family == range->family && set->ranges.item[i].first <= range->last &&
		    range->first <= set->ranges.item[i].last)
			return true;
	return false;
}

bool hosts_spare(struct profile *profile, const struct where *where, const char *name, struct addr_set *set)
{
	for (size_t i = 0; i < set->ranges.len; i++)
		if (addr_prefix(&set->ranges.item[i]) == 0) {
			profile_error(profile, where, "\"block\" would drop every packet of IPv%c, replies too: use \"default in deny\"",
				      set->ranges.item[i].family == FAMILY_IPV4 ? '4' : '6');
			return false;
		}
	for (size_t i = 0; i < ARRAY_LEN(spared); i++) {
		struct addr_range range;

		if (addr_parse(spared[i].text, &range) != ADDR_FINE || !meets(set, &range))
			continue;
		if (spared[i].kept && name != NULL)
			profile_warning(profile, where, "%s blocks %s: %s", name, spared[i].text, spared[i].why);
		if (!spared[i].kept)
			profile_warning(profile, where, "%s contains %s, which is not blocked: %s",
					name != NULL ? name : "this line", spared[i].text, spared[i].why);
		if (!spared[i].kept && !cut(profile, set, &range))
			return false;
	}
	return true;
}
