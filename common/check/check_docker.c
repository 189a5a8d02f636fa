/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Ports that Docker publishes: they are forwarded, so what INPUT says of them is not asked. */
#include "check/checks.h"
#include "check/inbound.h"
#include "meaning/rewrite.h"

#include <string.h>

static const struct program_chain *find_chain(const struct meaning *m, const char *name)
{
	const struct program_table *filter = program_find_table(m->program, "filter");

	for (unsigned c = 0; filter != NULL && c < filter->count; c++)
		if (strcmp(filter->chains[c].chain->name, name) == 0)
			return &filter->chains[c];
	return NULL;
}

/* Whoever wrote rules into Docker's chain for that knows of it. */
static bool has_own_rules(const struct meaning *m)
{
	const struct program_chain *user = find_chain(m, "DOCKER-USER");

	for (unsigned i = 0; user != NULL && i < user->count; i++)
		if (user->rules[i].effect != EFFECT_RETURN && user->rules[i].effect != EFFECT_NONE)
			return true;
	return false;
}

/* Of a protocol without cells in the table. */
static bool input_closes_other(const struct meaning *m, const struct box *box)
{
	static const enum field kept[] = { FIELD_PROTO, FIELD_DPORT };
	struct question question = question_at(m, "filter", HOOK_INPUT);

	question_within(&question, box, kept, ARRAY_LEN(kept));
	question_state(&question, CT_NEW);
	return outside_accepted(&question, NULL) == MAY_NEVER && outside_dropped(&question, NULL) == MAY_SOMETIMES;
}

/* The packet as it came, for INPUT: closed to everybody but lo? */
static bool input_closes(const struct meaning *m, const struct box *box)
{
	const struct exposure_table *table = inbound_table(m);
	const struct span *proto = &box->dim[FIELD_PROTO], *port = &box->dim[FIELD_DPORT];
	bool closed = false;

	if (table == NULL || (proto->lo != space_number(&m->program->world->space, FIELD_PROTO, IPPROTO_TCP) &&
			      proto->lo != space_number(&m->program->world->space, FIELD_PROTO, IPPROTO_UDP)))
		return input_closes_other(m, box);
	for (size_t i = 0; i < table->cells.len; i++) {
		const struct exposure_cell *cell = &table->cells.item[i];
		uint32_t number = space_number(&m->program->world->space, FIELD_PROTO, cell->proto);
		struct span ports = inbound_ports(m, cell);

		if (!inbound_is_outside(cell) || number < proto->lo || number > proto->hi || ports.hi < port->lo || ports.lo > port->hi)
			continue;
		if (!exposure_closed_to_all(cell))
			return false;
		closed = true;
	}
	return closed;
}

static void check_published(const struct meaning *m, const struct program_rule *rule)
{
	struct packet passes = { .family = FAMILY_NONE };
	struct strbuf text = STRBUF_INIT;
	struct nat_range range;

	if (strncmp(rule->chain->chain->name, "DOCKER", 6) != 0 || (rule->chain->hooks & HOOK_PREROUTING) == 0 ||
	    m->reach->rules[rule->serial].fate != FATE_ALIVE ||
	    !nat_range_of(rule->rule, m->ruleset->family, HOOK_PREROUTING, &range) || !range.destination || range.local ||
	    !range.has_addr || rule->box_count == 0)
		return;
	for (unsigned b = 0; b < rule->box_count; b++)
		if (!input_closes(m, &m->program->boxes.item[rule->first_box + b]))
			return;
	if (may_forward(m, &m->program->boxes.item[rule->first_box], &range, &passes, NULL) != MAY_SOMETIMES)
		return;
	packet_text(&text, &passes);
	meaning_rule(m, DIAG_DOCKER_BYPASS, rule->rule,
		     "open although INPUT drops it: Docker sends this port through FORWARD, which accepts %s", strbuf_text(&text));
	strbuf_free(&text);
}

void check_docker(const struct meaning *m)
{
	if (has_own_rules(m) || drops_elsewhere(m, HOOK_PREROUTING | HOOK_FORWARD))
		return;
	for (unsigned i = 0; i < m->program->rule_count; i++)
		check_published(m, m->program->rules[i]);
}
