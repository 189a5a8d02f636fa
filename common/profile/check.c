/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Warns of lines that are valid but probably wrong. Only what is certain is reported, because nobody reads
 * warnings that are often false.
 */
#include "profile/build.h"

#include <stdio.h>
#include <string.h>

/* Far more rules than people write. With more, the search for unreachable lines would take too long. */
#define SHADOW_RULES_MAX 4000

/* A rule with its names resolved. */
struct resolved_rule {
	const struct statement *st;
	struct port_list ports;
	struct selectors from, to;
	bool good;
};

static bool ports_cover(const struct port_list *outer, const struct port_list *inner)
{
	if (outer->list.len == 0)
		return true;
	for (size_t i = 0; i < inner->list.len; i++) {
		const struct ports *in = &inner->list.item[i];
		bool found = false;

		for (size_t j = 0; j < outer->list.len && !found; j++) {
			const struct ports *out = &outer->list.item[j];

			found = out->proto == in->proto && out->unaddressed == in->unaddressed &&
				(out->any || (!in->any && out->first <= in->first && in->last <= out->last));
		}
		if (!found)
			return false;
	}
	return inner->list.len > 0;
}

/* Whether every packet that matches `in` matches `out` too. */
static bool selector_covers(const struct selector *out, const struct selector *in)
{
	if (out->iface_not || out->range_not || out->set_not || in->iface_not || in->range_not || in->set_not)
		return false;
	if (out->mac != NULL && (in->mac == NULL || out->mac_not != in->mac_not || strcmp(out->mac, in->mac) != 0))
		return false;
	if (out->over != OVER_ANY && out->over != in->over)
		return false;
	if (out->has_range && out->prefix != in->prefix)
		return false;
	if (out->set != NULL && (in->set == NULL || strcmp(out->set, in->set) != 0))
		return false;
	if (out->iface != NULL && (in->iface == NULL || strcmp(out->iface, in->iface) != 0))
		return false;
	if ((out->family & in->family) != in->family)
		return false;
	return !out->has_range || (in->has_range && addr_contains(&out->range, &in->range));
}

static bool selectors_cover(const struct selectors *outer, const struct selectors *inner)
{
	if (outer->except || inner->except || outer->tree != NULL || inner->tree != NULL ||
	    outer->self != inner->self || outer->docker != inner->docker)
		return false;
	for (size_t i = 0; i < inner->list.len; i++) {
		bool found = false;

		for (size_t j = 0; j < outer->list.len && !found; j++)
			found = selector_covers(&outer->list.item[j], &inner->list.item[i]);
		if (!found)
			return false;
	}
	return true;
}

static enum family only_of(const struct rule_options *options)
{
	return options->only.family != FAMILY_NONE ? options->only.family : FAMILY_BOTH;
}

/* Whether the rule decides about every packet that it matches, at all times and for all users. */
static bool decides_always(const struct rule_options *options)
{
	return options->when.at.line == 0 && options->until.date == NULL && options->by.at.line == 0;
}

static unsigned sides(const struct profile *profile, const struct resolved_rule *known)
{
	return rule_directions(profile, &known->st->rule, &known->from, &known->to);
}

/* Whether each source port of `inner` is one of `outer`. */
static bool sources_cover(const struct end *outer, const struct end *inner)
{
	for (const struct item *in = inner->ports; in != NULL && outer->ports != NULL; in = in->next) {
		const struct item *out = outer->ports;

		while (out != NULL && (in->ports.first < out->ports.first || out->ports.last < in->ports.last))
			out = out->next;
		if (out == NULL)
			return false;
	}
	return outer->ports == NULL || inner->ports != NULL;
}

static bool shadows(const struct profile *profile, const struct resolved_rule *first, const struct resolved_rule *later)
{
	enum family inner = only_of(&later->st->rule.options);

	return (sides(profile, later) & ~sides(profile, first)) == 0 && decides_always(&first->st->rule.options) &&
	       (only_of(&first->st->rule.options) & inner) == inner &&
	       ports_cover(&first->ports, &later->ports) && sources_cover(&first->st->rule.from, &later->st->rule.from) &&
	       selectors_cover(&first->from, &later->from) &&
	       selectors_cover(&first->to, &later->to);
}

static void known_free(struct resolved_rule *known)
{
	vec_free(&known->ports.list);
	selectors_free(&known->from);
	selectors_free(&known->to);
}

static struct resolved_rule know(struct profile *profile, const struct statement *st)
{
	struct resolved_rule known = { .st = st };

	known.good = resolve_items(profile, st->rule.what, &known.ports) &&
		     resolve_end(profile, &st->rule.from, FAMILY_BOTH, false, &known.from) &&
		     resolve_end(profile, &st->rule.to, FAMILY_BOTH, false, &known.to);
	return known;
}

static void check_shadows(struct profile *profile)
{
	VEC(struct resolved_rule) rules = { 0 };

	for (const struct statement *st = profile->statements.first; st != NULL && rules.len < SHADOW_RULES_MAX;
	     st = st->next) {
		struct resolved_rule known;

		if (!statement_is_rule(st))
			continue;
		known = know(profile, st);
		for (size_t i = 0; i < rules.len && known.good; i++)
			if (shadows(profile, &rules.item[i], &known)) {
				profile_warning(
					profile, &st->where,
					"unreachable: %s:%u decides about every packet that this line matches",
					rules.item[i].st->where.file, rules.item[i].st->where.line);
				break;
			}
		if (!known.good || !vec_push(&rules, known))
			known_free(&known);
	}
	for (size_t i = 0; i < rules.len; i++)
		known_free(&rules.item[i]);
	vec_free(&rules);
}

static const struct statement *confine_of_self(const struct profile *profile)
{
	for (const struct statement *st = profile->statements.first; st != NULL; st = st->next)
		if (st->kind == STATEMENT_CONFINE && st->confine.from.places->kind == PLACE_SELF)
			return st;
	return NULL;
}

/* Whether all answers to these hosts may leave: they are in the zone, or an exception without ports covers them. */
static bool answers_leave(struct profile *profile, const struct confinement *confine, const struct selectors *from)
{
	const struct zone *zone = zone_find(profile, confine->zone.text);
	bool covered = from->list.len > 0;

	for (size_t i = 0; i < from->list.len && covered; i++) {
		covered = false;
		for (size_t j = 0; zone != NULL && from->list.item[i].iface != NULL && j < zone->iface_count; j++)
			covered = covered || strcmp(zone->ifaces[j], from->list.item[i].iface) == 0;
	}
	for (const struct confine_except *except = confine->excepts; except != NULL && !covered; except = except->next) {
		struct selectors to = { 0 };

		covered = except->what == NULL && resolve_end(profile, &except->to, FAMILY_BOTH, false, &to) &&
			  selectors_cover(&to, from);
		selectors_free(&to);
	}
	return covered;
}

/* A line that accepts connections which come in beside the zone that this host is confined to. */
static void check_answers(struct profile *profile, const struct statement *st)
{
	const struct statement *confined = confine_of_self(profile);
	struct resolved_rule known;

	if (confined == NULL || confined->broken || st->rule.verdict != VERDICT_ALLOW)
		return;
	known = know(profile, st);
	if (known.good && (sides(profile, &known) & 1U << DIR_IN) != 0 &&
	    !answers_leave(profile, &confined->confine, &known.from))
		profile_warning(profile, &st->where,
				"answers to what this line accepts cannot leave beside \"%s\": add \"except to ...\" at %s:%u",
				confined->confine.zone.text, confined->where.file, confined->where.line);
	known_free(&known);
}

/* Whether the end is a zone that is known by its interfaces alone, or anyone on a zone. */
static const char *way_out(const struct profile *profile, const struct end *end)
{
	const struct zone *zone;

	if (end->places == NULL || end->places->next != NULL)
		return NULL;
	if (end->places->kind == PLACE_ANY)
		return end->on.text;
	zone = end->places->kind == PLACE_NAME ? zone_find(profile, end->places->name.text) : NULL;
	return zone != NULL && zone->nets.ranges.len == 0 ? zone->name.text : NULL;
}

static bool marks_own_packets(const struct profile *profile)
{
	for (const struct statement *st = profile->statements.first; st != NULL; st = st->next)
		if ((st->kind == STATEMENT_MARK && st->mark.dscp == NULL && st->mark.from.places != NULL &&
		     st->mark.from.places->kind == PLACE_SELF) ||
		    (st->kind == STATEMENT_RAW && strcmp(st->raw.table, "mangle") == 0 &&
		     strcmp(st->raw.chain, "OUTPUT") == 0))
			return true;
	return false;
}

/* A line of OUTPUT about a zone, which is taken for more than it is: the rules there do not see where a packet leaves. */
static void check_leak(struct profile *profile, const struct statement *st)
{
	const struct end *to = &st->rule.to;
	const char *zone = way_out(profile, to);
	bool allows = st->rule.verdict == VERDICT_ALLOW, leaks;

	if (zone == NULL || st->rule.from.places == NULL || st->rule.from.places->kind != PLACE_SELF ||
	    confine_of_self(profile) != NULL)
		return;
	if (allows)
		leaks = profile->settings.policy[DIR_OUT] != VERDICT_ALLOW && !to->places->negated;
	else
		leaks = to->places->negated || marks_own_packets(profile);
	if (leaks && (allows || to->places->negated))
		profile_warning(profile, &st->where,
				"a connection goes on beside \"%s\" when its route moves, and a mark can lead a new one there: "
				"to stop that, add \"confine self to %s\"",
				zone, zone);
	else if (leaks)
		profile_warning(profile, &st->where,
				"a mark can lead packets to \"%s\" behind this rule: to stop that, use \"confine self to ...\"",
				zone);
}

static bool admits_ssh(struct profile *profile, const struct statement *st)
{
	struct port_list ports, ssh = { 0 };
	bool found = false;

	if (st->kind == STATEMENT_RAW)
		return strcmp(st->raw.chain, "INPUT") == 0;
	if (!statement_is_rule(st) || st->rule.verdict != VERDICT_ALLOW ||
	    (st->rule.from.places != NULL && st->rule.from.places->kind == PLACE_SELF) ||
	    (st->rule.to.places != NULL && st->rule.to.places->kind != PLACE_SELF &&
	     !end_has_addresses(profile, &st->rule.to)))
		return false;
	if (resolve_items(profile, st->rule.what, &ports) &&
	    vec_push(&ssh.list, (struct ports){ .proto = PROTO_TCP, .first = 22, .last = 22 }))
		found = ports_cover(&ports, &ssh);
	vec_free(&ports.list);
	vec_free(&ssh.list);
	return found;
}

static void check_ssh(struct profile *profile)
{
	if (profile->settings.policy[DIR_IN] == VERDICT_ALLOW)
		return;
	for (const struct statement *st = profile->statements.first; st != NULL; st = st->next)
		if (admits_ssh(profile, st))
			return;
	profile_warning(profile, &(struct where){ .file = profile->name },
			"no line allows SSH: anyone who manages this host remotely is locked out");
}

/* Converts "2027-06-30" to days since 1970 (Howard Hinnant's days_from_civil). */
static int64_t date_days(const char *text)
{
	int year = 1970, month = 1, day = 1;

	if (sscanf(text, "%4d-%2d-%2d", &year, &month, &day) != 3)
		return 0;
	year -= month <= 2;
	return (int64_t)(year / 400) * 146097 + (year % 400) * 365 + year % 400 / 4 - year % 400 / 100 +
	       (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1 - 719468;
}

/* Whether a line of the text starts with the name and a colon. */
static bool account_stands(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			return true;
	return false;
}

/*
 * iptables-restore looks up names on the host where it runs, and rejects the whole table if one does not exist.
 */
static void check_by(struct profile *profile, const struct rule_options *options)
{
	struct strbuf accounts = STRBUF_INIT;
	const char *path = options->by.group ? "/etc/group" : "/etc/passwd";

	if (options->by.at.line == 0 || strspn(options->by.name.text, "0123456789") == strlen(options->by.name.text))
		return;
	if (profile->source->read(profile->source->ctx, path, &accounts) == 0 &&
	    !account_stands(strbuf_text(&accounts), options->by.name.text))
		profile_warning(profile, &options->by.name.where,
				"no %s \"%s\" in %s here: it must exist where the rules are loaded",
				options->by.group ? "group" : "user", options->by.name.text, path);
	strbuf_free(&accounts);
}

static void check_options(struct profile *profile, const struct rule_options *options)
{
	check_by(profile, options);
	if (options->until.date != NULL && profile->source->now >= (date_days(options->until.date) + 1) * 86400)
		profile_warning(profile, &options->until.date_at,
				"this date has passed: the line has no effect");
}

static void check_open(struct profile *profile, const struct statement *st)
{
	const struct end_place *from = st->rule.from.places;

	if (st->rule.verdict == VERDICT_ALLOW && st->rule.what == NULL &&
	    (from == NULL || from->kind == PLACE_ANY) && st->rule.from.on.text == NULL &&
	    (st->rule.to.places == NULL || st->rule.to.places->kind == PLACE_SELF))
		profile_warning(profile, &st->where,
				"this line allows everything from everywhere: add a service or \"from\"");
}

/* Whether the ports contain this type, or all of its protocol. */
static bool has_icmp(const struct port_list *ports, int proto, unsigned first, unsigned last)
{
	for (size_t i = 0; i < ports->list.len; i++)
		if (ports->list.item[i].proto == proto &&
		    (ports->list.item[i].any || (ports->list.item[i].first <= ICMP_CODE(last, 255U) &&
						 ICMP_CODE(first, 0U) <= ports->list.item[i].last)))
			return true;
	return false;
}

/* A line that denies what the frame accepts before it. */
static void check_icmp(struct profile *profile, const struct statement *st)
{
	struct resolved_rule known;

	if (st->rule.verdict == VERDICT_ALLOW || st->rule.what == NULL || profile->settings.frame_off)
		return;
	known = know(profile, st);
	if (known.good && (sides(profile, &known) & 1U << DIR_IN) != 0) {
		if (!profile->settings.ping_off && (has_icmp(&known.ports, PROTO_ICMP, 8, 8) ||
						    has_icmp(&known.ports, PROTO_ICMP6, 128, 128)))
			profile_warning(profile, &st->rule.what->where,
					"ping is allowed before this line: to answer no echo request, say \"ping off\"");
		else if (has_icmp(&known.ports, PROTO_ICMP6, 1, 4) || has_icmp(&known.ports, PROTO_ICMP6, 133, 136))
			profile_warning(profile, &st->rule.what->where,
					"this host needs ICMPv6 errors and neighbour discovery, and accepts them before this line");
	}
	known_free(&known);
}

/* Only Ethernet has MAC addresses. */
static void check_mac(struct profile *profile, const struct statement *st)
{
	static const char *const bare[] = { "ppp", "wg", "tun", "gre", "sit", "vti", "ipsec", "xfrm" };
	const struct end *from = &st->rule.from;
	const struct zone *on = from->on.text != NULL ? zone_find(profile, from->on.text) : NULL;

	for (const struct end_place *place = on != NULL ? from->places : NULL; place != NULL; place = place->next)
		for (size_t i = 0; place->kind == PLACE_MAC && i < on->iface_count; i++)
			for (size_t b = 0; b < ARRAY_LEN(bare); b++)
				if (strncmp(on->ifaces[i], bare[b], strlen(bare[b])) == 0)
					profile_warning(profile, &place->name.where,
							"never matches on \"%s\": its packets have no MAC address", on->ifaces[i]);
}

/* With a source port, which everybody can choose, a line that names no port of this host opens all of them. */
static void check_sources(struct profile *profile, const struct statement *st)
{
	const struct end *from = &st->rule.from;

	if (from->ports == NULL || st->rule.verdict != VERDICT_ALLOW || from->places->kind == PLACE_SELF)
		return;
	for (const struct item *item = st->rule.what; item != NULL; item = item->next)
		if (item->service.text == NULL && item->ports.any)
			profile_warning(profile, &from->ports_at,
					"the sender chooses its source port, so this allows every port: name ports before \"from\"");
}

static bool helped(const struct profile *profile, const char *helper)
{
	for (const struct statement *st = profile->statements.first; st != NULL; st = st->next)
		for (const struct item *item = st->kind == STATEMENT_HELPER ? st->helper.what : NULL;
		     item != NULL; item = item->next)
			if (service_helper(profile, item->service.text) != NULL &&
			    strcmp(service_helper(profile, item->service.text), helper) == 0)
				return true;
	return false;
}

/* FTP and TFTP transfer data on other ports: without their helper, only the first exchange works. */
static void check_helpers(struct profile *profile, const struct statement *st)
{
	for (const struct item *item = st->rule.what; item != NULL; item = item->next) {
		const char *helper =
			item->service.text != NULL ? service_helper(profile, item->service.text) : NULL;

		if (st->rule.verdict == VERDICT_ALLOW && helper != NULL &&
		    (strcmp(helper, "ftp") == 0 || strcmp(helper, "tftp") == 0) && !helped(profile, helper))
			profile_warning(profile, &item->where,
					"%s opens more connections: add a line \"helper %s from ...\"",
					item->service.text, item->service.text);
	}
}

/* Whether packets for other hosts can pass this one. */
static bool forwards(const struct profile *profile)
{
	for (const struct zone *zone = profile->zones; zone != NULL; zone = zone->next)
		if (zone->docker)
			return true;
	for (const struct statement *st = profile->statements.first; st != NULL; st = st->next)
		if (st->kind == STATEMENT_RAW && strcmp(st->raw.chain, "FORWARD") == 0)
			return true;
	return profile->used.forwards != 0 || profile->settings.policy[DIR_FORWARD] == VERDICT_ALLOW;
}

/* An address behind this host needs forwarding, which an address alone does not turn on. */
static void check_address(struct profile *profile, const struct statement *st)
{
	const struct where *at = &st->rule.to.where;

	if ((st->rule.from.places == NULL || st->rule.from.places->kind != PLACE_SELF) &&
	    end_is_addresses(profile, &st->rule.to))
		profile_warning(profile, at,
				"\"to %.*s\" can only be an address of this host here; say \"to self at %.*s\", or "
				"\"on ZONE\" for a host behind it",
				(int)at->width, at->source + at->column - 1, (int)at->width, at->source + at->column - 1);
}

void profile_check(struct profile *profile)
{
	bool routes = forwards(profile);

	for (const struct statement *st = profile->statements.first; st != NULL; st = st->next) {
		if (st->kind == STATEMENT_FORWARD)
			check_options(profile, &st->forward.options);
		if (!statement_is_rule(st))
			continue;
		check_options(profile, &st->rule.options);
		check_open(profile, st);
		check_sources(profile, st);
		check_mac(profile, st);
		check_icmp(profile, st);
		check_helpers(profile, st);
		check_answers(profile, st);
		check_leak(profile, st);
		if (!routes)
			check_address(profile, st);
	}
	check_shadows(profile);
	check_ssh(profile);
}
