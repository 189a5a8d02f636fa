/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Statements of the raw and mangle tables: block, helper, antispoof, notrack, mark and clamp. */
#include "profile/build.h"
#include "profile/service.h"

#include <string.h>

/* `items` NULL: all packets. `from` NULL: the statement has no source ports. */
static bool plain_items(struct site_build *plain, const struct item *items, enum port_form form, const struct end *from)
{
	struct port_list ports;
	bool good = resolve_items(plain->profile, items, &ports);

	for (size_t i = 0; i < ports.list.len; i++)
		ports.list.item[i].unaddressed =
			false; /* it makes no difference outside of the filter table */
	good = good && groups_make(plain->profile, &ports, false, form, from, &plain->groups);
	vec_free(&ports.list);
	return good;
}

static bool plain_emit(struct site_build *plain, const char *target)
{
	struct rule_step step = { .family = FAMILY_BOTH, .match = "", .target = target };

	if (target == NULL || !vec_push(&plain->steps.list, step))
		return profile_memory(plain->profile);
	return site_build_emit(plain);
}

/* The target that drops blocked packets, and logs them first if there is a `log blocked`. */
static const char *blocked_target(struct profile *profile)
{
	const struct log_setting *log = &profile->settings.log[LOG_BLOCKED];
	const char *match = log_match(profile, log), *target = log_target(profile, log, "BLOCKED"), *text;

	if (log->off)
		return "DROP";
	if (output_has_chain(&profile->out, TABLE_RAW, "fw-blocked"))
		return "fw-blocked";
	output_chain(&profile->out, TABLE_RAW, "fw-blocked");
	text = match != NULL && target != NULL ? profile_textf(profile, "%s -j %s", match, target) : NULL;
	if (text != NULL)
		output_rule(&profile->out, TABLE_RAW, PHASE_DEPARTURE, FAMILY_BOTH, "fw-blocked", &log->where,
			    text);
	output_rule(&profile->out, TABLE_RAW, PHASE_DEPARTURE, FAMILY_BOTH, "fw-blocked", &log->where, "-j DROP");
	return "fw-blocked";
}

/* Whether the interface can be lo: "lo", "l+" or "lo+". */
static bool is_loopback(const char *iface)
{
	size_t len = strlen(iface);

	return iface[len - 1] == '+' ? strncmp("lo", iface, len - 1) == 0 : strcmp(iface, "lo") == 0;
}

/* What is written into the line itself, not into a list, must not be what the host needs. */
static bool block_is_safe(struct profile *profile, const struct statement *st, const struct selectors *from)
{
	for (const struct end_place *place = st->rule.from.places; place != NULL; place = place->next)
		if (place->negated) {
			profile_error(profile, &place->name.where,
				      "\"block\" with \"not\" would block everyone else, neighbours and this host too: use \"deny\"");
			return false;
		}
	for (size_t i = 0; i < from->list.len; i++)
		if (from->list.item[i].prefix > 0) {
			profile_error(profile, &st->rule.from.where, "\"block\" with a suffix would block hosts of other networks too: use \"deny\"");
			return false;
		}
	for (size_t i = 0; i < from->list.len; i++)
		if (from->list.item[i].iface != NULL && is_loopback(from->list.item[i].iface)) {
			profile_error(profile, &st->rule.from.where, "\"block\" would cut this host off from itself: this zone contains lo");
			return false;
		}
	return true;
}

/* Takes what a host needs out of the addresses that are blocked. Returns false after an error. */
static bool block_spare(struct profile *profile, const struct statement *st, struct selectors *from)
{
	const char *name = "this line";
	struct selectors kept = *from;
	bool good = true;

	for (const struct end_place *place = st->rule.from.places; place != NULL; place = place->next)
		if (place->kind == PLACE_NAME)
			name = NULL;
	kept.list.item = NULL;
	kept.list.len = kept.list.cap = 0;
	for (size_t i = 0; i < from->list.len && good; i++) {
		struct selector sel = from->list.item[i];
		struct addr_set left = { 0 };

		if (!sel.has_range) {
			good = vec_push(&kept.list, sel) || profile_memory(profile);
			continue;
		}
		good = (addr_set_add(&left, &sel.range) || profile_memory(profile)) &&
		       hosts_spare(profile, &st->rule.from.where, name, &left);
		for (size_t j = 0; j < left.ranges.len && good; j++) {
			sel.range = left.ranges.item[j];
			good = vec_push(&kept.list, sel) || profile_memory(profile);
		}
		addr_set_free(&left);
	}
	selectors_free(from);
	*from = kept;
	return good;
}

bool build_block(struct profile *profile, const struct statement *st)
{
	struct site_build plain = site_begin(profile, st, TABLE_RAW, "PREROUTING");
	bool good = resolve_end(profile, &st->rule.from, FAMILY_BOTH, false, &plain.from);

	plain.to.any = true;
	plain.except = EXCEPT_WRITTEN;
	/* A list may hold an address of this host, and another program may put the loopback into its set. */
	if (!profile->used.block)
		output_rule(&profile->out, TABLE_RAW, PHASE_BLOCK, FAMILY_BOTH, "PREROUTING", NULL, "-i lo -j ACCEPT");
	profile->used.block = true;
	if (good && (plain.from.any || plain.from.self)) {
		profile_error(profile, &st->rule.from.where, "\"block\" needs addresses or zones, not \"any\" or \"self\"");
		good = false;
	}
	good = good && block_is_safe(profile, st, &plain.from) && block_spare(profile, st, &plain.from);
	good = good && plain_items(&plain, NULL, PORTS_DESTINATION, NULL) &&
	       plain_emit(&plain, blocked_target(profile));
	site_end(&plain);
	return good;
}

/* Adds the rules for the helper of one service on the ports of that service. */
static bool helper_rule(struct profile *profile, const struct statement *st, const struct item *item)
{
	const char *name = service_helper(profile, item->service.text);
	const struct helper_kind *kind = name != NULL ? helper_kind_find(name) : NULL;
	struct site_build plain = site_begin(profile, st, TABLE_RAW, "PREROUTING");
	struct item alone = *item;
	bool good = resolve_end(profile, &st->helper.from, FAMILY_BOTH, true, &plain.from);

	alone.next = NULL;
	good = good && plain_items(&plain, &alone, PORTS_DESTINATION, NULL);
	plain.to.any = true;
	if (plain.from.self) {
		plain.site.chain = "OUTPUT";
		plain.from.any = true;
	}
	if (good && kind == NULL) {
		profile_error(profile, &item->where,
			      name != NULL ? "the kernel has no helper \"%s\""
					   : "service \"%s\" has no helper",
			      name != NULL ? name : item->service.text);
		good = false;
	}
	if (good && kind->ipv4_only)
		plain.site.family = FAMILY_IPV4;
	if (good && (selectors_family(&plain.from) & plain.site.family) == 0 && !plain.from.any) {
		profile_error(profile, &item->where, "the kernel has the helper \"%s\" for IPv4 only", name);
		good = false;
	}
	good = good && plain_emit(&plain, profile_textf(profile, "CT --helper %s", name));
	site_end(&plain);
	return good;
}

bool build_helper(struct profile *profile, const struct statement *st)
{
	bool good = true;

	for (const struct item *item = st->helper.what; item != NULL; item = item->next)
		good = helper_rule(profile, st, item) && good;
	return good;
}

/*
 * Accepts a packet only if its source is routed to the interface on which it arrived. DHCP replies are exempt
 * because they arrive before there are routes. The rpfilter match itself accepts a source of 0.0.0.0.
 */
bool build_antispoof(struct profile *profile, const struct statement *st)
{
	static const struct {
		enum family family;
		const char *before, *behind;
	} rules[] = {
		{ FAMILY_IPV4, "", "-p udp -m udp --sport 67 --dport 68 -j ACCEPT" },
		{ FAMILY_IPV6, "-d fe80::/10 ", "-p udp -m udp --dport 546 -j ACCEPT" },
		{ FAMILY_BOTH, "", "-m rpfilter --validmark --invert -j DROP" },
	};
	bool good = true;

	for (size_t z = 0; z < st->zones.count; z++) {
		const struct zone *zone = resolve_zone(profile, &st->zones.item[z]);

		good = good && zone != NULL;
		for (size_t i = 0; zone != NULL && i < zone->iface_count; i++)
			for (size_t r = 0; r < ARRAY_LEN(rules); r++) {
				const char *text = profile_textf(profile, "%s-i %s %s", rules[r].before,
								 zone->ifaces[i], rules[r].behind);

				if (text != NULL)
					output_rule(&profile->out, TABLE_RAW, statement_phase(st),
						    rules[r].family, "PREROUTING", &st->where, text);
			}
	}
	return good;
}

static bool notrack_side(struct profile *profile, const struct statement *st, enum phase phase,
			 const char *chain, enum port_form form, const char *target)
{
	struct site_build plain =
		site_begin(profile, st, phase == PHASE_OUT ? TABLE_FILTER : TABLE_RAW, chain);
	bool good;

	plain.site.phase = phase;
	plain.site.chains = form == PORTS_SOURCE ? 20 : 0; /* both sides are in one table */
	plain.from.any = plain.to.any = true;
	if (phase == PHASE_OUT)
		plain.site.extra = "-m conntrack --ctstate UNTRACKED";
	else
		plain.except = form == PORTS_DESTINATION ? EXCEPT_WRITTEN : EXCEPT_SWAPPED;
	if (phase != PHASE_OUT && form == PORTS_DESTINATION) /* forwarded connections need tracking */
		plain.site.extra = "-m addrtype --dst-type LOCAL";
	good = plain_items(&plain, st->notrack, form, NULL) && plain_emit(&plain, target);
	site_end(&plain);
	return good;
}

static bool ports_meet(const struct port_list *a, const struct port_list *b)
{
	for (size_t i = 0; i < a->list.len; i++)
		for (size_t j = 0; j < b->list.len; j++) {
			const struct ports *one = &a->list.item[i], *other = &b->list.item[j];

			if (one->proto == other->proto &&
			    (one->any || other->any || (one->first <= other->last && other->first <= one->last)))
				return true;
		}
	return a->list.len == 0 || b->list.len == 0;
}

/* What of another statement needs connections, NULL: nothing. `items` become its ports. */
static const char *needs_tracking(const struct statement *st, const struct where **at, const struct item **items)
{
	const struct rule_options *options = &st->rule.options;

	*at = &st->where;
	switch (st->kind) {
	case STATEMENT_ALLOW:
		if (st->rule.from.places != NULL && st->rule.from.places->kind == PLACE_SELF)
			return NULL;
		*items = st->rule.what;
		*at = options->limit.at.line > 0 ? &options->limit.at : &options->max.at;
		return options->limit.at.line > 0 ? "limit" : options->max.at.line > 0 ? "max" : NULL;
	case STATEMENT_FORWARD:
		*items = st->forward.what;
		return "forward";
	case STATEMENT_REDIRECT:
		*items = st->nat.what;
		return "redirect";
	case STATEMENT_HELPER:
		*items = st->helper.what;
		return "helper";
	default:
		return NULL;
	}
}

/* An untracked connection has no first packet, so each of its packets would count, and it cannot be rewritten. */
static bool notrack_is_alone(struct profile *profile, const struct statement *st, const struct port_list *exempt)
{
	bool good = true;

	for (const struct statement *other = profile->statements.first; other != NULL; other = other->next) {
		const struct where *at;
		const struct item *items = NULL;
		struct port_list ports = { 0 };
		const char *word = other->broken ? NULL : needs_tracking(other, &at, &items);
		bool known = word != NULL && resolve_items(profile, items, &ports);

		if (known && ports_meet(exempt, &ports)) {
			profile_error(profile, at, "\"%s\" needs connections, but \"notrack\" at %s:%u exempts its port from tracking",
				      word, st->where.file, st->where.line);
			good = false;
		}
		vec_free(&ports.list);
	}
	return good;
}

/*
 * Exempts requests that arrive and the replies to them. If output is denied, the replies need a rule that
 * accepts them.
 */
bool build_notrack(struct profile *profile, const struct statement *st)
{
	struct port_list exempt;
	bool good;

	good = resolve_items(profile, st->notrack, &exempt);
	for (size_t i = 0; i < exempt.list.len && good; i++)
		good = !exempt.list.item[i].any && rule_proto_has_ports(exempt.list.item[i].proto);
	if (!good && exempt.list.len > 0)
		profile_error(profile, &st->notrack->where,
			      "\"notrack\" needs ports: replies are recognised by their source port");
	good = good && notrack_is_alone(profile, st, &exempt);
	vec_free(&exempt.list);
	if (!good)
		return false;
	if (profile->settings.policy[DIR_OUT] != VERDICT_ALLOW &&
	    !notrack_side(profile, st, PHASE_OUT, "OUTPUT", PORTS_SOURCE, "ACCEPT"))
		return false;
	return notrack_side(profile, st, statement_phase(st), "PREROUTING", PORTS_DESTINATION, "CT --notrack") &&
	       notrack_side(profile, st, PHASE_TRANSIT, "OUTPUT", PORTS_SOURCE, "CT --notrack");
}

/* Whether only the hooks that know this end of the way can match it. */
static bool needs_way(const struct selectors *end)
{
	for (size_t i = 0; i < end->list.len; i++)
		if (end->list.item[i].iface != NULL || end->list.item[i].mac != NULL || end->list.item[i].over != OVER_ANY)
			return true;
	return false;
}

/* Chooses the first hook that knows both interfaces. Earlier is better, because marks can choose routes. */
static void mark_site(struct site_build *plain)
{
	struct site *site = &plain->site;

	if (plain->from.self) {
		site->chain = "OUTPUT";
		site->phase = PHASE_DEPARTURE;
	} else if (plain->to.self) {
		site->chain = "INPUT";
	} else if (needs_way(&plain->to)) {
		site->chain = needs_way(&plain->from) ? "FORWARD" : "POSTROUTING";
		site->phase = PHASE_TRANSIT;
	} else {
		site->chain = "PREROUTING";
	}
}

/* The rules of "mark ... from ADDRESS" for packets of this host: those of its addresses alone. */
static bool mark_own(struct profile *profile, const struct statement *st, const char *target)
{
	struct site_build plain = site_begin(profile, st, TABLE_MANGLE, "OUTPUT");
	struct selectors all = { 0 };
	bool good = resolve_end(profile, &st->mark.from, FAMILY_BOTH, false, &all) &&
		    resolve_end(profile, &st->mark.to, FAMILY_BOTH, false, &plain.to);

	plain.except = EXCEPT_WRITTEN;
	plain.site.phase = PHASE_DEPARTURE;
	plain.site.chains = 20; /* the numbers below are for the chains of PREROUTING */
	plain.from.tree = all.tree;
	for (size_t i = 0; i < all.list.len && good; i++)
		if (all.list.item[i].iface == NULL && (all.list.item[i].has_range || all.list.item[i].set != NULL))
			good = vec_push(&plain.from.list, all.list.item[i]) || profile_memory(profile);
	good = good && plain_items(&plain, st->mark.what, PORTS_DESTINATION, &st->mark.from) && plain_emit(&plain, target);
	selectors_free(&all);
	site_end(&plain);
	return good;
}

static bool build_packets_mark(struct profile *profile, const struct statement *st)
{
	struct site_build plain = site_begin(profile, st, TABLE_MANGLE, "PREROUTING");
	const struct mark *mark = &st->mark;
	const char *target;
	bool good = resolve_end(profile, &mark->from, FAMILY_BOTH, false, &plain.from);

	good = resolve_end(profile, &mark->to, FAMILY_BOTH, false, &plain.to) && good;
	good = good && plain_items(&plain, mark->what, PORTS_DESTINATION, &mark->from);
	if (mark->dscp != NULL)
		target = profile_textf(profile, "DSCP --set-dscp-class %s", mark->dscp);
	else if (mark->mask != 0)
		target = profile_textf(profile, "MARK --set-xmark 0x%lx/0x%lx", mark->value, mark->mask);
	else
		target = profile_textf(profile, "MARK --set-mark 0x%lx", mark->value);
	if (good && (selectors_family(&plain.from) & selectors_family(&plain.to)) == 0 && !plain.from.self &&
	    !plain.to.self) {
		profile_error(profile, &mark->to.where,
			      "no packet can match: one side is IPv4 only, the other IPv6 only");
		good = false;
	}
	mark_site(&plain);
	plain.except = EXCEPT_WRITTEN;
	/* What this host sends from an address of its own never passes PREROUTING. */
	if (strcmp(plain.site.chain, "PREROUTING") == 0 && end_has_addresses(profile, &mark->from))
		good = good && mark_own(profile, st, target);
	plain.from.any = plain.from.any || plain.from.self;
	plain.to.any = plain.to.any || plain.to.self;
	good = good && target != NULL && plain_emit(&plain, target);
	site_end(&plain);
	return good;
}

bool build_mark(struct profile *profile, const struct statement *st)
{
	if (st->mark.uplink.text != NULL)
		return build_uplink(profile, st);
	return build_packets_mark(profile, st);
}

bool build_clamp(struct profile *profile, const struct statement *st)
{
	const struct zone *zone = resolve_zone(profile, &st->clamp.zone);
	const char *how = st->clamp.mss > 0 ? profile_textf(profile, "--set-mss %u", st->clamp.mss)
					    : "--clamp-mss-to-pmtu";

	for (size_t i = 0; zone != NULL && how != NULL && i < zone->iface_count; i++) {
		const char *text =
			profile_textf(profile, "-o %s -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS %s",
				      zone->ifaces[i], how);

		if (text != NULL)
			output_rule(&profile->out, TABLE_MANGLE, statement_phase(st), FAMILY_BOTH, "FORWARD",
				    &st->where, text);
	}
	return zone != NULL;
}
