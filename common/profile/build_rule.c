/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* allow, deny, reject and raw. */
#include "profile/build.h"

#include <string.h>

const char *state_match(const struct profile *profile)
{
	for (const struct statement *st = profile->statements.first; st != NULL; st = st->next)
		if (st->kind == STATEMENT_NOTRACK)
			return "-m conntrack --ctstate NEW,UNTRACKED";
	return "-m conntrack --ctstate NEW";
}

void site_direction(struct profile *profile, struct site *site, enum direction dir)
{
	static const struct {
		const char *chain;
		enum phase phase;
	} sides[DIR_COUNT] = {
		[DIR_IN] = { "INPUT", PHASE_IN },
		[DIR_OUT] = { "OUTPUT", PHASE_OUT },
		[DIR_FORWARD] = { "FORWARD", PHASE_FORWARD },
		[DIR_DOCKER] = { "fw-docker", PHASE_DOCKER },
	};

	site->chain = sides[dir].chain;
	site->phase = sides[dir].phase;
	site->no_in = dir == DIR_OUT;
	site->no_out = dir == DIR_IN;
	site->go_on = dir == DIR_DOCKER;
	site->state = state_match(profile);
	profile->used.direction[dir] = true;
}

static bool place_is_address(const struct profile *profile, const struct end *end, const struct end_place *place)
{
	if (end->on.text != NULL || end->over != OVER_ANY || place->negated)
		return false;
	return place->kind == PLACE_HOST || (place->kind == PLACE_NAME && zone_find(profile, place->name.text) == NULL);
}

bool end_has_addresses(const struct profile *profile, const struct end *end)
{
	for (const struct end_place *place = end->places; place != NULL; place = place->next)
		if (place_is_address(profile, end, place))
			return true;
	return false;
}

bool end_is_addresses(const struct profile *profile, const struct end *end)
{
	for (const struct end_place *place = end->places; place != NULL; place = place->next)
		if (!place_is_address(profile, end, place))
			return false;
	return end->places != NULL;
}

unsigned rule_directions(const struct profile *profile, const struct profile_rule *rule, const struct selectors *from,
			 const struct selectors *to)
{
	unsigned dirs = 1U << DIR_FORWARD;

	if (from->self)
		return 1U << DIR_OUT;
	if (rule->to.places == NULL || to->self)
		return 1U << DIR_IN;
	if (to->docker)
		return 1U << DIR_DOCKER;
	if (end_has_addresses(profile, &rule->to))
		dirs |= 1U << DIR_IN;
	if (end_has_addresses(profile, &rule->from))
		dirs |= 1U << DIR_OUT;
	return dirs;
}

/* Whether the rule can be about packets of some direction. Reports an error if not. */
static bool rule_has_direction(struct profile *profile, const struct profile_rule *rule, const struct selectors *from,
			       const struct selectors *to)
{
	if (from->self && to->self) {
		profile_error(profile, &rule->to.where, "\"from\" and \"to\" are both this host");
		return false;
	}
	if (to->any && rule->to.places != NULL && rule->from.places == NULL) {
		profile_error(
			profile, &rule->to.where,
			"\"to any\" without \"from\": write \"to self\" for this host, or add \"from\"");
		return false;
	}
	if (from->self && to->docker) {
		profile_error(profile, &rule->from.where,
			      "rules of a docker zone see forwarded packets only: leave out \"from self\"");
		return false;
	}
	if (to->docker && rule->to.places->next != NULL) {
		profile_error(profile, &rule->to.where,
			      "a docker zone must be alone after \"to\": write another line for the other places");
		return false;
	}
	return true;
}

/*
 * Adds an alternative that matches all packets, for "self" and for a docker zone: the chain sees no other
 * packets.
 */
static bool selectors_open(struct profile *profile, struct selectors *selectors, bool docker)
{
	if (docker)
		selectors->list.len = 0;
	return !(selectors->self || docker) || selectors->list.len > 0 ||
	       vec_push(&selectors->list, (struct selector){ .family = FAMILY_BOTH }) ||
	       profile_memory(profile);
}

/* Whether a packet can match: both ends, the ports and "only" must have a family in common. */
static bool families_meet(struct profile *profile, const struct statement *st, const struct selectors *from,
			  const struct selectors *to, const struct port_groups *groups)
{
	const struct rule_options *options = &st->rule.options;
	enum family only = options->only.family != FAMILY_NONE ? options->only.family : FAMILY_BOTH;
	unsigned ports = FAMILY_NONE;
	const struct where *at = st->rule.to.places != NULL ? &st->rule.to.where : &st->rule.from.where;

	if (selectors_family(from) == FAMILY_NONE || selectors_family(to) == FAMILY_NONE)
		return true; /* an empty list, of which hosts_load warned */
	for (size_t i = 0; i < groups->list.len; i++)
		ports |= groups->list.item[i].family;
	if ((selectors_family(from) & selectors_family(to)) == 0)
		profile_error(profile, at, "no packet can match: one side is IPv4 only, the other IPv6 only");
	else if ((selectors_family(from) & selectors_family(to) & only) == 0)
		profile_error(profile, &options->only.at,
			      "no packet can match: the addresses belong to the other family");
	else if ((selectors_family(from) & selectors_family(to) & only & ports) == 0)
		profile_error(profile, &st->rule.what->where,
			      "no packet can match: this protocol belongs to the other family");
	else
		return true;
	return false;
}

/* A rule whose names are resolved, for one half of its ports. */
struct rule_build {
	struct profile *profile;
	const struct statement *st;
	struct selectors from, to;
	struct port_groups groups;
	const char *extra;
	unsigned chains; /* where the numbers of its chains begin */
};

/* Adds the rules of the directions: those of the first one, and the same rules in the chains of the others. */
static bool build_directions(struct rule_build *build, unsigned dirs, const struct selectors *from,
			     const struct selectors *to)
{
	const struct profile_rule *rule = &build->st->rule;
	struct site site = { .st = build->st,
			     .table = TABLE_FILTER,
			     .note = rule->options.note.text,
			     .extra = build->extra,
			     .chains = build->chains };
	enum direction dir = DIR_IN;
	struct steps steps = { 0 };
	bool good;

	while ((dirs & 1U << dir) == 0)
		dir++;
	site.family = rule->options.only.family != FAMILY_NONE ? rule->options.only.family : FAMILY_BOTH;
	site.also = dirs & ~(1U << dir);
	site_direction(build->profile, &site, dir);
	good = steps_make(build->profile, build->st, &rule->options, rule->verdict, dir, &build->groups, &steps) &&
	       site_emit(build->profile, &site, &build->groups, from, to, &steps);
	vec_free(&steps.list);
	return good;
}

/* The alternatives that can be this host itself: addresses, not on an interface. */
static bool selectors_of_host(struct profile *profile, const struct selectors *all, struct selectors *out)
{
	*out = (struct selectors){ .tree = all->tree };
	for (size_t i = 0; i < all->list.len; i++)
		if (all->list.item[i].iface == NULL && (all->list.item[i].has_range || all->list.item[i].set != NULL) &&
		    !vec_push(&out->list, all->list.item[i]))
			return profile_memory(profile);
	return true;
}

/* Adds the rules of each direction apart, because they differ. */
static bool build_apart(struct rule_build *build, unsigned dirs)
{
	struct selectors from = { 0 }, to = { 0 };
	bool good = selectors_of_host(build->profile, &build->from, &from) &&
		    selectors_of_host(build->profile, &build->to, &to);

	for (int dir = 0; dir < DIR_COUNT && good; dir++) {
		if ((dirs & 1U << dir) == 0)
			continue;
		good = build_directions(build, 1U << dir, dir == DIR_OUT ? &from : &build->from,
					dir == DIR_IN ? &to : &build->to);
		build->chains += 20; /* the numbers between are for the chains of this direction */
	}
	selectors_free(&from);
	selectors_free(&to);
	return good;
}

/* Whether a statement may deny packets that this host sends. Then a line that allows them must come before it. */
static bool output_denies(struct profile *profile)
{
	bool denies = profile->settings.policy[DIR_OUT] != VERDICT_ALLOW;

	for (const struct statement *st = profile->statements.first; !profile->used.output_asked && !denies && st != NULL;
	     st = st->next) {
		const struct profile_rule *rule = &st->rule;

		if (st->broken)
			continue;
		if (st->kind == STATEMENT_RAW && strcmp(st->raw.chain, "OUTPUT") == 0)
			denies = true;
		else if (statement_is_rule(st) && (rule->verdict != VERDICT_ALLOW || rule->options.limit.at.line > 0 ||
						   rule->options.max.at.line > 0))
			denies = rule->from.places != NULL && (rule->from.places->kind == PLACE_SELF ||
							       end_has_addresses(profile, &rule->from));
	}
	if (!profile->used.output_asked)
		profile->used.output_denies = denies;
	profile->used.output_asked = true;
	return profile->used.output_denies;
}

/* Whether the rules of an allowing line would change nothing in OUTPUT. */
static bool output_needs_none(struct profile *profile, const struct profile_rule *rule, const struct selectors *from)
{
	const struct rule_options *options = &rule->options;

	return !from->self && rule->verdict == VERDICT_ALLOW && options->limit.at.line == 0 && options->max.at.line == 0 &&
	       options->log.at.line == 0 && !output_denies(profile);
}

/*
 * Without a limit, the rules of all directions are the same, and share the chains of a long list. With one, what
 * exceeds it is logged by direction.
 */
static bool build_rules(struct rule_build *build, unsigned dirs)
{
	const struct profile_rule *rule = &build->st->rule;
	bool same = rule->options.limit.at.line == 0 &&
		    ((dirs & 1U << DIR_IN) == 0 || end_is_addresses(build->profile, &rule->to)) &&
		    ((dirs & 1U << DIR_OUT) == 0 || end_is_addresses(build->profile, &rule->from));

	if (rule->options.by.at.line > 0 && dirs != 1U << DIR_OUT) {
		profile_error(build->profile, &rule->options.by.at,
			      "\"by\" works only for packets of this host: add \"from self\"");
		return false;
	}
	if (output_needs_none(build->profile, rule, &build->from))
		dirs &= ~(1U << DIR_OUT);
	if ((dirs & (dirs - 1)) == 0 || same)
		return build_directions(build, dirs, &build->from, &build->to);
	return build_apart(build, dirs);
}

/* Whether the end names a way to go: a zone, an interface, or everyone else. An address alone can be this host's. */
static bool end_leads_away(const struct profile *profile, const struct end *end)
{
	return end->places != NULL && !end_is_addresses(profile, end);
}

static bool build_ends(struct profile *profile, const struct statement *st, const struct port_list *ports,
		       bool unaddressed)
{
	const struct profile_rule *rule = &st->rule;
	struct rule_build build = { .profile = profile,
				    .st = st,
				    .extra = options_extra(profile, &rule->options),
				    .chains = unaddressed ? 10 : 0 }; /* the numbers below are for the addressed half */
	enum family only = rule->options.only.family;
	unsigned dirs = 0;
	bool docker = false, good;

	good = build.extra != NULL && resolve_end(profile, &rule->from, only, unaddressed, &build.from);
	good = resolve_end(profile, &rule->to, only, unaddressed, &build.to) && good;
	good = good && rule_has_direction(profile, rule, &build.from, &build.to);
	if (good)
		dirs = rule_directions(profile, rule, &build.from, &build.to);
	docker = dirs == 1U << DIR_DOCKER;
	good = good && (!docker || selectors_flatten(profile, &build.from));
	good = good && selectors_open(profile, &build.from, false) && selectors_open(profile, &build.to, docker);
	good = good && groups_make(profile, ports, unaddressed, docker ? PORTS_ORIGINAL : PORTS_DESTINATION,
				   &rule->from, &build.groups);
	good = good && families_meet(profile, st, &build.from, &build.to, &build.groups);
	good = good && build_rules(&build, dirs);
	if (good && rule->verdict == VERDICT_ALLOW && (dirs & 1U << DIR_FORWARD) != 0 && end_leads_away(profile, &rule->to))
		profile->used.forwards |= selectors_family(&build.from) & selectors_family(&build.to) &
					  (only != FAMILY_NONE ? only : FAMILY_BOTH);
	selectors_free(&build.from);
	selectors_free(&build.to);
	vec_free(&build.groups.list);
	return good;
}

/* Clients without an address yet are matched by the interface alone, so they need rules of their own. */
bool build_rule(struct profile *profile, const struct statement *st)
{
	struct port_list ports;
	bool good = resolve_items(profile, st->rule.what, &ports), unaddressed = false;
	bool addressed = ports.list.len == 0;

	for (size_t i = 0; i < ports.list.len; i++)
		if (ports.list.item[i].unaddressed)
			unaddressed = true;
		else
			addressed = true;
	good = good && (!addressed || build_ends(profile, st, &ports, false));
	good = good && (!unaddressed || build_ends(profile, st, &ports, true));
	vec_free(&ports.list);
	return good;
}

/*
 * The phase in which other statements add rules to this chain, so that a raw line keeps its place among them.
 */
static enum phase raw_phase(enum out_table table, const char *chain)
{
	static const struct {
		enum out_table table;
		const char *chain;
		enum phase phase;
	} phases[] = {
		{ TABLE_FILTER, "INPUT", PHASE_IN },         { TABLE_FILTER, "FORWARD", PHASE_FORWARD },
		{ TABLE_FILTER, "OUTPUT", PHASE_OUT },       { TABLE_RAW, "PREROUTING", PHASE_ARRIVAL },
		{ TABLE_NAT, "PREROUTING", PHASE_ARRIVAL },    { TABLE_NAT, "POSTROUTING", PHASE_DEPARTURE },
		{ TABLE_MANGLE, "PREROUTING", PHASE_ARRIVAL }, { TABLE_MANGLE, "INPUT", PHASE_ARRIVAL },
		{ TABLE_MANGLE, "OUTPUT", PHASE_DEPARTURE },
	};

	for (size_t i = 0; i < ARRAY_LEN(phases); i++)
		if (phases[i].table == table && strcmp(phases[i].chain, chain) == 0)
			return phases[i].phase;
	return PHASE_TRANSIT;
}

/* Whether the name is that of a built-in chain of any table. Such a name never means a chain of the user. */
static bool builtin_name(const char *chain)
{
	static const char *const names[] = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], chain) == 0)
			return true;
	return false;
}

bool build_raw(struct profile *profile, const struct statement *st)
{
	enum out_table table = TABLE_FILTER;
	enum phase phase;

	while (table + 1 < TABLE_COUNT && strcmp(output_table_name(table), st->raw.table) != 0)
		table++;
	if (builtin_name(st->raw.chain) && !output_has_chain(&profile->out, table, st->raw.chain)) {
		profile_error(profile, &st->where, "table %s has no chain %s: name the right table before it",
			      st->raw.table, st->raw.chain);
		return false;
	}
	phase = raw_phase(table, st->raw.chain);
	output_chain(&profile->out, table, st->raw.chain);
	if (st->raw.text == NULL)
		return true;
	output_rule(&profile->out, table, phase, st->raw.family, st->raw.chain, &st->where, st->raw.text);
	profile->used.direction[DIR_FORWARD] = profile->used.direction[DIR_FORWARD] || phase == PHASE_FORWARD;
	return true;
}
