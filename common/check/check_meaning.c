/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/check_meaning.h"
#include "check/meaning_checks.h"
#include "meaning/witness.h"

/* Nodes for the questions of one ruleset; a ruleset that needs more has its questions left open. */
#define NODES_MAX ((size_t)1000000)

static void report(const struct meaning *m, enum diag_id id, unsigned line_index, const char *format, va_list args)
{
	const struct line *line = &m->ruleset->stream->lines.item[line_index];
	struct where where = stream_where(m->ruleset->stream, line, 0, 0);
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

void meaning_chain(const struct meaning *m, enum diag_id id, const struct program_chain *chain, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(m, id, chain->chain->line, format, args);
	va_end(args);
}

/* --- questions --------------------------------------------------------------------------------------- */

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

static enum may ask(const struct question *question, bool accepted, struct packet *some)
{
	struct flow *flow = (struct flow *)(uintptr_t)&question->m->flow;
	struct flow_verdict verdict;
	diagram set;

	if (!question->good || diagrams_lost(flow->diagrams))
		return MAY_UNKNOWN;
	verdict = flow_chain(flow, question->chain, diagram_box(flow->diagrams, &question->box));
	set = accepted ? verdict.accept : verdict.drop;
	if (diagrams_lost(flow->diagrams))
		return MAY_UNKNOWN;
	if (set == DIAGRAM_EMPTY)
		return MAY_NEVER;
	if (some != NULL) {
		struct box box = diagram_some(flow->diagrams, set, &question->box);

		*some = box_packet(question->m->program, &box);
	}
	return MAY_SOMETIMES;
}

enum may question_accepted(const struct question *question, struct packet *some)
{
	return ask(question, true, some);
}

enum may question_dropped(const struct question *question, struct packet *some)
{
	return ask(question, false, some);
}

/* --- all of them --------------------------------------------------------------------------------------- */

/* The values that the questions are about. */
static void note_questions(void *ctx, struct space *space)
{
	static const unsigned icmp6[] = { 2, 133, 134, 135, 136 };

	(void)ctx;
	space_note_value(space, FIELD_PROTO, IPPROTO_TCP);
	space_note_value(space, FIELD_PROTO, IPPROTO_UDP);
	space_note_value(space, FIELD_PROTO, IPPROTO_ICMPV6);
	space_note_value(space, FIELD_DPORT, 22);
	space_note_value(space, FIELD_FLAGS, 0x02);
	space_note_value(space, FIELD_FLAGS, 0x10);
	space_note_value(space, FIELD_IN, value_of_name("lo"));
	for (size_t i = 0; i < ARRAY_LEN(icmp6) && space->family == FAMILY_IPV6; i++)
		space_note_value(space, FIELD_ICMP, icmp6[i] << 8);
}

void check_meaning(const struct ruleset *ruleset, struct diag_log *log)
{
	struct meaning m = { .ruleset = ruleset, .log = log };
	bool good;

	m.program = program_new(ruleset, note_questions, NULL);
	m.reach = m.program != NULL ? reach_new(m.program) : NULL;
	good = m.reach != NULL && flow_begin(&m.flow, m.program, NODES_MAX);
	if (good) {
		check_dead(&m);
	} else {
		diag_memory(log);
	}
	flow_end(&m.flow);
	reach_free(m.reach);
	program_free(m.program);
}
