/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Rules of INPUT that accept new packets by their source port: it is the sender who chooses that. */
#include "check/checks.h"
#include "check/stranger.h"

#include <stdlib.h>

#define OPEN_MIN 1000 /* ports; DHCP's one, and others that go from one port to one, are meant */
#define INTERFACES_MAX 64

/* A source port that no rule names, and that is nobody's service. */
static field_value other_port(const struct meaning *m)
{
	struct range range = question_unnamed(m, FIELD_SPORT, 1024, UINT16_MAX);

	return range.lo <= 40000 && range.hi >= 40000 ? 40000 : range.hi;
}

/* Is the packet accepted for its source port alone? */
static bool is_hole(const struct meaning *m, const struct packet *packet, const struct program_rule **rule)
{
	struct trace_result result, with_other;
	struct packet other = *packet;

	packet_set(&other, FIELD_SPORT, other_port(m));
	if (!stranger_passes(m, packet, &result) || result.rule == NULL || stranger_passes(m, &other, &with_other))
		return false;
	*rule = result.rule;
	return true;
}

/* How many ports the rule opens to this packet's source port. */
static unsigned opened(const struct meaning *m, const struct program_rule *rule, struct packet packet)
{
	const struct space_field *at = &m->program->world->space.field[FIELD_DPORT];
	unsigned ports = 0;

	for (uint32_t n = 0; n < at->count; n++) {
		const struct program_rule *by;

		field_value first = at->starts.item[n] == 0 ? 1 : at->starts.item[n];

		packet_set(&packet, FIELD_DPORT, first);
		if (is_hole(m, &packet, &by) && by == rule)
			ports += (unsigned)((n + 1 < at->count ? at->starts.item[n + 1] : UINT16_MAX + 1) - first);
	}
	return ports;
}

static void report(const struct meaning *m, const struct program_rule *rule, unsigned ports, const struct packet *example)
{
	struct strbuf text = STRBUF_INIT;

	packet_text(&text, example);
	meaning_rule(m, DIAG_SPORT_OPEN, rule->rule,
		     "opens %u %s ports to everyone who sends from port %u: add --ctstate ESTABLISHED: for example %s", ports,
		     example->value[FIELD_PROTO] == IPPROTO_TCP ? "tcp" : "udp", (unsigned)example->value[FIELD_SPORT], strbuf_text(&text));
	strbuf_free(&text);
}

struct sport_search {
	const struct meaning *m;
	bool *told;     /* by the rules' serial */
	unsigned tries;
};

static void try_packet(struct sport_search *search, const struct packet *packet)
{
	const struct program_rule *rule;
	unsigned ports;

	if (search->tries++ > stranger_tries(search->m) || !is_hole(search->m, packet, &rule) || search->told[rule->serial])
		return;
	search->told[rule->serial] = true;
	ports = opened(search->m, rule, *packet);
	if (ports > OPEN_MIN)
		report(search->m, rule, ports, packet);
}

static void try_ports(struct sport_search *search, unsigned proto, field_value in)
{
	const struct space_field *at = &search->m->program->world->space.field[FIELD_SPORT];
	struct range ports = question_unnamed(search->m, FIELD_DPORT, 1, UINT16_MAX);
	struct packet packet = stranger_packet(search->m, proto, ports.lo <= 5353 && ports.hi >= 5353 ? 5353 : ports.lo);

	packet_set(&packet, FIELD_IN, in);
	for (uint32_t n = 0; n < at->count; n++) {
		packet_set(&packet, FIELD_SPORT, at->starts.item[n] == 0 ? 1 : at->starts.item[n]);
		try_packet(search, &packet);
	}
}

void check_sport(const struct meaning *m)
{
	static const unsigned protos[] = { IPPROTO_TCP, IPPROTO_UDP };
	struct sport_search search = { .m = m, .told = calloc(m->program->rule_count + 1, sizeof(bool)) };
	field_value in[INTERFACES_MAX];
	unsigned count = stranger_interfaces(m, FIELD_IN, in, INTERFACES_MAX, NULL);

	if (program_hook(m->program, "filter", HOOK_INPUT) == NULL || search.told == NULL) {
		free(search.told);
		return;
	}
	for (size_t p = 0; p < ARRAY_LEN(protos); p++) {
		try_ports(&search, protos[p], value_of_name("any0"));
		for (unsigned i = 0; i < count; i++)
			try_ports(&search, protos[p], in[i]);
	}
	free(search.told);
}
