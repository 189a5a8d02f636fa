/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * dead [SEED [COUNT]] | dead FILE... - sends 10,000 random packets through the tracer to every rule that is called dead, of
 * COUNT random rulesets or of the files. Most packets match the rule, but none may reach it. A ruleset where one does is
 * printed with its seed and the packet.
 */
#include "fake/rulesets.h"
#include "meaning/trace.h"
#include "randomrules.h"
#include "tap.h"


#define PACKETS 10000

static uint32_t random_number(const struct space *space, enum field field, const struct box *near)
{
	struct span span = near->dim[field];

	if (random_below(8) == 0)
		span = (struct span){ 0, space->field[field].count - 1 };
	return span.lo + random_below(span.hi - span.lo + 1);
}

/* A hook from which the rule's chain can be reached. */
static enum hook random_hook(unsigned hooks)
{
	unsigned n;

	do
		n = random_below(HOOK_COUNT);
	while ((hooks & 1U << n) == 0);
	return (enum hook)(1U << n);
}

/* Gives the packet the interfaces and states that are possible at this hook. */
static void settle(struct packet *packet, const struct program *program, enum hook hook)
{
	bool forwarded = hook == HOOK_FORWARD || ((hook == HOOK_PREROUTING || hook == HOOK_POSTROUTING) && random_below(2) == 0);
	bool own = hook == HOOK_OUTPUT || (hook == HOOK_POSTROUTING && !forwarded);

	packet->forwarded = forwarded;
	if (own)
		packet_set(packet, FIELD_IN, 0);
	else if (packet->value[FIELD_IN] == 0)
		packet_set(packet, FIELD_IN, value_of_name("eth0"));
	if (!own && !forwarded)
		packet_set(packet, FIELD_OUT, 0);
	else if (packet->value[FIELD_OUT] == 0)
		packet_set(packet, FIELD_OUT, value_of_name("eth1"));
	if (program->tracked)
		packet_set(packet, FIELD_FRAGMENT, 0);
	if (!ct_possible((unsigned)packet->value[FIELD_CT]))
		packet_set(packet, FIELD_CT, ct_value(CT_NEW, false, false, false));
}

static struct packet random_packet(const struct program *program, const struct program_rule *rule)
{
	struct packet packet = { .family = program->ruleset->family };
	struct box near = box_all(&program->world->space);

	if (rule->box_count > 0)
		near = program->boxes.item[rule->first_box + random_below(rule->box_count)];
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		packet_set(&packet, (enum field)f,
			   random_value(&program->world->space, (enum field)f, random_number(&program->world->space, (enum field)f, &near)));
	settle(&packet, program, random_hook(rule->chain->hooks));
	return packet;
}

/* Steps seen while a packet is followed: does it reach the rule by answers that are all possible? */
struct watch {
	const struct program_rule *rule;
	unsigned branch; /* depth + 1 of a call that may not match: deeper steps are on the path of another packet */
	bool met;
};

static void watch_step(void *ctx, const struct trace_step *step)
{
	struct watch *watch = ctx;

	if (watch->branch != 0 && step->depth >= watch->branch)
		return;
	watch->branch = 0;
	if (step->rule == watch->rule && (step->kind == STEP_MATCH || step->kind == STEP_UNKNOWN))
		watch->met = true;
	if (step->kind == STEP_UNKNOWN && step->rule->to != NULL)
		watch->branch = step->depth + 1;
}

/*
 * The tracer takes unknown conditions as not matching. A dead rule must be dead under this assumption too, as long as no
 * rule has the same condition negated, so rules with such conditions are left out.
 */
static bool can_be_asked(const struct program_rule *rule)
{
	for (unsigned i = 0; i < rule->cond_count; i++)
		if (rule->conds[i].kind == COND_UNKNOWN && rule->conds[i].var != 0)
			return false;
	return rule->chain->hooks != 0;
}

static bool survives(const struct program *program, const struct program_rule *rule)
{
	for (unsigned n = 0; n < PACKETS; n++) {
		struct watch watch = { .rule = rule };
		struct tracer tracer = { .program = program, .step = watch_step, .ctx = &watch };
		struct packet packet = random_packet(program, rule), sent = packet;
		struct strbuf text = STRBUF_INIT;

		trace_packet(&tracer, &packet);
		if (!watch.met)
			continue;
		packet_text(&text, &sent);
		printf("# line %u is called dead, but is reached by: %s\n", rule_line(program, rule->rule), strbuf_text(&text));
		strbuf_free(&text);
		return false;
	}
	return true;
}

struct totals {
	unsigned dead, asked;
};

static bool ask(const char *name, const struct strbuf *text, enum family family, void *ctx)
{
	struct totals *totals = ctx;
	struct reading reading;
	bool good = reading_begin(&reading, name, text, family);

	for (unsigned i = 0; good && i < reading.program->rule_count; i++) {
		if (!fate_is_dead(reading.reach->rules[i].fate))
			continue;
		totals->dead++;
		if (!can_be_asked(reading.program->rules[i]))
			continue;
		totals->asked++;
		good = survives(reading.program, reading.program->rules[i]);
	}
	reading_end(&reading);
	return good;
}

static bool tell(const void *ctx)
{
	const struct totals *totals = ctx;

	printf("%u dead rules, %u of them asked with %u packets each\n", totals->dead, totals->asked, PACKETS);
	return totals->asked > 0;
}

int main(int argc, char *argv[])
{
	struct totals totals = { 0 };
	const struct rulesets_question question = { "no packet reaches a dead rule", 10, &totals, ask, tell };

	return rulesets_main(argc, argv, &question);
}
