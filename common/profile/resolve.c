/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/resolve.h"
#include "base/suggest.h"
#include "profile/service.h"

#include <errno.h>
#include <string.h>

struct zone *zone_find(const struct profile *profile, const char *name)
{
	for (struct zone *zone = profile->zones; zone != NULL; zone = zone->next)
		if (strcmp(zone->name.text, name) == 0)
			return zone;
	return NULL;
}

struct hosts *hosts_find(const struct profile *profile, const char *name)
{
	for (struct hosts *hosts = profile->hosts; hosts != NULL; hosts = hosts->next)
		if (strcmp(hosts->name.text, name) == 0)
			return hosts;
	return NULL;
}

void resolve_unknown(struct profile *profile, const char *what, const struct name *name, const char *near)
{
	if (near != NULL)
		profile_error(profile, &name->where, "unknown %s \"%s\"; did you mean \"%s\"?", what,
			      name->text, near);
	else
		profile_error(profile, &name->where, "unknown %s \"%s\"", what, name->text);
}

struct zone *resolve_zone(struct profile *profile, const struct name *name)
{
	struct suggestion near = suggest_begin(name->text);
	struct zone *found = zone_find(profile, name->text);

	if (found != NULL)
		return found;
	for (const struct zone *zone = profile->zones; zone != NULL; zone = zone->next)
		suggest_consider(&near, zone->name.text);
	if (hosts_find(profile, name->text) != NULL)
		profile_error(profile, &name->where, "\"%s\" is a hosts list, but a zone is needed here",
			      name->text);
	else
		resolve_unknown(profile, "zone", name, near.best);
	return NULL;
}

static bool unknown_place(struct profile *profile, const struct name *name)
{
	struct suggestion near = suggest_begin(name->text);

	for (const struct zone *zone = profile->zones; zone != NULL; zone = zone->next)
		suggest_consider(&near, zone->name.text);
	for (const struct hosts *hosts = profile->hosts; hosts != NULL; hosts = hosts->next)
		suggest_consider(&near, hosts->name.text);
	resolve_unknown(profile, "zone or hosts list", name, near.best);
	return false;
}

static bool selector_add(struct profile *profile, struct selectors *out, struct selector selector)
{
	return vec_push(&out->list, selector) || profile_memory(profile);
}

/* Adds an address on each interface of `on`, or on any interface if `on` is NULL. */
static bool add_on(struct profile *profile, struct selectors *out, const struct zone *on,
		   struct selector selector)
{
	if (on == NULL)
		return selector_add(profile, out, selector);
	for (size_t i = 0; i < on->iface_count; i++) {
		selector.iface = on->ifaces[i];
		if (!selector_add(profile, out, selector))
			return false;
	}
	return true;
}

/* `alone`: the end consists of this list only, so it can become a tree. */
static bool add_hosts(struct profile *profile, struct hosts *hosts, const struct zone *on, bool alone,
		      struct selectors *out)
{
	if (!hosts_load(profile, hosts))
		return false;
	if (hosts->ipset4 != NULL || hosts->ipset6 != NULL) {
		struct selector v4 = { .family = FAMILY_IPV4, .set = hosts->ipset4 };
		struct selector v6 = { .family = FAMILY_IPV6, .set = hosts->ipset6 };

		return (v4.set == NULL || add_on(profile, out, on, v4)) &&
		       (v6.set == NULL || add_on(profile, out, on, v6));
	}
	if (hosts->nets.ranges.len > HOSTS_INLINE_MAX && alone && on == NULL) {
		out->tree = hosts;
		return true;
	}
	for (size_t i = 0; i < hosts->nets.ranges.len; i++) {
		const struct addr_range *range = &hosts->nets.ranges.item[i];

		if (!add_on(profile, out, on,
			    (struct selector){ .family = range->family, .has_range = true, .range = *range }))
			return false;
	}
	return true;
}

/*
 * Warns that rules about a zone with networks of one family do not apply to the other, unless "only" says so.
 */
static void warn_one_family(struct profile *profile, struct zone *zone, const struct end_place *place,
			    enum family only)
{
	size_t v4 = addr_set_count(&zone->nets, FAMILY_IPV4), v6 = addr_set_count(&zone->nets, FAMILY_IPV6);

	if (zone->family_warned || only != FAMILY_NONE || profile->options->family != FAMILY_BOTH ||
	    (v4 > 0) == (v6 > 0))
		return;
	zone->family_warned = true;
	profile_warning(profile, &place->name.where,
			"zone \"%s\" has networks of %s only, so it matches nothing in %s: add \"only %s\" "
			"if you mean that",
			zone->name.text, v4 > 0 ? "IPv4" : "IPv6", v4 > 0 ? "IPv6" : "IPv4",
			v4 > 0 ? "ipv4" : "ipv6");
}

static bool add_zone(struct profile *profile, const struct end_place *place, struct zone *zone, enum family only,
		     bool unaddressed, struct selectors *out)
{
	bool bare = zone->nets.ranges.len == 0 || unaddressed || place->negated;

	out->docker = out->docker || zone->docker;
	if (!bare)
		warn_one_family(profile, zone, place, only);
	for (size_t i = 0; i < zone->iface_count; i++) {
		struct selector selector = { .family = FAMILY_BOTH, .iface = zone->ifaces[i] };

		if (bare && !selector_add(profile, out, selector))
			return false;
		for (size_t j = 0; !bare && j < zone->nets.ranges.len; j++) {
			selector.range = zone->nets.ranges.item[j];
			selector.family = selector.range.family;
			selector.has_range = true;
			if (!selector_add(profile, out, selector))
				return false;
		}
	}
	return true;
}

static bool add_place(struct profile *profile, const struct end *end, const struct end_place *place,
		      enum family only, bool unaddressed, struct selectors *out)
{
	struct zone *zone = place->kind == PLACE_NAME ? zone_find(profile, place->name.text) : NULL;
	struct hosts *hosts = place->kind == PLACE_NAME ? hosts_find(profile, place->name.text) : NULL;
	const struct zone *on = NULL;

	if (end->on.text != NULL && (on = resolve_zone(profile, &end->on)) == NULL)
		return false;
	if (on != NULL && (zone != NULL || place->kind == PLACE_SELF)) {
		profile_error(profile, &end->on.where, "\"on\" names the interfaces of addresses: it cannot follow \"%s\"",
			      zone != NULL ? zone->name.text : "self");
		return false;
	}
	if (place->kind == PLACE_SELF) {
		out->self = true;
		return place->range.family == FAMILY_NONE ||
		       selector_add(profile, out,
				    (struct selector){ .family = place->range.family, .has_range = true, .range = place->range });
	}
	if (place->kind == PLACE_ANY) {
		out->any = true;
		return add_on(profile, out, on, (struct selector){ .family = FAMILY_BOTH });
	}
	if (place->prefix > 0 && on == NULL) {
		profile_error(profile, &place->name.where, "a suffix matches below every prefix: name the zone of the host with \"on\"");
		return false;
	}
	if (place->kind == PLACE_HOST)
		return add_on(profile, out, on,
			      (struct selector){ .family = place->range.family,
						 .has_range = true,
						 .range = place->range,
						 .prefix = place->prefix });
	if (place->kind == PLACE_MAC) {
		out->mac = true;
		return add_on(profile, out, on, (struct selector){ .family = FAMILY_BOTH, .mac = place->name.text });
	}
	if (zone != NULL)
		return add_zone(profile, place, zone, only, unaddressed, out);
	if (hosts == NULL)
		return unknown_place(profile, &place->name);
	return add_hosts(profile, hosts, on, end->places->next == NULL && !place->negated && end->over == OVER_ANY, out);
}

/*
 * Negates an end. A single condition is negated in the rule. Otherwise the list becomes a list of exceptions.
 */
static void negate(struct selectors *out)
{
	size_t v4 = selectors_count(out, FAMILY_IPV4), v6 = selectors_count(out, FAMILY_IPV6);

	for (size_t i = 0; i < out->list.len; i++)
		if (out->list.item[i].iface != NULL &&
		    (out->list.item[i].has_range || out->list.item[i].set != NULL || out->list.item[i].mac != NULL))
			out->except = true;
	out->except = out->except || v4 > 1 || v6 > 1;
	for (size_t i = 0; i < out->list.len && !out->except; i++) {
		out->list.item[i].iface_not = out->list.item[i].iface != NULL;
		out->list.item[i].range_not = out->list.item[i].has_range;
		out->list.item[i].set_not = out->list.item[i].set != NULL;
		out->list.item[i].mac_not = out->list.item[i].mac != NULL;
	}
}

/* Restricts all alternatives to packets that come, or go on, over IPsec. */
static bool add_over(struct profile *profile, const struct end *end, struct selectors *out)
{
	const char *fault = out->self	? "only the other end of a connection of this host is reached over IPsec: write \"over ipsec\" there"
			    : out->mac	? "a packet that came over IPsec has no MAC address of its sender"
			    : out->except ? "\"over ipsec\" cannot follow a list with \"not\": name the places themselves"
					  : NULL;

	if (fault != NULL) {
		profile_error(profile, &end->over_at, "%s", fault);
		return false;
	}
	for (size_t i = 0; i < out->list.len; i++)
		out->list.item[i].over = end->over;
	return true;
}

/* Whether "self", with or without addresses, is the whole end: other packets pass other chains. */
static bool self_is_alone(const struct end *end)
{
	for (const struct end_place *place = end->places; place != NULL; place = place->next)
		if (place->kind != PLACE_SELF || (place->range.family == FAMILY_NONE && end->places->next != NULL))
			return false;
	return true;
}

bool resolve_end(struct profile *profile, const struct end *end, enum family only, bool unaddressed,
		 struct selectors *out)
{
	bool negated = end->places != NULL && end->places->negated;

	*out = (struct selectors){ .except = false };
	if (end->places == NULL) {
		out->any = true;
		return selector_add(profile, out, (struct selector){ .family = FAMILY_BOTH });
	}
	for (const struct end_place *place = end->places; place != NULL; place = place->next) {
		if (place->negated != negated) {
			profile_error(profile, &place->name.where,
				      "write \"not\" before every place of a list or before none");
			return false;
		}
		if (!add_place(profile, end, place, only, unaddressed, out))
			return false;
	}
	if (out->self && !self_is_alone(end)) {
		profile_error(profile, &end->where,
			      "\"self\" must be alone: write another line for the other places");
		return false;
	}
	if (negated && out->list.len == 0) {
		profile_error(profile, &end->where, "\"not\" with an empty list would match everyone");
		return false;
	}
	if (negated)
		negate(out);
	return end->over == OVER_ANY || add_over(profile, end, out);
}

void selectors_free(struct selectors *selectors)
{
	vec_free(&selectors->list);
}

bool selectors_flatten(struct profile *profile, struct selectors *selectors)
{
	const struct hosts *tree = selectors->tree;

	selectors->tree = NULL;
	for (size_t i = 0; tree != NULL && i < tree->nets.ranges.len; i++)
		if (!selector_add(profile, selectors,
				  (struct selector){ .family = tree->nets.ranges.item[i].family,
						     .has_range = true,
						     .range = tree->nets.ranges.item[i] }))
			return false;
	return true;
}

size_t selectors_count(const struct selectors *selectors, enum family family)
{
	size_t count = 0;

	for (size_t i = 0; i < selectors->list.len; i++)
		count += (selectors->list.item[i].family & family) != 0;
	return count;
}

enum family selectors_family(const struct selectors *selectors)
{
	unsigned family = FAMILY_NONE;

	if (selectors->tree != NULL)
		family |= (addr_set_count(&selectors->tree->set, FAMILY_IPV4) > 0 ? FAMILY_IPV4 : 0) |
			  (addr_set_count(&selectors->tree->set, FAMILY_IPV6) > 0 ? FAMILY_IPV6 : 0);
	for (size_t i = 0; i < selectors->list.len; i++)
		family |= selectors->list.item[i].family;
	return (enum family)family;
}

enum family proto_family(int proto)
{
	return proto == PROTO_ICMP || proto == 2 ? FAMILY_IPV4
	       : proto == PROTO_ICMP6            ? FAMILY_IPV6
						 : FAMILY_BOTH;
}

/* Whether two entries can be joined: their ports overlap or are adjacent. */
static bool ports_touch(const struct ports *a, const struct ports *b)
{
	if (a->proto != b->proto || a->unaddressed != b->unaddressed)
		return false;
	return a->any || b->any || (a->first <= b->last + 1 && b->first <= a->last + 1);
}

/* Adds ports, joined with all entries that they touch. The result takes the place of the first of these. */
static bool ports_add(struct profile *profile, struct port_list *out, struct ports ports)
{
	size_t kept = 0, place = out->list.len;

	for (size_t i = 0; i < out->list.len; i++) {
		const struct ports *have = &out->list.item[i];

		if (!ports_touch(have, &ports)) {
			out->list.item[kept++] = *have;
			continue;
		}
		ports.any = ports.any || have->any;
		ports.first = have->first < ports.first ? have->first : ports.first;
		ports.last = have->last > ports.last ? have->last : ports.last;
		if (place == out->list.len)
			place = kept++;
	}
	if (place == out->list.len)
		return vec_push(&out->list, ports) || profile_memory(profile);
	out->list.item[place] = ports;
	out->list.len = kept;
	return true;
}

static struct service *service_find(const struct profile *profile, const char *name)
{
	for (struct service *service = profile->services; service != NULL; service = service->next)
		if (strcmp(service->name.text, name) == 0)
			return service;
	return NULL;
}

/* Reports an error if the name is that of a service, but for its capitals. */
static bool lower_service(struct profile *profile, const struct name *name)
{
	char lower[64];
	size_t i = 0;

	for (; name->text[i] != '\0' && i + 1 < sizeof(lower); i++)
		lower[i] = (char)(name->text[i] >= 'A' && name->text[i] <= 'Z' ? name->text[i] + 32 : name->text[i]);
	lower[i] = '\0';
	if (strcmp(lower, name->text) == 0 || (builtin_service_find(lower) == NULL && service_find(profile, lower) == NULL))
		return false;
	profile_error(profile, &name->where, "words are lower case: \"%s\"", lower);
	return true;
}

static bool unknown_service(struct profile *profile, const struct name *name)
{
	struct suggestion near = suggest_begin(name->text);

	for (const struct service *service = profile->services; service != NULL; service = service->next)
		suggest_consider(&near, service->name.text);
	for (size_t i = 0; i < builtin_service_count; i++)
		suggest_consider(&near, builtin_services[i].name);
	if (lower_service(profile, name))
		return false;
	if (zone_find(profile, name->text) != NULL || hosts_find(profile, name->text) != NULL)
		profile_error(profile, &name->where, "\"%s\" is not a service: write \"from %s\" or \"to %s\"",
			      name->text, name->text, name->text);
	else
		resolve_unknown(profile, "service", name, near.best);
	return false;
}

/* Looks up a service in /etc/services. It is not an error of its own if the file does not exist. */
static bool resolve_etc(struct profile *profile, const struct name *name, struct port_list *out)
{
	const char *at;
	struct ports ports;
	size_t before = out->list.len;

	if (!profile->files.etc_services_read &&
	    profile->source->read(profile->source->ctx, "/etc/services", &profile->files.etc_services) == -ENOMEM)
		return profile_memory(profile);
	profile->files.etc_services_read = true;
	at = strbuf_text(&profile->files.etc_services);
	while (etc_service_next(&at, name->text, &ports))
		if (!ports_add(profile, out, ports))
			return false;
	return out->list.len > before || unknown_service(profile, name);
}

static bool resolve_named(struct profile *profile, const struct name *name, struct port_list *out);

/* Adds the ports of a service that the profile defines, once in each list of items. */
static bool resolve_own(struct profile *profile, const struct name *name, struct service *own,
			struct port_list *out)
{
	bool good = true;

	if (own->open) {
		profile_error(profile, &name->where, "service \"%s\" contains itself", name->text);
		return false;
	}
	if (own->stamp == profile->stamp)
		return true;
	own->stamp = profile->stamp;
	own->open = true;
	for (const struct item *item = own->items; item != NULL && good; item = item->next)
		good = item->service.text != NULL ? resolve_named(profile, &item->service, out)
						  : ports_add(profile, out, item->ports);
	own->open = false;
	return good;
}

static bool resolve_named(struct profile *profile, const struct name *name, struct port_list *out)
{
	struct service *own = service_find(profile, name->text);
	const struct builtin_service *builtin = builtin_service_find(name->text);
	struct ports ports;

	if (own != NULL)
		return resolve_own(profile, name, own, out);
	if (builtin == NULL)
		return resolve_etc(profile, name, out);
	for (const char *at = builtin->ports; builtin_service_next(&at, &ports);)
		if (!ports_add(profile, out, ports))
			return false;
	return true;
}

bool resolve_items(struct profile *profile, const struct item *items, struct port_list *out)
{
	bool good = true;

	*out = (struct port_list){ .list = { 0 } };
	profile->stamp++;
	for (const struct item *item = items; item != NULL; item = item->next)
		if (item->service.text != NULL)
			good = resolve_named(profile, &item->service, out) && good;
		else
			good = ports_add(profile, out, item->ports) && good;
	return good;
}

const char *service_helper(const struct profile *profile, const char *name)
{
	const struct service *own = service_find(profile, name);
	const struct builtin_service *builtin = builtin_service_find(name);

	if (own != NULL)
		return own->helper;
	return builtin != NULL ? builtin->helper : NULL;
}
