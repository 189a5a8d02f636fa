/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A router that lets anyone outside open connections to the hosts behind it. */
#include "check/check_forward.h"
#include "check/checks.h"
#include "check/stranger.h"

#include <string.h>

#define OUTSIDE_MAX    16
#define INTERFACES_MAX 64

struct outside {
	struct range names;
	bool for_everyone; /* whatever the source is */
};

/* The interfaces by which the network is left, and whose addresses are rewritten there. */
struct router {
	struct outside outside[OUTSIDE_MAX];
	unsigned outside_count;
	struct range inner[OUTSIDE_MAX]; /* source addresses that are rewritten */
	unsigned inner_count;
	bool by_setting; /* no such interface: the text turns forwarding on */
};

/* Is the rule one for all that leaves: no port, no single destination? Else it is a hairpin, or for one service. */
static bool is_for_all(const struct program_rule *rule)
{
	for (unsigned c = 0; c < rule->cond_count; c++) {
		const struct cond *cond = &rule->conds[c];

		if (cond->field == FIELD_DPORT || cond->field == FIELD_SPORT)
			return false;
	}
	return IN6_IS_ADDR_UNSPECIFIED(&rule->rule->dst.mask) || (rule->rule->invert & INVERT_DST) != 0;
}

static bool rewrites_source(const struct program_rule *rule)
{
	static const char *const names[] = { "MASQUERADE", "SNAT", "NETMAP" };
	const struct extension *target = rule->rule->target;

	for (size_t i = 0; rule->effect == EFFECT_NAT && target != NULL && i < ARRAY_LEN(names); i++)
		if (strcmp(target->kind->real_name, names[i]) == 0)
			return true;
	return false;
}

static void note_outside(struct router *router, const struct program_rule *rule)
{
	const struct cond *out = NULL, *source = NULL;

	for (unsigned c = 0; c < rule->cond_count; c++) {
		const struct cond *cond = &rule->conds[c];

		if (cond->kind == COND_RANGES && cond->field == FIELD_OUT && cond->range_count == 1)
			out = cond;
		else if (cond->kind == COND_RANGES && cond->field == FIELD_SRC && cond->range_count == 1)
			source = cond;
	}
	if (out == NULL || (rule->rule->invert & INVERT_OUT) != 0 || out->ranges[0].lo == value_of_name("lo") ||
	    router->outside_count == OUTSIDE_MAX)
		return;
	router->outside[router->outside_count++] = (struct outside){ out->ranges[0], source == NULL };
	if (source != NULL && (rule->rule->invert & INVERT_SRC) == 0 && router->inner_count < OUTSIDE_MAX)
		router->inner[router->inner_count++] = source->ranges[0];
}

/* Does any rule of FORWARD accept something? Then its writer thinks that the rest is dropped. */
static bool forward_accepts(const struct meaning *m)
{
	for (unsigned i = 0; i < m->program->rule_count; i++) {
		const struct program_rule *rule = m->program->rules[i];

		if (rule->effect == EFFECT_ACCEPT && rule->chain->hooks == HOOK_FORWARD &&
		    strcmp(rule->chain->table->table->name, "filter") == 0)
			return true;
	}
	return false;
}

static bool find_router(const struct meaning *m, struct router *router)
{
	bool ipv6 = m->ruleset->family == FAMILY_IPV6;
	struct setting_value value = setting_value(m->ruleset->stream, m->live, ipv6 ? SETTING_FORWARD6 : SETTING_FORWARD4);

	for (unsigned i = 0; i < m->program->rule_count; i++) {
		const struct program_rule *rule = m->program->rules[i];

		if ((rule->chain->hooks & HOOK_POSTROUTING) != 0 && rewrites_source(rule) && is_for_all(rule) &&
		    m->reach->rules[rule->serial].fate == FATE_ALIVE)
			note_outside(router, rule);
	}
	if (value.known && value.number == 0)
		return false;
	router->by_setting = router->outside_count == 0 && value.known && !value.live && forward_accepts(m);
	return router->outside_count > 0 || router->by_setting;
}

static bool is_outside(const struct router *router, field_value name)
{
	for (unsigned i = 0; i < router->outside_count; i++)
		if (name >= router->outside[i].names.lo && name <= router->outside[i].names.hi)
			return true;
	return false;
}

/* --- what was meant --------------------------------------------------------------------------------------- */

/*
 * Does the rule say for whom it is: by the interface that packets come in by, by a port, by a single destination, or
 * by something that is not known here?
 */
static bool names_something(const struct program_rule *rule)
{
	for (unsigned c = 0; c < rule->cond_count; c++) {
		const struct cond *cond = &rule->conds[c];

		if (cond->kind == COND_UNKNOWN || cond->field == FIELD_DPORT || cond->field == FIELD_SPORT || cond->field == FIELD_MARK ||
		    cond->field == FIELD_CTMARK || cond->field == FIELD_SRC)
			return true;
		if (cond->field == FIELD_IN && (rule->rule->invert & INVERT_IN) == 0)
			return true;
		if (cond->kind == COND_RANGES && cond->field == FIELD_DST && cond->range_count > 0 && cond->ranges[0].lo == cond->ranges[0].hi)
			return true;
	}
	return false;
}

/* Or do all rules that call its chain? */
static bool is_meant(const struct program_rule *rule, unsigned depth)
{
	const struct program_chain *chain = rule->chain;

	if (names_something(rule) || depth > 16 || strncmp(chain->chain->name, "ts-", 3) == 0)
		return true; /* ts-: tailscale's, which guards its interface itself */
	for (size_t i = 0; i < chain->callers.len; i++)
		if (!is_meant(chain->callers.item[i], depth + 1))
			return false;
	return chain->callers.len > 0;
}

/* --- the packet ------------------------------------------------------------------------------------------- */

/* Where the network behind the router is known, an address there. */
static void set_inner_address(const struct router *router, struct packet *packet)
{
	const struct range *inner = &router->inner[0];

	if (router->inner_count > 0)
		packet_set(packet, FIELD_DST, inner->hi - inner->lo > 10 ? inner->lo + 10 : inner->lo);
}

struct hole {
	struct packet packet;
	struct trace_result result;
	unsigned tries;
};

static bool try_packet(const struct meaning *m, const struct router *router, struct hole *hole, field_value in, field_value out)
{
	const field_value ports[] = { 80, 22, question_unnamed(m, FIELD_DPORT, 1, UINT16_MAX).hi };
	static const unsigned protos[] = { IPPROTO_TCP, IPPROTO_UDP };

	for (size_t n = 0; n < ARRAY_LEN(ports) * ARRAY_LEN(protos) && hole->tries < stranger_tries(m); n++, hole->tries++) {
		hole->packet = stranger_packet(m, protos[n % 2], ports[n / 2]);
		packet_set(&hole->packet, FIELD_IN, in);
		packet_set(&hole->packet, FIELD_OUT, out);
		set_inner_address(router, &hole->packet);
		hole->packet.forwarded = true;
		if (stranger_passes(m, &hole->packet, &hole->result) && hole->result.chain->hooks == HOOK_FORWARD &&
		    (hole->result.rule == NULL || !is_meant(hole->result.rule, 0)))
			return true;
	}
	return false;
}

/* A name of the range: that of `ppp+` with 0 instead of +. */
static field_value sample_name(const struct range *range)
{
	char name[IFNAMSIZ + 1] = "";
	field_value value;

	if (range->lo == range->hi)
		return range->lo;
	name_of_value(range->lo, name);
	if (strlen(name) + 1 < IFNAMSIZ)
		name[strlen(name)] = '0';
	value = value_of_name(name);
	return value <= range->hi ? value : range->lo;
}

/* Names of interfaces outside: those of the rules that rewrite, the general ones first, and what other rules name of `ppp+`. */
static unsigned outside_interfaces(const struct meaning *m, const struct router *router, field_value in[static INTERFACES_MAX])
{
	field_value named[INTERFACES_MAX];
	unsigned count = 0, others = stranger_interfaces(m, FIELD_IN, named, INTERFACES_MAX, NULL);

	for (unsigned rest = 0; rest < 2; rest++)
		for (unsigned i = 0; i < router->outside_count; i++)
			if (router->outside[i].for_everyone == (rest == 0))
				in[count++] = sample_name(&router->outside[i].names);
	for (unsigned i = 0; i < others && count < INTERFACES_MAX; i++)
		if (is_outside(router, named[i]))
			in[count++] = named[i];
	if (router->by_setting)
		in[count++] = value_of_name("any0");
	return count;
}

static bool find_hole(const struct meaning *m, const struct router *router, struct hole *hole)
{
	field_value in[INTERFACES_MAX], out[INTERFACES_MAX];
	unsigned ins = outside_interfaces(m, router, in), named;
	unsigned outs = stranger_interfaces(m, FIELD_OUT, out, INTERFACES_MAX, &named);
	bool known = false;

	for (unsigned o = 0; o < outs; o++) {
		if (is_outside(router, out[o]))
			continue;
		if (o >= named && known)
			return false; /* interfaces that no rule names are nobody's inner network, unless there is no other */
		known = true;
		for (unsigned i = 0; i < ins; i++)
			if (out[o] != in[i] && try_packet(m, router, hole, in[i], out[o]))
				return true;
	}
	return false;
}

static void report(const struct meaning *m, const struct hole *hole)
{
	struct strbuf text = STRBUF_INIT;
	char name[IFNAMSIZ];

	name_of_value(hole->packet.value[FIELD_IN], name);
	packet_text(&text, &hole->packet);
	if (hole->result.rule != NULL)
		meaning_rule(m, DIAG_FORWARD_OPEN, hole->result.rule->rule,
			     "FORWARD accepts new connections from %s to the inner network by this rule: add -i to it, or --ctstate "
			     "ESTABLISHED,RELATED: for example %s", name, strbuf_text(&text));
	else
		meaning_chain(m, DIAG_FORWARD_OPEN, hole->result.chain,
			      "the policy of FORWARD accepts new connections from %s to the inner network: set it to DROP, or drop new "
			      "packets from %s: for example %s", name, name, strbuf_text(&text));
	strbuf_free(&text);
}

bool forward_is_open(const struct meaning *m)
{
	struct router router = { .outside_count = 0 };
	struct hole hole = { .tries = 0 };

	return find_router(m, &router) && find_hole(m, &router, &hole) && hole.result.rule == NULL;
}

void check_forward(const struct meaning *m)
{
	struct router router = { .outside_count = 0 };
	struct hole hole = { .tries = 0 };

	if (program_hook(m->program, "filter", HOOK_FORWARD) != NULL && find_router(m, &router) && find_hole(m, &router, &hole))
		report(m, &hole);
}
