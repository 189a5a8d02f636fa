/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * `#@ expect`: a promise of the policy, proved for all packets that it speaks of, or refuted with one.
 * deny is refuted by one packet that may be accepted. allow is refuted by a value of what it names - address,
 * protocol, port, interface - of which no packet is ever accepted: what it does not name, limits and sets
 * may be as they must. What comes in by lo is the host's own affair: it neither keeps a promise nor breaks
 * one; and a denial that names no way in is asked of an interface that no rule names.
 */
#include "check/check_expect.h"
#include "check/checks.h"
#include "check/promise.h"
#include "check/questions.h"
#include "meaning/rewrite.h"

#include <string.h>

#define NO_RULES_INTERFACE "any0"

struct asked {
	const struct meaning *m;
	const struct promise *promise;
	enum hook hook; /* one of those that the packets pass */
	struct question question; /* narrowed field by field */
	bool refuted, unknown;
	bool rewritten; /* a rule of nat says where they come in */
	bool other_way; /* these packets are not promised as they are, but may keep a promise to allow, or break one to deny */
	struct packet some;
	/* for allow: of all boxes together */
	diagram all, accepted;
};

/* The fields that a promise may speak of, in the order in which they are narrowed. */
static const struct {
	enum field field;
	size_t offset; /* in struct promise */
	bool spoken_of; /* always, given or not: a promise of no protocol is one of all */
} fields[] = {
	{ FIELD_IN, offsetof(struct promise, in), false },   { FIELD_OUT, offsetof(struct promise, out), false },
	{ FIELD_SRC, offsetof(struct promise, src), false }, { FIELD_DST, offsetof(struct promise, dst), false },
	{ FIELD_PROTO, offsetof(struct promise, proto), true }, { FIELD_DPORT, offsetof(struct promise, port), true },
};

static const struct promise_field *field_of(const struct promise *promise, size_t i)
{
	return (const struct promise_field *)(const void *)((const char *)promise + fields[i].offset);
}

/* Where packets come in, or leave for those of the host's own: not by lo, where nothing is said. everywhere: for denials too. */
static unsigned default_ranges(const struct promise *promise, enum field field, enum family family, bool everywhere,
			       struct range ranges[static 2])
{
	field_value lo = value_of_name("lo"), any = value_of_name(NO_RULES_INTERFACE);

	if (field != (promise->self ? FIELD_OUT : FIELD_IN))
		return 0;
	everywhere |= promise->allow;
	ranges[0] = everywhere ? (struct range){ 1, lo - 1 } : (struct range){ any, any };
	ranges[1] = (struct range){ lo + 1, field_max(field, family) };
	return everywhere ? 2 : 1;
}

static unsigned ranges_of(const struct promise *promise, size_t i, enum family family, bool everywhere,
			  struct range ranges[static 2])
{
	const struct promise_field *of = field_of(promise, i);

	return of->given ? promise_ranges(of, fields[i].field, family, ranges) :
			   default_ranges(promise, fields[i].field, family, everywhere, ranges);
}

/* --- asking ---------------------------------------------------------------------------------------------- */

static void ask_box(struct asked *asked)
{
	diagram aside = DIAGRAM_EMPTY;
	enum may may;

	if (!asked->promise->allow) {
		may = question_accepted(&asked->question, &asked->some);
		asked->refuted = may == MAY_SOMETIMES;
		asked->unknown |= may == MAY_UNKNOWN;
		return;
	}
	if (!question_accepted_part(&asked->question, asked->other_way ? &aside : &asked->all, &asked->accepted))
		asked->unknown = true;
}

/* A box for each combination of what the fields may be. */
static void narrow(struct asked *asked, size_t i)
{
	struct question before = asked->question;
	struct range ranges[2];
	unsigned count;

	if (i == ARRAY_LEN(fields)) {
		if (asked->question.good)
			ask_box(asked);
		return;
	}
	count = ranges_of(asked->promise, i, asked->m->ruleset->family, asked->rewritten, ranges);
	if (count == 0 && !field_of(asked->promise, i)->given)
		narrow(asked, i + 1);
	for (unsigned r = 0; r < count && !asked->refuted; r++) {
		question_field(&asked->question, fields[i].field, ranges[r].lo, ranges[r].hi);
		narrow(asked, i + 1);
		asked->question = before;
	}
}

/* Of what an allowing promise names, values of which nothing is accepted. */
static void find_denied(struct asked *asked)
{
	struct diagrams *all = asked->m->flow->diagrams;
	unsigned named = 0;
	diagram denied;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (fields[i].spoken_of || field_of(asked->promise, i)->given)
			named |= 1U << fields[i].field;
	denied = diagram_minus(all, asked->all, diagram_over(all, asked->accepted, named));
	asked->unknown |= diagrams_lost(all);
	asked->refuted = !asked->unknown && denied != DIAGRAM_EMPTY;
	if (asked->refuted)
		asked->some = question_packet(&asked->question, denied);
}

/* First packets of this state; of a denial with whatever flags, as nothing is promised of them. */
static bool begin(struct asked *asked, unsigned ct)
{
	const struct promise *promise = asked->promise;

	asked->question = question_at(asked->m, "filter", asked->hook);
	question_field(&asked->question, FIELD_CT, ct, ct);
	question_field(&asked->question, FIELD_FRAGMENT, 0, 0); /* others have no port, and are no first packets */
	if (promise->allow && promise->proto.given && promise->proto.range.lo == IPPROTO_TCP)
		question_field(&asked->question, FIELD_FLAGS, 0x02, 0x02);
	return asked->question.good && !asked->refuted;
}

/* What a rule of nat sends where the promise is about: as filter sees it. */
static void ask_rewritten(struct asked *asked, const struct program_rule *rule)
{
	static const enum field kept[] = { FIELD_SRC, FIELD_SPORT, FIELD_PROTO, FIELD_IN };
	const struct box *boxes = asked->m->program->boxes.item;
	unsigned hook = asked->promise->self ? HOOK_OUTPUT : HOOK_PREROUTING;
	struct nat_range range;

	asked->rewritten = true;
	if (rule->effect != EFFECT_NAT || (rule->chain->hooks & hook) == 0 ||
	    !nat_range_of(rule->rule, asked->m->ruleset->family, hook, &range) || !range.destination ||
	    (range.local && asked->hook == HOOK_FORWARD))
		return;
	for (unsigned b = 0; b < rule->box_count && begin(asked, ct_value(CT_NEW, false, false, true)); b++) {
		question_within(&asked->question, &boxes[rule->first_box + b], kept, ARRAY_LEN(kept));
		if (range.has_addr)
			question_field(&asked->question, FIELD_DST, range.addr.lo, range.addr.hi);
		if (range.has_port && !range.shifted)
			question_field(&asked->question, FIELD_DPORT, range.port.lo, range.port.hi);
		narrow(asked, 0);
	}
}

static void ask_other_ways(struct asked *asked)
{
	const struct program *program = asked->m->program;
	bool untracked = false;

	struct question plain = asked->question; /* that a packet is made from */

	asked->other_way = true;
	for (unsigned i = 0; i < program->rule_count; i++) {
		untracked |= meaning_is_notrack(program->rules[i]->rule);
		ask_rewritten(asked, program->rules[i]);
	}
	asked->rewritten = false;
	if (untracked && begin(asked, ct_value(CT_UNTRACKED, false, false, false)))
		narrow(asked, 0);
	if (!asked->refuted)
		asked->question = plain;
}

static void ask_at(struct asked *asked, enum hook hook)
{
	asked->hook = hook;
	asked->other_way = false;
	if (!begin(asked, ct_value(CT_NEW, false, false, false)))
		return; /* no rules for such packets: nothing is promised of other tables and hooks */
	narrow(asked, 0);
	ask_other_ways(asked);
}

/* A denial must hold at each hook that the packets pass; to allow, one of them is enough. */
static void ask(struct asked *asked)
{
	static const enum hook order[] = { HOOK_INPUT, HOOK_OUTPUT, HOOK_FORWARD };
	unsigned hooks = promise_hooks(asked->promise);

	for (size_t i = 0; i < ARRAY_LEN(order) && !asked->refuted; i++)
		if ((hooks & order[i]) != 0)
			ask_at(asked, order[i]);
	if (asked->promise->allow && !asked->refuted)
		find_denied(asked);
}

/* --- each line ---------------------------------------------------------------------------------------------- */

static void say(const struct meaning *m, enum diag_id id, size_t index, const struct word *word, const char *format, ...)
	printf_like(5, 6);

static void say(const struct meaning *m, enum diag_id id, size_t index, const struct word *word, const char *format, ...)
{
	const struct stream *stream = m->ruleset->stream;
	const struct line *line = &stream->lines.item[index];
	struct where where = stream_where(stream, line, word != NULL ? word->column : 0, word != NULL ? word->width : 0);
	struct where origin = stream_origin_where(stream, line);
	struct strbuf text = STRBUF_INIT;
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	diag_add(m->log, id, &where, &origin, "%s", strbuf_text(&text));
	strbuf_free(&text);
}

static void check_promise(const struct meaning *m, size_t index, const struct promise *promise)
{
	struct asked asked = { .m = m, .promise = promise, .all = DIAGRAM_EMPTY, .accepted = DIAGRAM_EMPTY };
	unsigned family = m->ruleset->family == FAMILY_IPV6 ? 6 : 4;
	bool both = promise_hooks(promise) == (HOOK_INPUT | HOOK_FORWARD);
	struct strbuf text = STRBUF_INIT;

	ask(&asked);
	if (asked.refuted) {
		packet_text(&text, &asked.some);
		if (promise->allow)
			strbuf_printf(&text, " is dropped%s, whatever else it contains", both ? " in INPUT and in FORWARD" : "");
		else
			strbuf_printf(&text, " may be accepted%s",
				      !both ? "" : asked.hook == HOOK_INPUT ? " in INPUT" : " in FORWARD");
		say(m, DIAG_EXPECT, index, NULL, "broken promise (IPv%u): %s", family, strbuf_text(&text));
	} else if (asked.unknown) {
		say(m, DIAG_UNDECIDED, index, NULL, "promise not verified (IPv%u): the analysis reached its limit", family);
	}
	strbuf_free(&text);
}

/* Calls use for each line; wrong: it cannot be read, because of the word of index at. */
struct each {
	void *ctx;
	void (*use)(void *ctx, size_t line, const struct promise *promise);
	void (*wrong)(void *ctx, size_t line, const struct word *word, const char *why);
};

static void each_promise(const struct ruleset *ruleset, const struct each *each)
{
	const struct stream *stream = ruleset->stream;
	struct words words = { .count = 0 };

	for (size_t i = 0; i < stream->lines.len; i++) {
		const struct line *line = &stream->lines.item[i];
		const char *args, *why;
		struct promise promise;
		unsigned column, at;
		size_t len;

		if (!line_directive(line, "expect", &args, &len) ||
		    words_split(&words, line->text, line->len, &column) != WORD_FINE)
			continue;
		why = promise_read(&promise, &words, ruleset->family, &at);
		if (why != NULL && each->wrong != NULL)
			each->wrong(each->ctx, i, &words.item[at], why);
		/* Of containers it speaks by the ports that are published, which a packet behind DNAT has no more. */
		if (why == NULL && !promise.other_family && promise.chain == NULL)
			each->use(each->ctx, i, &promise);
	}
	words_free(&words);
}

static void use_promise(void *ctx, size_t line, const struct promise *promise)
{
	check_promise(ctx, line, promise);
}

static void say_wrong(void *ctx, size_t line, const struct word *word, const char *why)
{
	say(ctx, DIAG_EXPECT, line, word, "invalid promise: %s", why);
}

void check_expect(const struct meaning *m)
{
	struct meaning ctx = *m;

	each_promise(m->ruleset, &(struct each){ &ctx, use_promise, say_wrong });
}

static void note_promise(void *ctx, size_t line, const struct promise *promise)
{
	struct space *space = ctx;
	struct range ranges[2];

	(void)line;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct cond cond = { .kind = COND_RANGES, .field = fields[i].field, .other = FIELD_COUNT, .ranges = ranges,
				     .range_count = ranges_of(promise, i, space->family, false, ranges) };

		if (cond.range_count > 0)
			space_note(space, &cond);
	}
}

void check_expect_note(const struct ruleset *ruleset, struct space *space)
{
	each_promise(ruleset, &(struct each){ space, note_promise, NULL });
}
