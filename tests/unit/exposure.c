/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * exposure [SEED [COUNT]] | exposure FILE... - the cells of the table of who can reach what, of COUNT random rulesets or
 * of the files, against the tracer: what a cell calls open is accepted, what it calls closed is dropped. Packets that
 * another table than filter decides are not judged.
 */
#include "fake/rulesets.h"
#include "meaning/exposure.h"
#include "meaning/trace.h"
#include "randomrules.h"
#include "tap.h"

#include <string.h>

#define PACKETS   20 /* a cell */
#define NODES_MAX ((size_t)1000000)

struct counts {
	unsigned cells, open, closed, maybe, refused;
};

static field_value sample(const struct space *space, enum field field)
{
	return space_sample(space, field, random_below(space->field[field].count));
}

/* Of the cell, with whatever else a new packet has. */
static struct packet packet_in(const struct program *program, const struct exposure_cell *cell)
{
	struct packet packet = { .family = program->ruleset->family };

	for (unsigned f = 0; f < FIELD_COUNT; f++)
		packet_set(&packet, (enum field)f, sample(&program->world->space, (enum field)f));
	packet_set(&packet, FIELD_PROTO, cell->proto);
	packet_set(&packet, FIELD_DPORT, random_below(2) == 0 ? cell->first : cell->last);
	packet_set(&packet, FIELD_IN, cell->in);
	packet_set(&packet, FIELD_OUT, cell->out);
	packet_set(&packet, FIELD_CT, ct_value(CT_NEW, false, false, false));
	packet_set(&packet, FIELD_FRAGMENT, 0);
	if (cell->proto == IPPROTO_TCP)
		packet_set(&packet, FIELD_FLAGS, 0x02);
	packet.forwarded = cell->out != 0;
	return packet;
}

static bool agrees(struct flow *flow, const struct exposure_cell *cell, struct counts *counts)
{
	struct packet packet = packet_in(flow->program, cell), sent = packet;
	enum exposure_state state = exposure_of(cell, flow, packet.value[FIELD_SRC]);
	struct tracer tracer = { .program = flow->program };
	struct trace_result result = trace_packet(&tracer, &sent);
	struct strbuf text = STRBUF_INIT;
	bool accepted = result.outcome == OUTCOME_ACCEPT;

	counts->open += state == EXPOSURE_OPEN;
	counts->closed += state == EXPOSURE_CLOSED;
	counts->maybe += state == EXPOSURE_MAYBE;
	if (result.chain == NULL || strcmp(result.chain->table->table->name, "filter") != 0 || state == EXPOSURE_MAYBE ||
	    accepted == (state == EXPOSURE_OPEN))
		return true;
	packet_text(&text, &packet);
	printf("# called %s: %s\n", state == EXPOSURE_OPEN ? "open" : "closed", strbuf_text(&text));
	strbuf_free(&text);
	return false;
}

static bool ask_hook(struct program *program, enum hook hook, struct counts *counts)
{
	struct exposure_table table = { .hook = hook };
	struct flow flow;
	bool good = flow_begin(&flow, program, NODES_MAX) && exposure_begin(&table, &flow);

	counts->refused += good && table.too_much;
	for (size_t i = 0; good && i < table.cells.len; i++)
		for (unsigned n = 0; good && n < PACKETS; n++)
			good = agrees(&flow, &table.cells.item[i], counts);
	counts->cells += good ? (unsigned)table.cells.len : 0;
	exposure_end(&table);
	flow_end(&flow);
	return good;
}

static bool ask(const char *name, const struct strbuf *text, enum family family, void *totals)
{
	struct reading reading;
	bool good = reading_begin(&reading, name, text, family);

	good = good && ask_hook(reading.program, HOOK_INPUT, totals) && ask_hook(reading.program, HOOK_FORWARD, totals);
	reading_end(&reading);
	return good;
}

static bool tell(const void *totals)
{
	const struct counts *counts = totals;

	printf("%u cells, packets: %u open, %u closed, %u maybe; %u tables were too much work\n", counts->cells, counts->open,
	       counts->closed, counts->maybe, counts->refused);
	return counts->open > 0 && counts->closed > 0;
}

int main(int argc, char *argv[])
{
	struct counts counts = { 0 };
	const struct rulesets_question question = { "the tracer agrees with every cell", 40, &counts, ask, tell };

	return rulesets_main(argc, argv, &question);
}
