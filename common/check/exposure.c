/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/exposure.h"
#include "check/checks.h"
#include "check/inbound.h"
#include "check/stranger.h"
#include "meaning/rewrite.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 8       /* stretches of ports in a message */

static const unsigned protos[] = { IPPROTO_TCP, IPPROTO_UDP };

/* --- IPv4: what is closed ------------------------------------------------------------------------------ */

static field_value first_of(const struct meaning *m, uint32_t number)
{
	return m->program->world->space.field[FIELD_DPORT].starts.item[number];
}

static field_value last_of(const struct meaning *m, uint32_t number)
{
	const struct space_field *at = &m->program->world->space.field[FIELD_DPORT];

	return number + 1 < at->count ? at->starts.item[number + 1] - 1 : UINT16_MAX;
}

static void mark_span(bool *marks, struct span span)
{
	for (uint32_t n = span.lo; n <= span.hi; n++)
		marks[n] = true;
}

/* Marks the protocol's ports, by their numbers, that a rule of nat may send elsewhere before INPUT is asked. */
static void mark_rewritten(const struct meaning *m, unsigned proto, bool *marks)
{
	uint32_t number = space_number(&m->program->world->space, FIELD_PROTO, proto);
	struct nat_range range;

	for (unsigned i = 0; i < m->program->rule_count; i++) {
		const struct program_rule *rule = m->program->rules[i];

		if (rule->effect != EFFECT_NAT || !nat_range_of(rule->rule, m->ruleset->family, HOOK_PREROUTING, &range) || !range.destination)
			continue;
		for (unsigned b = 0; b < rule->box_count; b++) {
			const struct box *box = &m->program->boxes.item[rule->first_box + b];

			if (number >= box->dim[FIELD_PROTO].lo && number <= box->dim[FIELD_PROTO].hi)
				mark_span(marks, box->dim[FIELD_DPORT]);
		}
	}
}

/* Marks the ports that the table does not call closed to a stranger. */
static void mark_reached(const struct meaning *m, const struct exposure_table *table, unsigned proto, bool *marks)
{
	field_value source = stranger_range(m, FIELD_SRC).lo;

	for (size_t i = 0; i < table->cells.len; i++) {
		const struct exposure_cell *cell = &table->cells.item[i];

		if (cell->proto == proto && inbound_is_outside(cell) &&
		    exposure_of(cell, &m->inbound->flow, source) != EXPOSURE_CLOSED)
			mark_span(marks, inbound_ports(m, cell));
	}
}

/* Each port that no stranger may come in by: those without a mark. */
static void note_closed(const struct meaning *m, unsigned proto, const bool *marks)
{
	for (uint32_t n = 0; n < m->program->world->space.field[FIELD_DPORT].count; n++)
		if (!marks[n])
			exposure_add(m->exposure, &(struct exposed){ .proto = proto, .first = (unsigned)first_of(m, n),
								     .last = (unsigned)last_of(m, n), .packet = "" });
}

/* --- IPv6: what is open --------------------------------------------------------------------------------- */

/* Is it accepted for certain but for a block list, and where is that decided? */
static bool is_open(const struct meaning *m, unsigned proto, uint32_t port, struct trace_result *result)
{
	struct tracer tracer = { .program = m->program };
	struct packet packet = stranger_packet(m, proto, first_of(m, port));

	*result = trace_packet(&tracer, &packet);
	return result->outcome == OUTCOME_ACCEPT && !packet.forwarded && result->chain != NULL &&
	       strcmp(result->chain->table->table->name, "filter") == 0;
}

static void note_open(const struct meaning *m, unsigned proto, uint32_t from, uint32_t to, const struct trace_result *result)
{
	struct packet packet = stranger_packet(m, proto, first_of(m, from));
	unsigned index = result->rule != NULL ? result->rule->rule->line : meaning_chain_line(m, result->chain->chain);
	const struct line *line = &m->ruleset->stream->lines.item[index];
	struct exposed exposed = { .open = true, .proto = proto, .where = meaning_where(m, line) };
	struct strbuf text = STRBUF_INIT;

	packet_text(&text, &packet);
	exposed.first = (unsigned)first_of(m, from);
	exposed.last = (unsigned)last_of(m, to);
	exposed.origin = stream_origin_where(m->ruleset->stream, line);
	exposed.packet = strbuf_text(&text);
	exposure_add(m->exposure, &exposed);
	strbuf_free(&text);
}

/*
 * Among the ports with a mark. The others are closed, so that no packet needs to be traced. Nothing is said of the last
 * ones where thousands of them are open.
 */
static void note_open_ones(const struct meaning *m, unsigned proto, const bool *marks)
{
	uint32_t count = m->program->world->space.field[FIELD_DPORT].count, from = 0;
	struct trace_result now, before = { .outcome = OUTCOME_NONE };
	unsigned tries = stranger_tries(m);
	bool was = false;

	for (uint32_t n = 0; n <= count; n++) {
		bool open = n < count && marks[n] && tries > 0 && is_open(m, proto, n, &now);

		tries -= n < count && marks[n] && tries > 0;

		if (was && open && now.rule == before.rule && now.chain == before.chain)
			continue;
		if (was)
			note_open(m, proto, from, n - 1, &before);
		from = n;
		was = open;
		before = now;
	}
}

/* Packets without a connection are not in the table. */
static bool has_notrack(const struct meaning *m)
{
	for (unsigned i = 0; i < m->program->rule_count; i++)
		if (meaning_is_notrack(m->program->rules[i]->rule))
			return true;
	return false;
}

static void note_ports(const struct meaning *m, const struct exposure_table *table, unsigned proto, bool *marks)
{
	uint32_t count = m->program->world->space.field[FIELD_DPORT].count;

	memset(marks, 0, count * sizeof(*marks));
	mark_reached(m, table, proto, marks);
	mark_rewritten(m, proto, marks);
	if (m->ruleset->family == FAMILY_IPV4) {
		note_closed(m, proto, marks);
		return;
	}
	if (has_notrack(m))
		mark_span(marks, (struct span){ 0, count - 1 });
	note_open_ones(m, proto, marks);
}

/* Adds this family's part to m->exposure. Nothing where the text is for one family. */
void exposure_note(const struct meaning *m)
{
	const struct exposure_table *table = NULL;
	bool *marks = NULL;

	if (m->ruleset->stream->families != FAMILY_BOTH || program_hook(m->program, "filter", HOOK_INPUT) == NULL)
		return;
	table = inbound_table(m);
	marks = calloc(m->program->world->space.field[FIELD_DPORT].count, sizeof(*marks));
	m->exposure->no_memory |= marks == NULL;
	for (size_t i = 0; i < ARRAY_LEN(protos) && table != NULL && marks != NULL; i++)
		note_ports(m, table, protos[i], marks);
	free(marks);
}

/* --- both ----------------------------------------------------------------------------------------------- */

void exposure_add(struct exposure *exposure, const struct exposed *exposed)
{
	struct exposed copy = *exposed;

	copy.packet = arena_text(&exposure->arena, exposed->packet, strlen(exposed->packet));
	if (copy.packet == NULL || !vec_push(&exposure->list, copy))
		exposure->no_memory = true;
}

struct exposure_text {
	struct strbuf ports, packet;
	unsigned shown, more;
	unsigned proto, first, last; /* found and not yet shown; proto 0: none */
	unsigned shown_proto;
};

/* The example is to the first port of its rule's stretch, which may be closed over IPv6 too. */
static void set_example(struct exposure_text *text, const struct exposed *open, unsigned port)
{
	const char *colon = strrchr(open->packet, ':');

	if (text->packet.len > 0 || colon == NULL)
		return;
	strbuf_add(&text->packet, open->packet, (size_t)(colon - open->packet));
	strbuf_printf(&text->packet, ":%u%s", port, colon + 1 + strspn(colon + 1, "0123456789"));
}

static void show_stretch(struct exposure_text *text)
{
	if (text->proto == 0)
		return;
	if (text->shown == SHOWN_MAX) {
		text->more++;
		return;
	}
	strbuf_puts(&text->ports, text->shown == 0 ? "" : ", ");
	if (text->shown_proto != text->proto)
		strbuf_puts(&text->ports, text->proto == IPPROTO_TCP ? "tcp " : "udp ");
	strbuf_printf(&text->ports, "%u", text->first);
	if (text->last != text->first)
		strbuf_printf(&text->ports, "-%u", text->last);
	text->shown_proto = text->proto;
	text->shown++;
}

static void add_stretch(struct exposure_text *text, const struct exposed *open, unsigned first, unsigned last)
{
	first = first == 0 ? 1 : first;
	if (first > last)
		return;
	set_example(text, open, first);
	if (text->proto == open->proto && text->last + 1 == first) {
		text->last = last;
		return;
	}
	show_stretch(text);
	text->proto = open->proto;
	text->first = first;
	text->last = last;
}

static void compare_one(const struct exposure *exposure, const struct exposed *open, struct exposure_text *text)
{
	for (size_t i = 0; i < exposure->list.len; i++) {
		const struct exposed *closed = &exposure->list.item[i];
		unsigned first = closed->first > open->first ? closed->first : open->first;
		unsigned last = closed->last < open->last ? closed->last : open->last;

		if (!closed->open && closed->proto == open->proto && first <= last)
			add_stretch(text, open, first, last);
	}
}

static bool same_line(const struct exposed *a, const struct exposed *b)
{
	return b->open && a->where.line == b->where.line;
}

static void report_line(const struct exposure *exposure, size_t at, struct diag_log *log)
{
	const struct exposed *open = &exposure->list.item[at];
	struct exposure_text text = { .ports = STRBUF_INIT, .packet = STRBUF_INIT };

	for (size_t n = at; n < exposure->list.len; n++)
		if (same_line(open, &exposure->list.item[n]))
			compare_one(exposure, &exposure->list.item[n], &text);
	show_stretch(&text);
	if (text.more > 0)
		strbuf_printf(&text.ports, " and %u more", text.more);
	if (text.shown > 0)
		diag_add(log, DIAG_IPV6_OPEN, &open->where, &open->origin,
			 "open over IPv6 but closed over IPv4: %s: for example %s", strbuf_text(&text.ports),
			 strbuf_text(&text.packet));
	strbuf_free(&text.ports);
	strbuf_free(&text.packet);
}

void exposure_compare(const struct exposure *exposure, struct diag_log *log)
{
	for (size_t i = 0; i < exposure->list.len; i++) {
		bool first = exposure->list.item[i].open;

		for (size_t n = 0; n < i && first; n++)
			first = !same_line(&exposure->list.item[i], &exposure->list.item[n]);
		if (first)
			report_line(exposure, i, log);
	}
	if (exposure->no_memory)
		diag_memory(log);
}

void exposure_free(struct exposure *exposure)
{
	vec_free(&exposure->list);
	arena_free(&exposure->arena);
}
