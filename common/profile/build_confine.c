/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * confine. What this host sends is dropped in mangle POSTROUTING: filter OUTPUT still sees the interface that a packet
 * would have had without a mark that changed its route (tried). What it forwards is dropped in filter FORWARD, before
 * the rules about connections, so that a connection whose route moves does not go on beside the zone.
 */
#include "profile/build.h"

#include <string.h>

/* One chain of the statement: the packets that it confines jump there. */
struct fence {
	struct profile *profile;
	const struct statement *st;
	const struct zone *zone;
	enum out_table table;
	enum phase phase;
	const char *chain; /* the built-in one */
	const char *inner; /* fw-N; "DROP" if it would hold nothing else */
	unsigned chains;
};

/* What a host needs on its own link: without it, it loses its neighbours and its address. */
static const struct {
	enum family family;
	const char *text;
} link_rules[] = {
	{ FAMILY_BOTH, "-o lo -j RETURN" },
	{ FAMILY_IPV6, "-p ipv6-icmp -m icmp6 --icmpv6-type 133 -m hl --hl-eq 255 -j RETURN" },
	{ FAMILY_IPV6, "-p ipv6-icmp -m icmp6 --icmpv6-type 134 -m hl --hl-eq 255 -j RETURN" },
	{ FAMILY_IPV6, "-p ipv6-icmp -m icmp6 --icmpv6-type 135 -m hl --hl-eq 255 -j RETURN" },
	{ FAMILY_IPV6, "-p ipv6-icmp -m icmp6 --icmpv6-type 136 -m hl --hl-eq 255 -j RETURN" },
	{ FAMILY_IPV6, "-p ipv6-icmp -m icmp6 --icmpv6-type 131 -j RETURN" },
	{ FAMILY_IPV6, "-p ipv6-icmp -m icmp6 --icmpv6-type 132 -j RETURN" },
	{ FAMILY_IPV6, "-p ipv6-icmp -m icmp6 --icmpv6-type 143 -j RETURN" },
	{ FAMILY_IPV6, "-s fe80::/10 -p udp -m udp --sport 546 --dport 547 -j RETURN" },
	{ FAMILY_IPV4, "-p udp -m udp --sport 68 --dport 67 -j RETURN" },
};

/* Adds rules with this target to a chain of the fence. `what` NULL: all packets. Takes the selectors over. */
static bool fence_emit(struct fence *fence, const char *chain, const struct item *what, struct selectors from,
		       struct selectors to, const char *extra, const char *target)
{
	struct site_build build = site_begin(fence->profile, fence->st, fence->table, chain);
	struct rule_step step = { .family = FAMILY_BOTH, .match = "", .target = target };
	struct port_list ports;
	bool good = resolve_items(fence->profile, what, &ports);

	for (size_t i = 0; i < ports.list.len; i++)
		ports.list.item[i].unaddressed = false;
	build.from = from;
	build.to = to;
	build.site.phase = fence->phase;
	build.site.extra = extra;
	build.site.chains = fence->chains;
	build.site.no_in = fence->table == TABLE_MANGLE;
	good = good && groups_make(fence->profile, &ports, false, PORTS_DESTINATION, NULL, &build.groups);
	good = good && (vec_push(&build.steps.list, step) || profile_memory(fence->profile));
	good = good && site_emit(fence->profile, &build.site, &build.groups, &build.from, &build.to, &build.steps);
	fence->chains = build.site.chains;
	vec_free(&ports.list);
	site_end(&build);
	return good;
}

static bool selector_push(struct fence *fence, struct selectors *out, struct selector selector)
{
	return vec_push(&out->list, selector) || profile_memory(fence->profile);
}

static bool fence_excepts(struct fence *fence)
{
	for (const struct confine_except *except = fence->st->confine.excepts; except != NULL; except = except->next) {
		struct selectors from = { 0 }, to = { 0 };
		bool good = resolve_end(fence->profile, &except->to, FAMILY_BOTH, false, &to);

		if (good && to.self) {
			profile_error(fence->profile, &except->to.where,
				      "packets to this host never leave it: name other hosts");
			good = false;
		}
		if (!good || !selector_push(fence, &from, (struct selector){ .family = FAMILY_BOTH })) {
			selectors_free(&to);
			return false;
		}
		if (!fence_emit(fence, fence->inner, except->what, from, to, "", "RETURN"))
			return false;
	}
	return true;
}

/* Fills the chain of the statement: what may pass returns, the rest is dropped. */
static bool fence_fill(struct fence *fence)
{
	struct output *out = &fence->profile->out;

	output_chain(out, fence->table, fence->inner);
	for (size_t i = 0; fence->table == TABLE_MANGLE && i < ARRAY_LEN(link_rules); i++)
		output_rule(out, fence->table, fence->phase, link_rules[i].family, fence->inner, &fence->st->where,
			    link_rules[i].text);
	for (size_t i = 0; fence->zone->iface_count > 1 && i < fence->zone->iface_count; i++) {
		const char *text = profile_textf(fence->profile, "-o %s -j RETURN", fence->zone->ifaces[i]);

		if (text != NULL)
			output_rule(out, fence->table, fence->phase, FAMILY_BOTH, fence->inner, &fence->st->where, text);
	}
	if (!fence_excepts(fence))
		return false;
	output_rule(out, fence->table, fence->phase, FAMILY_BOTH, fence->inner, &fence->st->where, "-j DROP");
	return true;
}

/* Adds the rule that leads the packets from these sources into the fence. Takes the selectors over. */
static bool fence_enter(struct fence *fence, struct selectors from, const char *extra)
{
	struct selector beside = { .family = FAMILY_BOTH };
	struct selectors to = { 0 };

	if (fence->zone->iface_count == 1) {
		beside.iface = fence->zone->ifaces[0];
		beside.iface_not = true;
	}
	if (!selector_push(fence, &to, beside)) {
		selectors_free(&from);
		return false;
	}
	return fence_emit(fence, fence->chain, NULL, from, to, extra, fence->inner);
}

/* Only what can be an address of this host: no interface, and no MAC address. */
static bool own_addresses(struct fence *fence, const struct selectors *all, struct selectors *out)
{
	*out = (struct selectors){ .tree = all->tree, .except = all->except };
	for (size_t i = 0; i < all->list.len; i++)
		if (all->list.item[i].iface == NULL && all->list.item[i].mac == NULL &&
		    !selector_push(fence, out, all->list.item[i]))
			return false;
	return true;
}

/*
 * A packet of this host has a source of this host, or a socket: the address may be gone with the tunnel. What TCP repeats
 * for a program that has closed its socket has neither then; in OUTPUT, all packets are of this host.
 */
static bool fence_self(struct fence *fence, const struct selectors *places)
{
	static const struct {
		const char *chain, *match;
	} own[] = {
		{ "POSTROUTING", "-m addrtype --src-type LOCAL" },
		{ "POSTROUTING", "-m owner --socket-exists" },
		{ "OUTPUT", "-m addrtype ! --src-type LOCAL -m owner ! --socket-exists" },
	};
	bool good = true;

	fence->table = TABLE_MANGLE;
	fence->phase = statement_phase(fence->st);
	for (size_t i = 0; places->self && places->list.len == 0 && i < ARRAY_LEN(own) && good; i++) {
		struct selectors from = { 0 };

		fence->chain = own[i].chain;
		good = selector_push(fence, &from, (struct selector){ .family = FAMILY_BOTH });
		if (good)
			good = fence_enter(fence, from, own[i].match);
		else
			selectors_free(&from);
	}
	fence->chain = "POSTROUTING";
	if (good && (!places->self || places->list.len > 0)) {
		struct selectors from = { 0 };

		good = own_addresses(fence, places, &from);
		if (good)
			good = fence_enter(fence, from, "");
		else
			selectors_free(&from);
	}
	return good && fence_fill(fence);
}

static bool fence_forwarded(struct fence *fence, const struct selectors *places)
{
	const char *inner = fence->inner;
	struct selectors from = { .tree = places->tree, .except = places->except };
	bool good = true;

	fence->table = TABLE_FILTER;
	fence->phase = PHASE_FORWARD_FRAME;
	fence->chain = "FORWARD";
	if (fence->st->confine.excepts == NULL && fence->zone->iface_count == 1)
		fence->inner = "DROP";
	for (size_t i = 0; i < places->list.len && good; i++)
		good = selector_push(fence, &from, places->list.item[i]);
	if (good)
		good = fence_enter(fence, from, "");
	else
		selectors_free(&from);
	good = good && (strcmp(fence->inner, "DROP") == 0 || fence_fill(fence));
	fence->inner = inner;
	return good;
}

bool build_confine(struct profile *profile, const struct statement *st)
{
	struct fence fence = { .profile = profile,
			       .st = st,
			       .zone = resolve_zone(profile, &st->confine.zone),
			       .inner = statement_id(profile, st),
			       .chains = 1 };
	struct selectors places = { 0 };
	/* By its interfaces alone: a host in the zone must not get out by another address. */
	bool good = fence.zone != NULL && fence.inner != NULL &&
		    resolve_end(profile, &st->confine.from, FAMILY_BOTH, true, &places);

	if (good && places.any) {
		profile_error(profile, &st->confine.from.where, "\"confine\" needs \"self\", zones or addresses, not \"any\"");
		good = false;
	}
	if (good && !places.self)
		good = fence_forwarded(&fence, &places);
	if (good && (places.self || end_has_addresses(profile, &st->confine.from)))
		good = fence_self(&fence, &places);
	selectors_free(&places);
	return good;
}
