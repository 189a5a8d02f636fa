/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "cuts/compare.h"
#include "base/escape.h"
#include "confine/confine.h"
#include "cuts/list.h"
#include "meaning/diff.h"
#include "model/ext.h"
#include "model/reader.h"

#include <string.h>
#include <time.h>

/* The rules of one side, as text and as they are understood. */
struct rules_side {
	const struct text_rules *rules; /* borrowed */
	struct strbuf text;
	struct stream stream;
	struct ruleset *ruleset;
};

struct work {
	const struct comparing *comparing;
	struct rules_side side[ALIGN_SIDES];
	struct program *program[ALIGN_SIDES]; /* of diff, or each with a world of its own; NULL: not needed so far */
	struct diff diff;
	bool late;    /* there is no time for more connections */
	bool has_cut; /* connections beside the boxes of diff.cut are not concerned */
	struct ways ways;
	struct judge judge[ALIGN_SIDES];
	hits hits;
	struct compare_summary summary;
	struct outbox *out;
};

/*
 * With so many connections it pays to find out first which of them the change can concern; with fewer, the rules in
 * force are read only if a connection fares badly under the new ones. More boxes take longer to look at than the rules.
 */
enum { MANY = 5000, BOXES_MAX = 100 };

/* After so much work, it is enough: the rest of the connections is counted only. */
enum { WORK_SECONDS = 3, LOOK_EVERY = 256 };

/* A rule of another program that cannot be read may match anything. */
static bool read_side(struct work *work, unsigned which)
{
	struct rules_side *side = &work->side[which];
	const char *name = which == ALIGN_OLD ? "the rules in force" : "the new rules";
	int family = work->comparing->family;
	const struct reader_mode mode = { .keeps_unread = true };
	struct diag_log silent = { .report = NULL };

	rules_write(side->rules, false, &side->text);
	if (side->text.len == 0)
		strbuf_puts(&side->text, "*filter\nCOMMIT\n"); /* no table is there: everything is accepted */
	if (side->text.failed ||
	    !stream_read(&side->stream, name, strbuf_text(&side->text), side->text.len, family_bit(family), &silent))
		return false;
	side->ruleset = ruleset_read_as(&side->stream, family_bit(family), &mode, &silent);
	return side->ruleset != NULL;
}

static bool begin_side(struct work *work, unsigned which)
{
	if (work->program[which] == NULL && read_side(work, which))
		work->program[which] = program_new(work->side[which].ruleset, NULL, NULL);
	if (work->program[which] != NULL)
		judge_begin(&work->judge[which], work->program[which], &work->ways, work->comparing->live->loose);
	return work->program[which] != NULL;
}

static bool begin_both(struct work *work)
{
	if (!read_side(work, ALIGN_OLD) || !read_side(work, ALIGN_NEW) ||
	    !diff_prepare(&work->diff, work->side[ALIGN_OLD].ruleset, work->side[ALIGN_NEW].ruleset))
		return false;
	work->has_cut = work->diff.cut.len <= BOXES_MAX;
	for (unsigned s = 0; s < ALIGN_SIDES; s++)
		work->program[s] = work->diff.program[s];
	return begin_side(work, ALIGN_OLD) && begin_side(work, ALIGN_NEW);
}

/* --- what becomes worse ----------------------------------------------------------------------------- */

static bool is_worse(const struct ruling *old, const struct ruling *new)
{
	return new->health > old->health;
}

static enum cut_kind kind_of_tracked(const struct fortune *old, const struct fortune *new, struct ruling *verdict)
{
	*verdict = new->goes_on;
	if (is_worse(&old->goes_on, &new->goes_on))
		return new->goes_on.health == HEALTH_BAD ? CUT_NOW : CUT_MAYBE;
	*verdict = new->opens;
	if (new->opens.health == HEALTH_BAD && old->opens.health != HEALTH_BAD && new->goes_on.health != HEALTH_BAD)
		return CUT_CLOSED;
	return CUT_NONE;
}

static enum cut_kind kind_of_untracked(const struct fortune *old, const struct fortune *new, struct ruling *verdict)
{
	bool other = is_worse(&old->goes_on, &new->goes_on), host = is_worse(&old->reply_first, &new->reply_first);

	if (!other && !host)
		return kind_of_tracked(old, new, verdict);
	*verdict = other ? new->goes_on : new->reply_first;
	if (verdict->health != HEALTH_BAD)
		return CUT_MAYBE;
	if (new->goes_on.health == HEALTH_BAD && new->reply_first.health == HEALTH_BAD)
		return CUT_NOW;
	return other ? CUT_OTHER_FIRST : CUT_HOST_FIRST;
}

static enum course course_of(struct work *work, const struct connection *connection)
{
	bool from = ways_find(&work->ways, connection->from.addr).local, server = ways_find(&work->ways, connection->server.addr).local;

	if (from)
		return server ? COURSE_WITHIN : COURSE_OUT;
	return server ? COURSE_IN : COURSE_THROUGH;
}

static void count_hit(struct compare_summary *summary, const struct hit *hit)
{
	summary->count.cut += hit->kind == CUT_NOW;
	summary->count.maybe += hit->kind > CUT_NOW && hit->kind < CUT_CLOSED;
	summary->count.closed += hit->kind == CUT_CLOSED;
	/* Whoever types next is the other side. */
	summary->own_cut |= hit->connection->owner == OWNER_SESSION && (hit->kind == CUT_NOW || hit->kind == CUT_OTHER_FIRST);
}

static void judge_one(struct work *work, const struct connection *connection)
{
	struct fortune new = judge_connection(&work->judge[ALIGN_NEW], connection), old;
	struct hit hit = { .connection = connection };

	if (new.goes_on.health == HEALTH_GOOD && new.reply_first.health == HEALTH_GOOD && new.opens.health != HEALTH_BAD)
		return;
	if (work->program[ALIGN_OLD] == NULL && !begin_side(work, ALIGN_OLD)) {
		work->summary.failed = true;
		return;
	}
	old = judge_connection(&work->judge[ALIGN_OLD], connection);
	hit.kind = connection->tracked ? kind_of_tracked(&old, &new, &hit.verdict) : kind_of_untracked(&old, &new, &hit.verdict);
	if (hit.kind == CUT_NONE)
		return;
	hit.course = course_of(work, connection);
	count_hit(&work->summary, &hit);
	work->summary.failed |= !vec_push(&work->hits, hit);
}

/* Seconds of work since the process began. */
static bool is_late(void)
{
	struct timespec worked;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &worked);
	return worked.tv_sec >= WORK_SECONDS;
}

/* The connections of this family that may be the user's own, or the others. */
static void judge_some(struct work *work, bool own)
{
	const connections *all = &work->comparing->live->all;
	const struct space *space = &work->diff.world.space;
	struct cuts_count *count = &work->summary.count;

	for (size_t i = 0; i < all->len && !work->summary.failed; i++) {
		const struct connection *connection = &all->item[i];

		if (connection->family != family_bit(work->comparing->family) || (connection->owner != OWNER_OTHER) != own)
			continue;
		count->all++;
		work->late = work->late || (count->all % LOOK_EVERY == 0 && is_late());
		if (work->late)
			continue;
		count->judged++;
		if (!work->has_cut || judge_concerns(space, &work->diff.cut, connection))
			judge_one(work, connection);
	}
}

/* --- rows ------------------------------------------------------------------------------------------- */

/* The rule number n of the text that rules_write makes. */
static const struct text_rule *nth_rule(const struct text_rules *rules, size_t n)
{
	for (size_t t = 0; t < rules->tables.len; t++)
		for (size_t c = 0; c < rules->tables.item[t].chains.len; c++) {
			const struct text_chain *chain = &rules->tables.item[t].chains.item[c];

			if (n < chain->rules.len)
				return &chain->rules.item[n];
			n -= chain->rules.len;
		}
	return NULL;
}

/* The line of the profile, or else of the input, that the rule comes from. Rules of other programs have none: their text. */
static void rule_place(void *ctx, struct strbuf *out, const struct program_rule *rule)
{
	const struct work *work = ctx;
	const struct rules_side *side = &work->side[ALIGN_NEW];
	const struct stream *input = work->comparing->request->input;
	const struct line *line = &side->stream.lines.item[rule->rule->line];
	const struct text_rule *text;
	struct where where;
	size_t n = 0;

	for (const struct line *before = side->stream.lines.item; before < line; before++)
		n += before->kind == LINE_RULE;
	text = nth_rule(side->rules, n);
	if (input == NULL || text == NULL || text->line == 0 || text->foreign || text->line > input->lines.len) {
		strbuf_escape(out, line->text, line->len);
		return;
	}
	where = stream_origin_where(input, &input->lines.item[text->line - 1]);
	if (where.file == NULL)
		where = stream_where(input, &input->lines.item[text->line - 1], 0, 0);
	strbuf_escape(out, where.file, strlen(where.file));
	strbuf_printf(out, ":%u", where.line);
}

static void send_row(void *ctx, const struct hit_row *row, const char *text)
{
	struct work *work = ctx;

	outbox_send(work->out, MESSAGE_ROW, row, sizeof(*row), text);
}

static bool read_and_judge(struct work *work)
{
	int family = work->comparing->family;
	const struct hit_places places = { rule_place, work };

	if (ext_begin(family_bit(family)) != 0 || ways_begin(&work->ways, family_bit(family)) != 0)
		return false;
	if (work->comparing->live->all.len < MANY ? !begin_side(work, ALIGN_NEW) : !begin_both(work))
		return false;
	judge_some(work, true);
	judge_some(work, false);
	hits_list(&work->hits, &places, send_row, work);
	return !work->summary.failed;
}

void compare_family(void *ctx, struct outbox *out)
{
	const struct comparing *comparing = ctx;
	struct work work = { .comparing = comparing, .out = out };

	confine_computing();
	work.side[ALIGN_OLD].rules = comparing->request->old[comparing->family];
	work.side[ALIGN_NEW].rules = comparing->request->new[comparing->family];
	work.summary.family = comparing->family;
	work.summary.failed = !read_and_judge(&work);
	outbox_send(out, MESSAGE_SUMMARY, &work.summary, sizeof(work.summary), "");
	/* The process ends: the kernel frees the rest. */
}
