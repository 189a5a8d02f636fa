/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Statements of the nat table: forward, redirect, masquerade, snat and map. */
#include "profile/build.h"

#include <string.h>

/* Rules of the nat table; the caller may move the site to another table. */
static struct site_build nat_begin(struct profile *profile, const struct statement *st, enum phase phase,
				   const char *chain, enum family family)
{
	struct site_build nat = site_begin(profile, st, TABLE_NAT, chain);

	nat.site.phase = phase;
	nat.site.family = family;
	profile->used.nat = true;
	return nat;
}

/* `ports` NULL: all packets. */
static bool nat_ports(struct site_build *nat, const struct port_list *ports)
{
	const struct port_list none = { .list = { 0 } };

	return groups_make(nat->profile, ports != NULL ? ports : &none, false, PORTS_DESTINATION, NULL, &nat->groups);
}

/* Resolves the ports of a forward or a redirect. */
static bool nat_items(struct profile *profile, const struct item *items, const char *word, struct port_list *out)
{
	bool good = resolve_items(profile, items, out);

	for (size_t i = 0; good && i < out->list.len; i++) {
		struct ports *ports = &out->list.item[i];

		ports->unaddressed = false;
		good = !ports->any && rule_proto_has_ports(ports->proto);
		if (!good)
			profile_error(profile, &items->where, "\"%s\" needs ports of tcp, udp or sctp, such as tcp 80", word);
	}
	return good;
}

static bool nat_target(struct site_build *nat, const char *match, const char *target)
{
	struct rule_step step = { .family = FAMILY_BOTH, .match = match, .target = target, .note = true };

	step.with_proto = target != NULL && (strncmp(target, "REDIRECT", 8) == 0 || strncmp(target, "DNAT", 4) == 0);
	if (match == NULL || target == NULL || !vec_push(&nat->steps.list, step))
		return profile_memory(nat->profile);
	return true;
}

static bool nat_emit(struct site_build *nat)
{
	/* A list of hosts that is empty matches nobody. */
	nat->from.any = nat->from.any || nat->from.self;
	nat->to.any = true;
	return site_build_emit(nat);
}

/* Adds the interfaces of a zone, without its networks. */
static bool add_ifaces(struct profile *profile, const struct zone *zone, struct selectors *out)
{
	for (size_t i = 0; i < zone->iface_count; i++)
		if (!vec_push(&out->list,
			      (struct selector){ .family = FAMILY_BOTH, .iface = zone->ifaces[i] }))
			return profile_memory(profile);
	return true;
}

/* Whether POSTROUTING can match this source. Reports an error if not. */
static bool source_is_known(struct profile *profile, const struct end *end, const struct selector *sel)
{
	const struct where *at = sel->over != OVER_ANY ? &end->over_at : &end->where;
	const char *fault = NULL;

	if (sel->iface != NULL && !sel->has_range && sel->set == NULL)
		fault = "POSTROUTING knows the source by address only: give the zone its networks with \"at\"";
	else if (sel->mac != NULL)
		fault = "a packet that leaves has no MAC address of its source: name addresses";
	else if (sel->over != OVER_ANY)
		fault = "how a packet came is not known here: leave out \"over ipsec\"";
	else if (sel->prefix > 0)
		fault = "a suffix needs the interface, which is not known here: name networks";
	if (fault != NULL)
		profile_error(profile, at, "%s", fault);
	return fault == NULL;
}

/*
 * Resolves the source of packets that leave. POSTROUTING does not know the input interface, so a zone is
 * matched by its networks, and must have networks.
 */
static bool resolve_source(struct profile *profile, const struct end *end, struct selectors *out)
{
	size_t kept = 0;

	if (!resolve_end(profile, end, FAMILY_BOTH, false, out))
		return false;
	for (size_t i = 0; i < out->list.len; i++) {
		struct selector sel = out->list.item[i];

		if (!source_is_known(profile, end, &sel))
			return false;
		sel.iface = NULL;
		sel.iface_not = false;
		/*
		 * resolve_end returns the networks of a zone once for each of its interfaces: keep one of each.
		 */
		for (size_t j = 0; j < kept && sel.set == NULL; j++)
			if (sel.has_range && out->list.item[j].has_range &&
			    out->list.item[j].range.first == sel.range.first &&
			    out->list.item[j].range.last == sel.range.last &&
			    out->list.item[j].family == sel.family)
				sel.family = FAMILY_NONE;
		if (sel.family != FAMILY_NONE)
			out->list.item[kept++] = sel;
	}
	out->list.len = kept;
	if (out->self) {
		profile_error(profile, &end->where,
			      "packets of this host need no other source address: leave out \"self\"");
		return false;
	}
	return true;
}

/* The common part of masquerade and snat. */
static bool build_source(struct profile *profile, const struct statement *st, enum family family,
			 const char *target)
{
	struct site_build nat = nat_begin(profile, st, statement_phase(st), "POSTROUTING", family);
	const struct zone *zone = resolve_zone(profile, &st->nat.zone);
	bool good = zone != NULL && resolve_source(profile, &st->nat.from, &nat.from);

	if (good && (selectors_family(&nat.from) & family) == 0) {
		profile_error(profile, &st->nat.from.where, "no packet can match: \"from\" has no address of %s",
			      family == FAMILY_IPV6 ? "IPv6" : "IPv4");
		good = false;
	}
	nat.except = EXCEPT_WRITTEN;
	if (profile->used.ipsec) /* else IPsec would find another source address, and no policy for it */
		nat.site.extra = "-m policy --dir out --pol none";
	if (good)
		profile->used.forwards |= selectors_family(&nat.from) & family;
	good = good && add_ifaces(profile, zone, &nat.to) && nat_ports(&nat, NULL) &&
	       nat_target(&nat, "", target) && nat_emit(&nat);
	site_end(&nat);
	return good;
}

bool build_masquerade(struct profile *profile, const struct statement *st)
{
	return build_source(profile, st, st->nat.both ? FAMILY_BOTH : FAMILY_IPV4, "MASQUERADE");
}

static const char *address_text(struct profile *profile, const struct addr_range *range)
{
	struct strbuf text = STRBUF_INIT;

	addr_print(&text, range);
	return profile_take(profile, &text);
}

bool build_snat(struct profile *profile, const struct statement *st)
{
	struct strbuf text = STRBUF_INIT;
	const char *target;

	strbuf_puts(&text, "SNAT --to-source ");
	addr_print_first(&text, &st->nat.as);
	if (st->nat.as.first != st->nat.as.last) {
		struct addr_range last = { st->nat.as.family, st->nat.as.last, st->nat.as.last };

		strbuf_putc(&text, '-');
		addr_print_first(&text, &last);
	}
	target = profile_take(profile, &text);
	return target != NULL && build_source(profile, st, st->nat.as.family, target);
}

bool build_map(struct profile *profile, const struct statement *st)
{
	struct site_build nat = nat_begin(profile, st, statement_phase(st), "PREROUTING", st->nat.net.family);
	const struct zone *zone = resolve_zone(profile, &st->nat.zone);
	const char *net = address_text(profile, &st->nat.as);
	struct selector to = { .family = st->nat.net.family, .has_range = true, .range = st->nat.net };
	bool good = zone != NULL && net != NULL && add_ifaces(profile, zone, &nat.from);

	profile->used.forwards |= st->nat.net.family;
	good = good && (vec_push(&nat.to.list, to) || profile_memory(profile));
	good = good && nat_ports(&nat, NULL) &&
	       nat_target(&nat, "", profile_textf(profile, "NETMAP --to %s", net)) && nat_emit(&nat);
	site_end(&nat);
	return good;
}

/* The ports to which others are led: `first` to `last`, of each protocol once. */
static bool ports_move(struct profile *profile, const struct port_list *from, unsigned first, unsigned last,
		       struct port_list *out)
{
	for (size_t i = 0; i < from->list.len; i++) {
		struct ports ports = { .proto = from->list.item[i].proto, .first = first, .last = last };
		bool known = false;

		for (size_t j = 0; j < out->list.len; j++)
			known = known || out->list.item[j].proto == ports.proto;
		if (!known && !vec_push(&out->list, ports))
			return profile_memory(profile);
	}
	return true;
}

/*
 * Adds the INPUT rule that accepts redirected connections, but not connections made to the new port directly.
 */
static bool build_redirect_filter(struct profile *profile, const struct statement *st, const struct port_list *asked)
{
	struct site_build nat = nat_begin(profile, st, PHASE_IN, "INPUT", FAMILY_BOTH);
	struct port_list ports = { .list = { 0 } };
	bool good = ports_move(profile, asked, st->nat.port, st->nat.port, &ports) &&
		    resolve_end(profile, &st->nat.from, FAMILY_NONE, false, &nat.from);

	nat.site.table = TABLE_FILTER;
	nat.site.no_out = true;
	profile->used.direction[DIR_IN] = true;
	good = good && nat_ports(&nat, &ports) &&
	       nat_target(&nat, "-m conntrack --ctstate NEW -m conntrack --ctstate DNAT", "ACCEPT") &&
	       nat_emit(&nat);
	site_end(&nat);
	vec_free(&ports.list);
	return good;
}

bool build_redirect(struct profile *profile, const struct statement *st)
{
	struct site_build nat = nat_begin(profile, st, statement_phase(st), "PREROUTING", FAMILY_BOTH);
	struct port_list ports;
	bool good = nat_items(profile, st->nat.what, "redirect", &ports), self;

	good = resolve_end(profile, &st->nat.from, FAMILY_NONE, false, &nat.from) && good;
	self = nat.from.self;
	nat.except = EXCEPT_WRITTEN;

	if (self) {
		nat.site.chain = "OUTPUT";
		nat.site.phase = PHASE_TRANSIT;
	}
	good = good && nat_ports(&nat, &ports) &&
	       nat_target(&nat, "", profile_textf(profile, "REDIRECT --to-ports %u", st->nat.port)) &&
	       nat_emit(&nat);
	good = good && (self || build_redirect_filter(profile, st, &ports));
	site_end(&nat);
	vec_free(&ports.list);
	return good;
}

/* Returns the zone with the smallest network that contains the target, or NULL. */
static struct zone *zone_of(const struct profile *profile, const struct addr_range *host,
			    const struct addr_range **net)
{
	struct zone *best = NULL;

	*net = NULL;
	for (struct zone *zone = profile->zones; zone != NULL; zone = zone->next)
		for (size_t i = 0; i < zone->nets.ranges.len; i++) {
			const struct addr_range *range = &zone->nets.ranges.item[i];

			if (addr_contains(range, host) &&
			    (*net == NULL || range->last - range->first < (*net)->last - (*net)->first)) {
				best = zone;
				*net = range;
			}
		}
	return best;
}

/*
 * Whether a zone contains the target, or could: one without networks, other than the zone that packets come
 * from.
 */
static bool target_has_zone(const struct profile *profile, const struct forward *forward)
{
	const struct addr_range *net;

	if (zone_of(profile, &forward->host, &net) != NULL)
		return true;
	for (const struct zone *zone = profile->zones; zone != NULL; zone = zone->next)
		if (zone->nets.ranges.len == 0 && !zone->docker &&
		    (forward->on.text == NULL || strcmp(zone->name.text, forward->on.text) != 0))
			return true;
	return false;
}

/* Resolves where the packets of a forward come from: `from` and the interfaces of `on`. */
static bool forward_from(struct profile *profile, const struct forward *forward, struct selectors *out)
{
	struct end end = forward->from;
	struct zone *on = forward->on.text != NULL ? resolve_zone(profile, &forward->on) : NULL;

	if (forward->on.text != NULL && on == NULL)
		return false;
	if (end.places == NULL && on != NULL)
		return add_ifaces(profile, on, out);
	if (on != NULL && end.on.text == NULL)
		end.on = forward->on;
	return resolve_end(profile, &end, forward->options.only.family, false, out);
}

static bool add_host(struct profile *profile, const struct addr_range *host, const char *iface,
		     struct selectors *out)
{
	struct selector sel = { .family = host->family, .has_range = true, .range = *host, .iface = iface };

	return vec_push(&out->list, sel) || profile_memory(profile);
}

static const char *dnat_target(struct profile *profile, const struct forward *forward)
{
	const char *host = address_text(profile, &forward->host);

	if (host == NULL)
		return NULL;
	if (!forward->has_port || forward->port != forward->port_last)
		return profile_textf(profile, "DNAT --to-destination %s", host);
	return profile_textf(profile,
			     forward->host.family == FAMILY_IPV4 ? "DNAT --to-destination %s:%u"
								 : "DNAT --to-destination [%s]:%u",
			     host, forward->port);
}

/* The ports of this host, and those of the target. */
struct forward_ports {
	struct port_list asked, given;
};

static void forward_ports_free(struct forward_ports *ports)
{
	vec_free(&ports->asked.list);
	vec_free(&ports->given.list);
}

/* Several ports cannot become one, because the target could not tell them apart. All ports of a range can. */
static bool forward_ports(struct profile *profile, const struct forward *forward, struct forward_ports *out)
{
	bool good = nat_items(profile, forward->what, "forward", &out->asked);

	if (good && !forward->has_port)
		for (size_t i = 0; i < out->asked.list.len; i++)
			if (!vec_push(&out->given.list, out->asked.list.item[i]))
				return profile_memory(profile);
	for (size_t i = 0; good && forward->has_port && i < out->asked.list.len; i++) {
		const struct ports *first = &out->asked.list.item[0], *ports = &out->asked.list.item[i];

		good = ports->first == first->first && ports->last == first->last;
		if (!good) {
			profile_error(profile, &forward->port_at,
				      "\"port\" can replace one port only: write a line for each port");
		} else if (forward->port != forward->port_last &&
			   (forward->port != ports->first || forward->port_last != ports->last)) {
			profile_error(profile, &forward->port_at,
				      "a range can be forwarded to the same range or to one port: leave out \"port\" to keep the range");
			good = false;
		}
	}
	return good && (!forward->has_port ||
			ports_move(profile, &out->asked, forward->port, forward->port_last, &out->given));
}

static bool forward_dnat(struct profile *profile, const struct statement *st, const struct forward_ports *ports)
{
	const struct forward *forward = &st->forward;
	struct site_build nat = nat_begin(profile, st, statement_phase(st), "PREROUTING", forward->host.family);
	bool good = forward_from(profile, forward, &nat.from);

	if (good && nat.from.self) {
		profile_error(profile, &forward->from.where,
			      "\"forward\" works for incoming packets only: leave out \"self\"");
		good = false;
	}
	if (good && (selectors_family(&nat.from) & forward->host.family) == 0) {
		profile_error(profile, &forward->host_at,
			      "no packet can match: one side is IPv4 only, the other IPv6 only");
		good = false;
	}
	nat.except = EXCEPT_WRITTEN;
	good = good && (forward->at.family == FAMILY_NONE || add_host(profile, &forward->at, NULL, &nat.to));
	/* What arrives on a zone for another host behind this one is none of our ports. */
	good = good && nat_ports(&nat, &ports->asked) &&
	       nat_target(&nat, forward->at.family == FAMILY_NONE ? "-m addrtype --dst-type LOCAL" : "",
			  dnat_target(profile, forward)) &&
	       nat_emit(&nat);
	site_end(&nat);
	return good;
}

/*
 * Adds the FORWARD rule that accepts forwarded connections only, recognised by their DNAT state. `lan` is the
 * target's zone for the rule of a hairpin, else NULL.
 */
static bool forward_filter(struct profile *profile, const struct statement *st, const struct port_list *given,
			   const struct zone *lan, const struct addr_range *net)
{
	const struct forward *forward = &st->forward;
	struct site_build nat = nat_begin(profile, st, PHASE_FORWARD, "FORWARD", forward->host.family);
	bool good = true;

	site_direction(profile, &nat.site, DIR_FORWARD);
	nat.site.table = TABLE_FILTER;
	nat.site.state = "-m conntrack --ctstate NEW -m conntrack --ctstate DNAT";
	nat.site.chains = lan != NULL ? 10 : 0;
	nat.site.note = forward->options.note.text;
	nat.site.extra = options_extra(profile, &forward->options);
	if (lan == NULL)
		good = forward_from(profile, forward, &nat.from) &&
		       add_host(profile, &forward->host, NULL, &nat.to);
	for (size_t i = 0; lan != NULL && i < lan->iface_count; i++)
		good = good && add_host(profile, net, lan->ifaces[i], &nat.from) &&
		       add_host(profile, &forward->host, lan->ifaces[i], &nat.to);
	good = good && nat.site.extra != NULL && nat_ports(&nat, given);
	good = good && steps_make(profile, st, &forward->options, VERDICT_ALLOW, DIR_FORWARD, &nat.groups,
				  &nat.steps);
	good = good && nat_emit(&nat);
	site_end(&nat);
	return good;
}

/*
 * Hairpin: hosts in the zone of the target can reach it by the address of this host too. Without another source
 * address, the target would reply to such a host directly, and the host would drop the reply.
 */
static bool forward_hairpin(struct profile *profile, const struct statement *st, const struct forward_ports *ports)
{
	const struct forward *forward = &st->forward;
	const struct addr_range *net;
	const struct zone *lan = zone_of(profile, &forward->host, &net);
	struct site_build in = nat_begin(profile, st, statement_phase(st), "PREROUTING", forward->host.family);
	struct site_build out = nat_begin(profile, st, PHASE_TRANSIT, "POSTROUTING", forward->host.family);
	bool good = lan != NULL && add_ifaces(profile, lan, &in.from);

	in.except = EXCEPT_WRITTEN;
	in.site.chains = 20; /* the numbers below are for the chains of the zone that it is forwarded from */
	if (lan == NULL)
		profile_error(profile, &forward->host_at,
			      "\"hairpin\" needs the zone of its target: add the network to a zone with \"at\"");
	good = good && nat_ports(&in, &ports->asked) &&
	       nat_target(&in, "-m addrtype --dst-type LOCAL", dnat_target(profile, forward)) &&
	       nat_emit(&in);
	good = good && forward_filter(profile, st, &ports->given, lan, net);
	for (size_t i = 0; good && i < lan->iface_count; i++)
		good = add_host(profile, &forward->host, lan->ifaces[i], &out.to);
	good = good && add_host(profile, net, NULL, &out.from) && nat_ports(&out, &ports->given) &&
	       nat_target(&out, "-m conntrack --ctstate DNAT", "MASQUERADE") && nat_emit(&out);
	site_end(&in);
	site_end(&out);
	return good;
}

bool build_forward(struct profile *profile, const struct statement *st)
{
	const struct forward *forward = &st->forward;
	struct forward_ports ports = { .asked = { .list = { 0 } } };
	bool good;

	if (forward->at.family != FAMILY_NONE && forward->at.family != forward->host.family) {
		profile_error(profile, &forward->host_at,
			      "no packet can match: one side is IPv4 only, the other IPv6 only");
		return false;
	}
	if (forward->options.only.family != FAMILY_NONE && forward->options.only.family != forward->host.family) {
		profile_error(profile, &forward->options.only.at,
			      "no packet can match: the addresses belong to the other family");
		return false;
	}
	if (forward->options.by.at.line > 0) {
		profile_error(profile, &forward->options.by.at,
			      "\"by\" works only for packets of this host, not for forwarded packets");
		return false;
	}
	if (!target_has_zone(profile, forward)) {
		profile_error(profile, &forward->host_at,
			      "the target is in no zone: add its network to a zone with \"at\"");
		return false;
	}
	profile->used.forwards |= forward->host.family;
	good = forward_ports(profile, forward, &ports) && forward_dnat(profile, st, &ports) &&
	       forward_filter(profile, st, &ports.given, NULL, NULL) &&
	       (!forward->hairpin || forward_hairpin(profile, st, &ports));
	forward_ports_free(&ports);
	return good;
}
