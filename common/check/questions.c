/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/questions.h"
#include "meaning/rewrite.h"
#include "meaning/trace.h"
#include "meaning/witness.h"
#include "text/token.h"

#include <linux/netfilter/xt_CT.h>
#include <string.h>

struct where meaning_where(const struct meaning *m, const struct line *line)
{
	struct token first = token_after(line->text, line->len, 0);

	return stream_where(m->ruleset->stream, line, first.column, (unsigned)line->len + 1 - first.column);
}

static void report(const struct meaning *m, enum diag_id id, unsigned line_index, const char *format, va_list args)
	printf_like(4, 0);

static void report(const struct meaning *m, enum diag_id id, unsigned line_index, const char *format, va_list args)
{
	const struct line *line = &m->ruleset->stream->lines.item[line_index];
	struct where where = meaning_where(m, line);
	struct where origin = stream_origin_where(m->ruleset->stream, line);
	struct strbuf text = STRBUF_INIT;

	strbuf_vprintf(&text, format, args);
	diag_add(m->log, id, &where, &origin, "%s", strbuf_text(&text));
	strbuf_free(&text);
}

void meaning_rule(const struct meaning *m, enum diag_id id, const struct rule *rule, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(m, id, rule->line, format, args);
	va_end(args);
}

void meaning_finding(const struct meaning *m, const struct rule *rule, const struct diag *finding)
{
	const struct line *line = &m->ruleset->stream->lines.item[rule->line];
	struct diag copy = *finding;

	copy.where = meaning_where(m, line);
	copy.origin = stream_origin_where(m->ruleset->stream, line);
	diag_add_copy(m->log, &copy);
}

/* The model does not keep the ":" line of a built-in chain. */
unsigned meaning_chain_line(const struct meaning *m, const struct chain *chain)
{
	const struct stream *stream = m->ruleset->stream;
	size_t len = strlen(chain->name);

	for (size_t i = chain->line; i < stream->lines.len && chain->hook != 0; i++) {
		const struct line *line = &stream->lines.item[i];

		if (line->kind == LINE_COMMIT)
			break;
		if (line->kind == LINE_CHAIN && line->len > len + 1 && memcmp(line->text + 1, chain->name, len) == 0 &&
		    line->text[len + 1] == ' ')
			return (unsigned)i;
	}
	return chain->line;
}

void meaning_chain(const struct meaning *m, enum diag_id id, const struct program_chain *chain, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(m, id, meaning_chain_line(m, chain->chain), format, args);
	va_end(args);
}

bool meaning_is_frame(const struct meaning *m, const struct program_rule *rule)
{
	struct where origin = stream_origin_where(m->ruleset->stream, &m->ruleset->stream->lines.item[rule->rule->line]);

	return origin.file != NULL && origin.line == 0;
}

struct question question_at(const struct meaning *m, const char *table, enum hook hook)
{
	struct question question = { .m = m, .chain = program_hook(m->program, table, hook) };

	question.good = question.chain != NULL && !question.chain->looped;
	if (question.good)
		question.box = program_entry(m->program, question.chain->table, hook);
	return question;
}

void question_field(struct question *question, enum field field, field_value lo, field_value hi)
{
	question->good = question->good && program_narrow(question->m->program, &question->box, field, lo, hi);
}

void question_state(struct question *question, enum ct_state state)
{
	field_value value = ct_value(state, false, false, false);

	question_field(question, FIELD_CT, value, value);
}

bool question_accepted_part(const struct question *question, diagram *all, diagram *accepted)
{
	struct flow *flow = question->m->flow;
	diagram box = diagram_and(flow->diagrams, diagram_valid(flow->diagrams), diagram_box(flow->diagrams, &question->box));
	diagram part;

	*all = diagram_or(flow->diagrams, *all, box);
	if (!flow_all(flow, question->chain, &question->box, FLOW_ACCEPTED, &part))
		return false;
	*accepted = diagram_or(flow->diagrams, *accepted, part);
	return !diagrams_lost(flow->diagrams);
}

struct packet question_packet(const struct question *question, diagram set)
{
	const struct program *program = question->m->program;
	uint32_t usual[FIELD_COUNT];
	struct box box;

	box_usual(program, &question->box, usual);
	box = diagram_some(question->m->flow->diagrams, set, usual);
	return box_packet(program, &box);
}

void question_within(struct question *question, const struct box *box, const enum field fields[], size_t count)
{
	for (size_t i = 0; i < count && question->good; i++) {
		struct span *dim = &question->box.dim[fields[i]], with = box->dim[fields[i]];

		dim->lo = with.lo > dim->lo ? with.lo : dim->lo;
		dim->hi = with.hi < dim->hi ? with.hi : dim->hi;
		question->good = dim->lo <= dim->hi;
	}
}

field_value loopback_of(enum family family)
{
	return family == FAMILY_IPV6 ? 1 : (field_value)127 << 24 | 1;
}

struct range question_unnamed(const struct meaning *m, enum field field, field_value first, field_value last)
{
	const struct space_field *at = &m->program->world->space.field[field];
	struct range best = { first, first };

	for (uint32_t n = 0; n < at->count; n++) {
		field_value lo = at->starts.item[n], hi = n + 1 < at->count ? at->starts.item[n + 1] - 1 : last;

		lo = lo < first ? first : lo;
		hi = hi > last ? last : hi;
		if (lo <= hi && hi - lo > best.hi - best.lo)
			best = (struct range){ lo, hi };
	}
	return best;
}

/* --- packets that prove it ---------------------------------------------------------------------------- */

#define TRIES_MAX 8 /* packets that are sent before nothing is said */

/* The packet as raw sees it, of one at the question's hook. */
static struct packet at_first(const struct question *question, const struct packet *packet)
{
	unsigned ct = (unsigned)packet->value[FIELD_CT];
	struct packet first = *packet;
	struct packet before;

	if (question->chain->chain->hook == HOOK_FORWARD && packet_knows(packet, FIELD_TTL))
		packet_set(&first, FIELD_TTL, packet->value[FIELD_TTL] + 1);
	if (question->before == NULL)
		return first;
	before = box_packet(question->m->program, question->before);
	packet_set(&first, FIELD_DST, before.value[FIELD_DST]);
	packet_set(&first, FIELD_DPORT, before.value[FIELD_DPORT]);
	packet_set(&first, FIELD_CT, ct_value(ct_state_of(ct), ct_is_reply(ct), ct_has_snat(ct), false));
	return first;
}

/* Who kept the packet from the question's chain: a rule, or the policy of a chain. */
struct keeper {
	const struct program_rule *rule;
	const struct program_chain *chain;
};

static void note_rewriting_rule(void *ctx, const struct trace_step *step)
{
	struct keeper *keeper = ctx;

	if (step->kind == STEP_REWRITE)
		keeper->rule = step->rule;
}

/* Does the packet come to the question's chain, and may it end there as asked? */
static bool arrives(const struct question *question, enum flow_end end, const struct packet *packet, struct keeper *keeper)
{
	struct tracer tracer = { .program = question->m->program, .step = note_rewriting_rule, .ctx = keeper };
	struct packet sent = at_first(question, packet);
	struct trace_result result = trace_packet(&tracer, &sent);
	bool accepted = result.outcome == OUTCOME_ACCEPT, dropped = result.outcome == OUTCOME_DROP || result.outcome == OUTCOME_REJECT;

	if (result.chain == NULL)
		return end == FLOW_ACCEPTED;
	if (result.chain->table == question->chain->table && (result.chain->hooks & question->chain->hooks) != 0)
		return end == FLOW_ACCEPTED ? accepted || tracer.could[OUTCOME_ACCEPT] != NULL
					    : dropped || tracer.could[OUTCOME_DROP] != NULL || tracer.could[OUTCOME_REJECT] != NULL;
	keeper->rule = result.rule != NULL && result.chain->table != question->chain->table ? result.rule : keeper->rule;
	keeper->chain = result.chain;
	return false;
}

/* Of the packets of a question, those that the rule, in an earlier table, does not match as they were there. */
static diagram not_kept(const struct question *question, diagram set, const struct program_rule *rule)
{
	struct diagrams *all = question->m->flow->diagrams;
	struct box any = box_all(&question->m->program->world->space);

	for (unsigned b = 0; b < rule->box_count; b++) {
		struct box box = question->m->program->boxes.item[rule->first_box + b];

		box.dim[FIELD_CT] = any.dim[FIELD_CT];
		box.dim[FIELD_OUT] = any.dim[FIELD_OUT];
		box.dim[FIELD_TTL] = any.dim[FIELD_TTL];
		if (question->before != NULL) {
			box.dim[FIELD_DST] = any.dim[FIELD_DST];
			box.dim[FIELD_DPORT] = any.dim[FIELD_DPORT];
		}
		set = diagram_minus(all, set, diagram_box(all, &box));
	}
	return set;
}

/* Those of them that the chain, whose policy drops one, may let on. */
static diagram let_on(const struct question *question, diagram set, const struct program_chain *chain)
{
	struct flow *flow = question->m->flow;
	struct box box = box_all(&flow->program->world->space);
	diagram part;

	if (question->before != NULL || chain->looped || chain->chain->hook == 0 || !flow_all(flow, chain, &box, FLOW_ACCEPTED, &part))
		return DIAGRAM_EMPTY;
	return diagram_and(flow->diagrams, set, part);
}

/* Sources in the order in which a reader would like to see them; the last is one that no rule names. */
static field_value source(const struct meaning *m, unsigned which)
{
	static const unsigned documentation[] = { 0xc6336407, 0xcb007107, 0xc0000207 }; /* 198.51.100.7, 203.0.113.7, 192.0.2.7 */
	field_value first = m->ruleset->family == FAMILY_IPV6 ? (field_value)0x2000 << 112 : (field_value)1 << 24;
	field_value last = m->ruleset->family == FAMILY_IPV6 ? ((field_value)0x4000 << 112) - 1 : ((field_value)224 << 24) - 1;

	if (m->ruleset->family != FAMILY_IPV6 && which < ARRAY_LEN(documentation))
		return documentation[which];
	return question_unnamed(m, FIELD_SRC, first, last).lo;
}

/* A packet of the set that ends as asked on its whole way. False: none was found. */
static bool find_proof(const struct question *question, enum flow_end end, diagram set, struct packet *some)
{
	struct program *program = question->m->program;
	uint32_t usual[FIELD_COUNT];
	struct keeper keeper;
	struct box box;

	box_usual(program, &question->box, usual);
	for (unsigned try = 0; try < TRIES_MAX && set != DIAGRAM_EMPTY && !diagrams_lost(question->m->flow->diagrams); try++) {
		if (try > 0)
			usual[FIELD_SRC] = space_number(&program->world->space, FIELD_SRC, source(question->m, try));
		box = diagram_some(question->m->flow->diagrams, set, usual);
		*some = box_packet(program, &box);
		keeper = (struct keeper){ NULL, NULL };
		if (arrives(question, end, some, &keeper))
			return true;
		if (keeper.rule != NULL)
			set = not_kept(question, set, keeper.rule);
		else if (keeper.chain != NULL)
			set = let_on(question, set, keeper.chain);
	}
	return false;
}

/*
 * Asked of the most usual packet first: an answer for it costs next to nothing, is most often the
 * answer, and is the packet that a reader wants to see.
 */
static enum may ask(const struct question *question, enum flow_end end, struct packet *some)
{
	struct flow *flow = question->m->flow;
	const struct program *program = question->m->program;
	uint32_t usual[FIELD_COUNT];
	struct box box = question->box;
	diagram set;

	if (!question->good)
		return MAY_UNKNOWN;
	box_usual(program, &question->box, usual);
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		box.dim[f] = (struct span){ usual[f], usual[f] };
	if (!flow_some(flow, question->chain, &box, end, &set))
		return MAY_UNKNOWN;
	if (set != DIAGRAM_EMPTY && (some == NULL || find_proof(question, end, set, some)))
		return MAY_SOMETIMES;
	if (!flow_some(flow, question->chain, &question->box, end, &set))
		return MAY_UNKNOWN;
	if (set == DIAGRAM_EMPTY)
		return MAY_NEVER;
	if (some == NULL || find_proof(question, end, set, some))
		return MAY_SOMETIMES;
	return flow_all(flow, question->chain, &question->box, end, &set) && find_proof(question, end, set, some) ? MAY_SOMETIMES
														   : MAY_UNKNOWN;
}

enum may question_accepted(const struct question *question, struct packet *some)
{
	return ask(question, FLOW_ACCEPTED, some);
}

enum may question_dropped(const struct question *question, struct packet *some)
{
	return ask(question, FLOW_DROPPED, some);
}

/* The part of a question on one side of lo's name. */
static struct question beside_lo(const struct question *question, bool behind)
{
	field_value lo = value_of_name("lo");
	struct question part = *question;

	question_field(&part, FIELD_IN, behind ? lo + 1 : 1, behind ? field_max(FIELD_IN, question->m->ruleset->family) : lo - 1);
	return part;
}

static enum may ask_outside(const struct question *question, enum flow_end end, struct packet *some)
{
	enum may found[2] = { MAY_NEVER, MAY_NEVER };

	for (unsigned i = 0; i < 2; i++) {
		struct question part = beside_lo(question, i == 1);

		if (question->good && !part.good)
			continue; /* the question is about the other side alone */
		found[i] = ask(&part, end, some);
		if (found[i] == MAY_SOMETIMES)
			return MAY_SOMETIMES;
	}
	return found[0] == MAY_UNKNOWN || found[1] == MAY_UNKNOWN ? MAY_UNKNOWN : MAY_NEVER;
}

enum may outside_accepted(const struct question *question, struct packet *some)
{
	return ask_outside(question, FLOW_ACCEPTED, some);
}

enum may outside_dropped(const struct question *question, struct packet *some)
{
	return ask_outside(question, FLOW_DROPPED, some);
}

bool drops_elsewhere(const struct meaning *m, unsigned hooks)
{
	for (unsigned t = 0; t < m->program->table_count; t++) {
		const struct program_table *table = &m->program->tables[t];

		if (strcmp(table->table->name, "filter") == 0)
			continue;
		for (unsigned c = 0; c < table->count; c++) {
			if ((table->chains[c].hooks & hooks) == 0)
				continue;
			if (chain_policy_drops(&table->chains[c]))
				return true;
			for (unsigned i = 0; i < table->chains[c].count; i++)
				if (table->chains[c].rules[i].effect == EFFECT_DROP || table->chains[c].rules[i].effect == EFFECT_QUEUE ||
				    table->chains[c].rules[i].effect == EFFECT_MAYBE)
					return true;
		}
	}
	return false;
}

bool meaning_decides(const struct meaning *m, const struct program_rule *rule, const struct packet *packet)
{
	struct tracer tracer = { .program = m->program };
	struct packet sent = *packet;

	return trace_packet(&tracer, &sent).rule == rule;
}

enum may may_forward(const struct meaning *m, const struct box *box, const struct nat_range *range, struct packet *accepted,
		     struct packet *dropped)
{
	static const enum field kept[] = { FIELD_SRC, FIELD_SPORT, FIELD_PROTO, FIELD_IN };
	struct question question = question_at(m, "filter", HOOK_FORWARD);
	field_value ct = ct_value(CT_NEW, false, false, true);
	enum may may;

	question_within(&question, box, kept, ARRAY_LEN(kept));
	if (!range->has_port)
		question.box.dim[FIELD_DPORT] = box->dim[FIELD_DPORT];
	else
		question_field(&question, FIELD_DPORT, range->port.lo, range->port.hi);
	question_field(&question, FIELD_DST, range->addr.lo, range->addr.hi);
	question_field(&question, FIELD_CT, ct, ct);
	question.before = box;
	may = question_accepted(&question, accepted);
	if (may == MAY_NEVER && question_dropped(&question, dropped) != MAY_SOMETIMES)
		return MAY_UNKNOWN;
	return may;
}

bool meaning_is_ct(const struct rule *rule)
{
	return rule->target != NULL &&
	       (strcmp(rule->target->kind->real_name, "CT") == 0 || strcmp(rule->target->kind->real_name, "NOTRACK") == 0);
}

bool meaning_is_notrack(const struct rule *rule)
{
	const struct xt_ct_target_info *info = rule->target != NULL ? (const void *)rule->target->data : NULL;

	return meaning_is_ct(rule) && (strcmp(rule->target->kind->real_name, "NOTRACK") == 0 ||
				      (rule->target->size >= sizeof(*info) && (info->flags & XT_CT_NOTRACK) != 0));
}
