/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-trace/show.h"
#include "base/json.h"

#include <string.h>

static const char *const step_names[] = {
	[STEP_CHAIN] = "chain", [STEP_MISS] = "no", [STEP_MATCH] = "match", [STEP_UNKNOWN] = "unknown",
	[STEP_RETURN] = "return", [STEP_POLICY] = "policy", [STEP_REWRITE] = "rewritten", [STEP_NO_NAT] = "not asked",
};

static const char *outcome_name(enum outcome outcome)
{
	static const char *const names[OUTCOME_COUNT] = {
		[OUTCOME_NONE] = "NONE", [OUTCOME_ACCEPT] = "ACCEPT", [OUTCOME_DROP] = "DROP",
		[OUTCOME_REJECT] = "REJECT", [OUTCOME_QUEUE] = "QUEUE", [OUTCOME_LOOP] = "LOOP",
	};

	return names[outcome];
}

static const struct line *line_of(const struct show *show, const struct program_rule *rule)
{
	return &show->program->ruleset->stream->lines.item[rule->rule->line];
}

/* Appends why a rule does not match, or why that is unknown. */
static void reason(struct strbuf *out, const struct trace_step *step)
{
	const struct cond *cond = step->cond;

	if (cond == NULL) {
		strbuf_puts(out, "its target may let the packet continue or not");
	} else if (cond->kind == COND_UNKNOWN) {
		strbuf_printf(out, "-m %s", cond->match->kind->name);
	} else if (cond->kind == COND_RANGES && cond->range_count == 0 && cond->match != NULL) {
		strbuf_printf(out, "-m %s never matches", cond->match->kind->name);
	} else if (!packet_knows(step->packet, cond->field)) {
		strbuf_printf(out, "the %s is unknown", field_name(cond->field));
	} else {
		strbuf_printf(out, "the %s is ", field_name(cond->field));
		field_text(out, cond->field, step->packet->value[cond->field], step->packet->family);
	}
}

static void step_text(struct show *show, const struct trace_step *step)
{
	const struct line *line = step->rule != NULL ? line_of(show, step->rule) : NULL;
	struct strbuf *out = &show->out;

	for (unsigned i = 0; i < step->depth + (step->kind != STEP_CHAIN); i++)
		strbuf_puts(out, "  ");
	switch (step->kind) {
	case STEP_CHAIN:
		strbuf_printf(out, "%s %s", step->chain->table->table->name, step->chain->chain->name);
		break;
	case STEP_POLICY:
		strbuf_printf(out, "policy %s", chain_policy_drops(step->chain) ? "DROP" : "ACCEPT");
		break;
	case STEP_RETURN:
		strbuf_printf(out, "end of %s", step->chain->chain->name);
		break;
	case STEP_NO_NAT:
		strbuf_printf(out, "nat %s processes only the first packet of a connection", step->chain->chain->name);
		break;
	case STEP_REWRITE:
		strbuf_puts(out, "now: ");
		packet_whole_text(out, step->packet);
		break;
	default:
		strbuf_printf(out, "%u: %.*s  ", line->number, (int)line->len, line->text);
		strbuf_puts(out, step->kind == STEP_MATCH ? "MATCH" : step->kind == STEP_MISS ? "no: " : "MAY MATCH: ");
		if (step->kind != STEP_MATCH)
			reason(out, step);
	}
	strbuf_putc(out, '\n');
}

static void step_json(struct show *show, const struct trace_step *step)
{
	struct strbuf text = STRBUF_INIT, *out = &show->out;

	strbuf_puts(out, show->first ? "{" : ",{");
	show->first = false;
	json_member(out, "step", step_names[step->kind]);
	strbuf_putc(out, ',');
	json_member(out, "table", step->chain->table->table->name);
	strbuf_putc(out, ',');
	json_member(out, "chain", step->chain->chain->name);
	strbuf_printf(out, ",\"depth\":%u,\"line\":%u,", step->depth,
		      step->rule != NULL ? rule_line(show->program, step->rule->rule) : 0);
	if (step->kind == STEP_MISS || step->kind == STEP_UNKNOWN)
		reason(&text, step);
	else if (step->kind == STEP_REWRITE)
		packet_whole_text(&text, step->packet);
	json_member(out, "text", strbuf_text(&text));
	strbuf_putc(out, '}');
	strbuf_free(&text);
}

void show_step(void *ctx, const struct trace_step *step)
{
	struct show *show = ctx;

	if (show->json)
		step_json(show, step);
	else
		step_text(show, step);
}

void show_begin(struct show *show, const struct packet *packet, bool steps)
{
	struct strbuf text = STRBUF_INIT;

	if (!show->json) {
		if (steps) {
			packet_whole_text(&show->out, packet);
			strbuf_putc(&show->out, '\n');
		}
		return;
	}
	packet_whole_text(&text, packet);
	strbuf_putc(&show->out, '{');
	json_member(&show->out, "packet", strbuf_text(&text));
	strbuf_puts(&show->out, ",\"steps\":[");
	show->first = true;
	strbuf_free(&text);
}

static void result_json(struct show *show, const struct trace_result *result)
{
	struct strbuf *out = &show->out;

	strbuf_puts(out, "],");
	json_member(out, "verdict", outcome_name(result->outcome));
	strbuf_printf(out, ",\"line\":%u,", result->rule != NULL ? rule_line(show->program, result->rule->rule) : 0);
	json_member(out, "table", result->chain != NULL ? result->chain->table->table->name : NULL);
	strbuf_putc(out, ',');
	json_member(out, "chain", result->chain != NULL ? result->chain->chain->name : NULL);
	strbuf_printf(out, ",\"unless\":%u}\n", result->unless != NULL ? rule_line(show->program, result->unless->rule) : 0);
}

void show_result(struct show *show, const struct packet *packet, const struct trace_result *result, bool steps)
{
	struct strbuf *out = &show->out;

	if (show->json) {
		result_json(show, result);
		return;
	}
	if (!steps) {
		packet_whole_text(out, packet);
		strbuf_puts(out, ": ");
	}
	strbuf_puts(out, outcome_name(result->outcome));
	if (result->outcome == OUTCOME_LOOP) {
		strbuf_puts(out, ": the trace does not end: chains call each other, or each calls the next one several times");
	} else if (result->rule != NULL) {
		const struct line *line = line_of(show, result->rule);

		strbuf_printf(out, " by line %u: %.*s", line->number, (int)line->len, line->text);
	} else if (result->chain != NULL) {
		strbuf_printf(out, " by the policy of %s %s", result->chain->table->table->name, result->chain->chain->name);
	} else {
		strbuf_puts(out, ": no table has a chain for this packet");
	}
	if (result->unless != NULL)
		strbuf_printf(out, ", unless line %u matches", rule_line(show->program, result->unless->rule));
	strbuf_putc(out, '\n');
}
