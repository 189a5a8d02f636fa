/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/check_meaning.h"
#include "check/check_expect.h"
#include "check/checks.h"
#include "check/inbound.h"
#include "check/questions.h"
#include "meaning/rewrite.h"

/* Nodes for the questions of one ruleset; a ruleset that needs more has its questions left open. */
#define NODES_MAX ((size_t)1000000)

/* The addresses and ports that NAT gives. */
static void note_rewriting(const struct ruleset *ruleset, struct space *space)
{
	const struct table *nat = ruleset_find_table(ruleset, "nat");
	struct nat_range range;

	for (size_t c = 0; nat != NULL && c < nat->chains.len; c++)
		for (size_t r = 0; r < nat->chains.item[c]->rules.len; r++) {
			if (!nat_range_of(nat->chains.item[c]->rules.item[r], ruleset->family, HOOK_PREROUTING, &range))
				continue;
			if (range.has_addr)
				space_note_value(space, FIELD_DST, range.addr.lo);
			if (range.has_addr)
				space_note_value(space, FIELD_DST, range.addr.hi);
			if (range.has_port)
				space_note_value(space, FIELD_DPORT, range.port.lo);
			if (range.has_port)
				space_note_value(space, FIELD_DPORT, range.port.hi);
		}
}

/* The values that the questions are about. */
static void note_questions(void *ctx, struct space *space)
{
	static const unsigned icmp6[] = { 2, 133, 134, 135, 136 };
	const struct meaning *m = ctx;

	note_rewriting(m->ruleset, space);
	check_expect_note(m->ruleset, space);
	space_note_value(space, FIELD_CT, ct_value(CT_NEW, false, false, true));
	space_note_value(space, FIELD_CT, ct_value(CT_ESTABLISHED, true, false, false));
	space_note_value(space, FIELD_SRC, loopback_of(space->family));
	space_note_value(space, FIELD_DST, loopback_of(space->family));
	space_note_value(space, FIELD_PROTO, IPPROTO_TCP);
	space_note_value(space, FIELD_PROTO, IPPROTO_UDP);
	space_note_value(space, FIELD_PROTO, IPPROTO_ICMPV6);
	space_note_value(space, FIELD_PROTO, IPPROTO_GRE);
	space_note_value(space, FIELD_DPORT, m->admin);
	space_note_value(space, FIELD_DPORT, 1024);
	space_note_value(space, FIELD_DPORT, 32768); /* the local port range */
	space_note_value(space, FIELD_DPORT, 60999);
	space_note_value(space, FIELD_FLAGS, 0x02);
	space_note_value(space, FIELD_FLAGS, 0x10);
	space_note_value(space, FIELD_IN, value_of_name("lo"));
	space_note_value(space, FIELD_SPORT, 40000); /* of somebody who asks, not of a service that answers */
	for (size_t i = 0; i < ARRAY_LEN(icmp6) && space->family == FAMILY_IPV6; i++)
		space_note_value(space, FIELD_ICMP, icmp6[i] << 8);
}

void check_meaning(const struct ruleset *ruleset, const struct check_options *options, struct exposure *exposure,
		   struct diag_log *log)
{
	struct flow flow = { .program = NULL };
	struct inbound inbound = { .made = false };
	struct meaning m = { .ruleset = ruleset, .flow = &flow, .live = &options->live, .admin = options->admin, .exposure = exposure,
			     .inbound = &inbound, .log = log };
	bool good;

	m.program = program_new(ruleset, note_questions, &m);
	m.reach = m.program != NULL ? reach_new(m.program) : NULL;
	good = m.reach != NULL && flow_begin(&flow, m.program, NODES_MAX);
	if (good)
		checks_on_meaning(&m, &options->choice);
	else
		diag_memory(log);
	inbound_end(&inbound);
	flow_end(&flow);
	reach_free(m.reach);
	program_free(m.program);
}
