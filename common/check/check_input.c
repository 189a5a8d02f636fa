/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Rules of INPUT that seem to close a host, and leave it open. */
#include "check/checks.h"
#include "check/inbound.h"
#include "check/stranger.h"

#include <string.h>

#define INTERFACES_MAX 64
#define NEARLY_ALL     58982 /* 90 % of 65535 ports */

/* --- rules that accept, and nothing that drops ------------------------------------------------------------- */

static bool names_group(const struct meaning *m, const struct cond *cond)
{
	field_value first = m->ruleset->family == FAMILY_IPV6 ? (field_value)0xff << 120 : (field_value)224 << 24;

	return cond->field == FIELD_DST && cond->range_count > 0 && cond->ranges[0].lo >= first;
}

static bool is_who(const struct cond *cond)
{
	const char *match = cond->match != NULL ? cond->match->kind->real_name : "";

	return cond->field == FIELD_DPORT || cond->field == FIELD_SRC || cond->field == FIELD_DST ||
	       (cond->kind == COND_UNKNOWN && (strcmp(match, "set") == 0 || strcmp(match, "mac") == 0));
}

/*
 * Does the rule say what may come in, from whom or to which port? Not what every host accepts: lo, replies, ICMP,
 * groups; not what libvirt writes for its bridges.
 */
static bool is_list(const struct meaning *m, const struct program_rule *rule)
{
	bool who = false;

	if (strcmp(rule->rule->in, "lo") == 0 || strncmp(rule->rule->in, "virbr", 5) == 0 || rule->rule->proto == IPPROTO_ICMP ||
	    rule->rule->proto == IPPROTO_ICMPV6 || rule->rule->proto == IPPROTO_IGMP)
		return false;
	for (unsigned c = 0; c < rule->cond_count; c++) {
		if (names_group(m, &rule->conds[c]))
			return false;
		who |= is_who(&rule->conds[c]);
	}
	return who;
}

static bool accepts_new(const struct meaning *m, const struct program_rule *rule)
{
	uint32_t number = space_number(&m->program->world->space, FIELD_CT, ct_value(CT_NEW, false, false, false));

	for (unsigned b = 0; b < rule->box_count; b++) {
		const struct box *box = &m->program->boxes.item[rule->first_box + b];

		if (number >= box->dim[FIELD_CT].lo && number <= box->dim[FIELD_CT].hi)
			return true;
	}
	return false;
}

/* A rule that accepts new packets, by itself or by the rule that calls its chain. */
static bool has_list(const struct meaning *m)
{
	for (unsigned i = 0; i < m->program->rule_count; i++) {
		const struct program_rule *rule = m->program->rules[i];
		bool listed = is_list(m, rule);

		if (rule->effect != EFFECT_ACCEPT || strcmp(rule->chain->table->table->name, "filter") != 0 ||
		    (rule->chain->hooks & HOOK_INPUT) == 0 || m->reach->rules[rule->serial].fate != FATE_ALIVE || !accepts_new(m, rule))
			continue;
		for (size_t c = 0; c < rule->chain->callers.len && !listed; c++)
			listed = is_list(m, rule->chain->callers.item[c]) && strcmp(rule->rule->in, "lo") != 0;
		if (listed)
			return true;
	}
	return false;
}

/* Is some port closed to somebody? True at once for most texts, which then need not be asked about other protocols. */
static bool closes_some_port(const struct meaning *m)
{
	const struct exposure_table *table = inbound_table(m);

	for (size_t i = 0; table != NULL && i < table->cells.len; i++)
		if (inbound_is_outside(&table->cells.item[i]) && !exposure_open_to_all(&table->cells.item[i]))
			return true;
	return false;
}

static bool check_open_policy(const struct meaning *m)
{
	const struct program_chain *input = program_hook(m->program, "filter", HOOK_INPUT);
	struct question question = question_at(m, "filter", HOOK_INPUT);

	if (chain_policy_drops(input) || !has_list(m) || drops_elsewhere(m, HOOK_PREROUTING | HOOK_INPUT) ||
	    closes_some_port(m))
		return false;
	question_state(&question, CT_NEW);
	if (outside_dropped(&question, NULL) != MAY_NEVER)
		return false;
	meaning_chain(m, DIAG_POLICY_ACCEPT_OPEN, input,
		      "INPUT accepts everything: rules accept some traffic, but nothing drops the rest");
	return true;
}

/* --- nearly every port -------------------------------------------------------------------------------------- */

/* Ports of a protocol that are open to a stranger by every interface. */
struct openness {
	unsigned open;  /* how many ports */
	unsigned most;  /* how many are open by the same rule or policy */
	struct trace_result by;
	struct packet packet;
};

static unsigned last_port(const struct meaning *m, uint32_t number)
{
	const struct space_field *at = &m->program->world->space.field[FIELD_DPORT];

	return number + 1 < at->count ? (unsigned)at->starts.item[number + 1] - 1 : UINT16_MAX;
}

static bool is_open(const struct meaning *m, struct packet *packet, struct trace_result *result)
{
	field_value in[INTERFACES_MAX];
	unsigned count = stranger_interfaces(m, FIELD_IN, in, INTERFACES_MAX, NULL);

	for (unsigned i = 0; i < count; i++) {
		packet_set(packet, FIELD_IN, in[i]);
		if (!stranger_passes(m, packet, result))
			return false;
	}
	packet_set(packet, FIELD_IN, value_of_name("any0"));
	return stranger_passes(m, packet, result);
}

static void measure(const struct meaning *m, unsigned proto, struct openness *openness)
{
	const struct space_field *at = &m->program->world->space.field[FIELD_DPORT];

	for (uint32_t n = 0; n < at->count; n++) {
		unsigned first = at->starts.item[n] == 0 ? 1 : (unsigned)at->starts.item[n], last = last_port(m, n);
		struct packet packet = stranger_packet(m, proto, first);
		struct trace_result result;

		if (first > last || !is_open(m, &packet, &result))
			continue;
		openness->open += last - first + 1;
		if (last - first + 1 <= openness->most)
			continue;
		openness->most = last - first + 1;
		openness->by = result;
		openness->packet = packet;
	}
}

static bool names(const struct program_rule *rule, enum field field)
{
	for (unsigned c = 0; c < rule->cond_count; c++)
		if (rule->conds[c].kind == COND_RANGES && rule->conds[c].field == field)
			return true;
	return false;
}

/*
 * Does a rule close a port, or say what may come in? Otherwise nothing seems to be closed: a list of blocked
 * addresses does not, nor do the rules that programs add for the bridges of their guests.
 */
static bool has_rules(const struct meaning *m)
{
	for (unsigned i = 0; i < m->program->rule_count; i++) {
		const struct program_rule *rule = m->program->rules[i];

		if ((rule->chain->hooks & HOOK_INPUT) == 0 || strcmp(rule->chain->table->table->name, "filter") != 0)
			continue;
		if (rule->effect == EFFECT_DROP && names(rule, FIELD_DPORT))
			return true;
		if (rule->effect == EFFECT_ACCEPT && rule->rule->in[0] == '\0' && is_list(m, rule) &&
		    (names(rule, FIELD_DPORT) || names(rule, FIELD_SRC)))
			return true;
	}
	return false;
}

static void report_open(const struct meaning *m, unsigned proto, const struct openness *openness)
{
	const char *name = proto == IPPROTO_TCP ? "tcp" : "udp";
	struct strbuf text = STRBUF_INIT;

	packet_text(&text, &openness->packet);
	if (openness->by.rule != NULL)
		meaning_rule(m, DIAG_INPUT_OPEN, openness->by.rule->rule, "INPUT accepts %u of 65535 %s ports from everyone: for example %s",
			     openness->open, name, strbuf_text(&text));
	else
		meaning_chain(m, DIAG_INPUT_OPEN, openness->by.chain, "INPUT accepts %u of 65535 %s ports from everyone: for example %s",
			      openness->open, name, strbuf_text(&text));
	strbuf_free(&text);
}

static void check_open_ports(const struct meaning *m)
{
	static const unsigned protos[] = { IPPROTO_TCP, IPPROTO_UDP };

	if (!has_rules(m) || (size_t)m->program->world->space.field[FIELD_DPORT].count * m->program->world->space.field[FIELD_IN].count > stranger_tries(m))
		return;
	for (size_t i = 0; i < ARRAY_LEN(protos); i++) {
		struct openness openness = { .open = 0 };

		measure(m, protos[i], &openness);
		if (openness.open < NEARLY_ALL)
			continue;
		report_open(m, protos[i], &openness);
		return; /* the other protocol is mostly open by the same mistake */
	}
}

void check_input(const struct meaning *m)
{
	if (program_hook(m->program, "filter", HOOK_INPUT) != NULL && !check_open_policy(m))
		check_open_ports(m);
}
