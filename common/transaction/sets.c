/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Sets: compares those that a load asks for with those in force, and plans the steps. */
#include "transaction/internal.h"
#include "base/number.h"
#include "host/depend.h"
#include "text/seal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum family set_families(const struct set *set)
{
	const char *type = strbuf_text(&set->type);

	if (strstr(type, "family inet6") != NULL)
		return FAMILY_IPV6;
	if (strncmp(type, "list:", 5) == 0 || strncmp(type, "bitmap:port", 11) == 0 || strncmp(type, "hash:mac", 8) == 0)
		return FAMILY_BOTH;
	return FAMILY_IPV4;
}

static bool in_scope(const struct transaction *t, const struct set *set)
{
	return (set_families(set) & t->request.families) == set_families(set);
}

static bool has_type(const struct set *set)
{
	return set->type.len > 0 && strncmp(strbuf_text(&set->type), "family ", 7) != 0;
}

void set_write(const struct set *set, const char *name, struct strbuf *out)
{
	strbuf_printf(out, "create %s %s%s%s\n", name, has_type(set) ? "" : SET_OPEN_TYPE,
		      !has_type(set) && set->type.len > 0 ? " " : "", strbuf_text(&set->type));
	for (const char *text = strbuf_text(&set->members); *text != '\0';) {
		struct piece line = set_next_line(&text);

		strbuf_printf(out, "add %s %.*s\n", name, (int)line.len, line.text);
	}
}

struct set_name set_beside(const char *name)
{
	struct set_name beside;

	snprintf(beside.text, sizeof(beside.text), SET_SCRATCH_PREFIX "beside-%08lx", (unsigned long)seal_crc(name, strlen(name)));
	return beside;
}

void set_drop(const struct door *door, const char *name)
{
	struct strbuf lines = STRBUF_INIT;
	struct diag_log silent = { .report = NULL };
	bool gone = false;

	strbuf_printf(&lines, "destroy %s\n", name);
	for (int tries = 0; tries < 3 && !gone; tries++) {
		struct strbuf saved = STRBUF_INIT;

		gone = door->set.save(door->self, name, &saved) == -ENOENT ||
		       door->set.restore(door->self, name, &lines, &silent) == 0;
		strbuf_free(&saved);
	}
	strbuf_free(&lines);
}

bool set_learn(const struct door *door, struct set *set, struct diag_log *log)
{
	struct strbuf lines = STRBUF_INIT, saved = STRBUF_INIT;
	bool good;
	int err;

	strbuf_reset(&set->made);
	strbuf_reset(&set->normal);
	set_drop(door, SET_TRIAL);
	set_write(set, SET_TRIAL, &lines);
	good = door->set.restore(door->self, set->name, &lines, log) == 0;
	err = good ? door->set.save(door->self, SET_TRIAL, &saved) : 0;
	if (err != 0)
		diag_system(log, err, "reading set %s, created for a trial", set->name);
	good = good && err == 0;
	set_drop(door, SET_TRIAL);
	if (good && !set_split(&saved, &set->made, &set->normal))
		good = diag_memory(log) == 0;
	strbuf_free(&lines);
	strbuf_free(&saved);
	return good;
}

/* --- refusals of ipset ------------------------------------------------------------------------------- */

/*
 * The line of the stream that line n (from 1) of a set's program comes from: first the set's own line, then those of
 * its members.
 */
static unsigned stream_line(const struct stream *stream, const struct set *set, unsigned n)
{
	const char *args;
	size_t len;
	unsigned member = 1;

	for (size_t i = set->line; n > 1 && i < stream->lines.len; i++) {
		const struct line *line = &stream->lines.item[i];

		if (line_directive(line, "set", &args, &len) || line_directive(line, "set-open", &args, &len))
			break;
		if (line_directive(line, "member", &args, &len) && ++member == n)
			return (unsigned)i + 1;
	}
	return set->line;
}

static void report_at(struct transaction *t, enum diag_id id, unsigned line, const char *text)
{
	const struct stream *stream = t->request.generation == 0 ? t->request.stream : NULL;
	struct where where = { .file = NULL }, origin = { .file = NULL };

	if (stream != NULL && line > 0 && line <= stream->lines.len) {
		where = stream_where(stream, &stream->lines.item[line - 1], 0, 0);
		origin = stream_origin_where(stream, &stream->lines.item[line - 1]);
	}
	diag_add(t->log, id, &where, &origin, "%s", text);
}

static void take_words(void *ctx, const struct diag *diag)
{
	struct strbuf *words = ctx;

	if (words->len == 0)
		strbuf_puts(words, diag->text);
}

/*
 * Reports a refusal at the line of the text. ipset names a line of its input; `skip` lines of that precede the set's
 * own.
 */
static void tell_refusal(struct transaction *t, const struct set *set, const struct diag_log *log, unsigned skip)
{
	const char *words = strbuf_text(log->ctx);
	static const char label[] = "Error in line ";
	const char *at = strstr(words, label), *end = at != NULL ? at + strlen(label) : "";
	uint64_t n = 0;
	struct strbuf text = STRBUF_INIT;

	if (diag_status(log) == STATUS_SYSTEM) {
		diag_add(t->log, DIAG_SYSTEM, NULL, NULL, "%s", words);
	} else if (number_take(&end, 10, UINT32_MAX, &n) && n > skip && set->line > 0 && t->request.generation == 0 && t->request.stream != NULL) {
		strbuf_printf(&text, "set %s%s", set->name, end);
		report_at(t, DIAG_LOAD, stream_line(t->request.stream, set, (unsigned)n - skip), strbuf_text(&text));
	} else {
		report_at(t, DIAG_LOAD, set->line, words);
	}
	strbuf_free(&text);
}

/* Like set_learn, but reports a refusal at the line of the text. */
static bool learn_here(struct transaction *t, const struct door *door, struct set *set)
{
	struct strbuf words = STRBUF_INIT;
	struct diag_log log = { .report = take_words, .ctx = &words };
	bool good = set_learn(door, set, &log);

	if (!good)
		tell_refusal(t, set, &log, 0);
	strbuf_free(&words);
	return good;
}

/*
 * Creates a set where the rules are rehearsed. The machine's sets are already there, empty, perhaps with another type.
 */
static bool rehearse_set(struct transaction *t, const struct door *scratch, struct set *set)
{
	struct strbuf lines = STRBUF_INIT, saved = STRBUF_INIT, words = STRBUF_INIT;
	struct diag_log log = { .report = take_words, .ctx = &words };
	unsigned skip;
	bool good;
	int err;

	if (scratch->set.save(scratch->self, set->name, &saved) == 0 && set->open) {
		strbuf_free(&saved);
		return !has_type(set) || learn_here(t, scratch, set); /* the rules are tried with the set that exists */
	}
	skip = saved.len > 0;
	if (saved.len > 0)
		strbuf_printf(&lines, "destroy %s\n", set->name);
	strbuf_reset(&saved);
	strbuf_reset(&set->made);
	strbuf_reset(&set->normal);
	set_write(set, set->name, &lines);
	good = scratch->set.restore(scratch->self, set->name, &lines, &log) == 0;
	if (!good)
		tell_refusal(t, set, &log, skip);
	err = good ? scratch->set.save(scratch->self, set->name, &saved) : 0;
	if (err != 0)
		diag_system(t->log, err, "reading set %s, created for the rehearsal", set->name);
	good = good && err == 0;
	if (good && !set_split(&saved, &set->made, &set->normal))
		good = diag_memory(t->log) == 0;
	strbuf_free(&lines);
	strbuf_free(&saved);
	strbuf_free(&words);
	return good;
}

bool rehearse_sets(struct transaction *t, const struct door *scratch)
{
	bool good = true;

	for (size_t i = 0; good && i < t->extras.sets.len; i++)
		if (in_scope(t, &t->extras.sets.item[i]))
			good = rehearse_set(t, scratch, &t->extras.sets.item[i]);
	return good;
}

/* --- sets in force ----------------------------------------------------------------------------------- */

static bool look(struct transaction *t, struct set *set)
{
	int err;

	strbuf_reset(&set->before);
	set->existed = false;
	set->read_at = t->door->clock(t->door->self);
	if (t->request.assume_empty)
		return true;
	err = t->door->set.save(t->door->self, set->name, &set->before);
	set->existed = err == 0;
	if (err == 0 || err == -ENOENT)
		return true;
	diag_system(t->log, err, "set %s", set->name);
	return false;
}

static bool has_members(const struct set *set)
{
	return set != NULL && !set->open && set->members.len > 0;
}

/* Other programs fill an open set, and a set without members, unless the previous load gave it members. */
static bool is_open(const struct transaction *t, const struct set *set)
{
	return set->open || (set->members.len == 0 && !has_members(extras_set(&t->good.extras, set->name)));
}

/*
 * Learns how the kernel writes the set. A plan must change nothing, not even for a moment, so it uses the text's own
 * words.
 */
static bool know(struct transaction *t, struct set *set)
{
	if (set->made.len > 0)
		return true;
	if (!t->request.plan_only)
		return learn_here(t, t->door, set);
	strbuf_puts(&set->made, strbuf_text(&set->type));
	strbuf_puts(&set->normal, strbuf_text(&set->members));
	return !set->made.failed && !set->normal.failed;
}

/* The members that the previous load gave the set, as the kernel writes them; "": none are known. */
static const char *known_members(struct transaction *t, const struct set *set)
{
	struct set *good = extras_set(&t->good.extras, set->name);
	struct diag_log silent = { .report = NULL };

	if (!has_members(good))
		return "";
	if (strcmp(strbuf_text(&good->type), strbuf_text(&set->type)) == 0 &&
	    strcmp(strbuf_text(&good->members), strbuf_text(&set->members)) == 0)
		return strbuf_text(&set->normal);
	if (t->request.plan_only)
		return strbuf_text(&good->members);
	return set_learn(t->door, good, &silent) ? strbuf_text(&good->normal) : "";
}

static void refuse(struct transaction *t, const struct set *set, enum result result, const char *text)
{
	report_at(t, result == RESULT_UNKNOWN ? DIAG_SYSTEM : DIAG_LOAD, set->line, text);
	t->result = result;
}

/*
 * Reports that the set in force has a type or options that conflict with the text. At boot, the load continues: true.
 */
static bool is_other(struct transaction *t, const struct set *set, const char *words)
{
	struct strbuf text = STRBUF_INIT;
	bool boot = (t->flags & FLAG_BOOT) != 0;

	strbuf_printf(&text, "set %s exists as `%s', but the text asks for `%s'", set->name, words, strbuf_text(&set->made));
	if (boot) {
		warn(t, "%s: it is not changed", strbuf_text(&text));
		t->flags |= set->open ? 0 : FLAG_PARTIAL;
	} else {
		strbuf_printf(&text, ": %s", set->open ? "use the type and options of the program that fills it" :
							 "destroy it first, or use another name");
		refuse(t, set, RESULT_REFUSED, strbuf_text(&text));
	}
	strbuf_free(&text);
	return boot;
}

/* --- steps ------------------------------------------------------------------------------------------- */

static struct journal_step *add_step(struct transaction *t, const struct set *set)
{
	struct journal_step *step = journal_add(&t->journal, JOURNAL_SET, set->name, 0);

	if (step == NULL) {
		diag_memory(t->log);
		return NULL;
	}
	step->existed = set->existed;
	step->read_at = set->read_at;
	if (set->existed)
		strbuf_add(&step->before, strbuf_text(&set->before), set->before.len);
	set_write(set, set->name, &step->after);
	strbuf_printf(&t->plan, set->existed ? "replace set %s\n" : "create set %s\n", set->name);
	return step;
}

/* Somebody else changed the set's members since the last load: refuse, and change nothing. */
static bool stop_at_others(struct transaction *t, const struct set *set, const char *members, const char *known)
{
	struct strbuf text = STRBUF_INIT, first = STRBUF_INIT;

	(void)!set_lines_without(members, known, &first);
	if (first.len > 0)
		strbuf_printf(&text, "set %s has members that fw-load did not add, first: %.*s", set->name,
			      (int)strcspn(strbuf_text(&first), "\n"), strbuf_text(&first));
	else
		strbuf_printf(&text, "set %s lost members since it was loaded", set->name);
	strbuf_puts(&text, "; use `#@ set-open' for a set that another program fills, or --replace");
	refuse(t, set, RESULT_UNKNOWN, strbuf_text(&text));
	strbuf_free(&first);
	strbuf_free(&text);
	return false;
}

/*
 * At boot nobody can be asked: add the members that the set lacks, and keep its own members and its options. New
 * members get no options, because the set in force may not support them.
 */
static bool join(struct transaction *t, struct set *set, const char *members)
{
	struct strbuf missing = STRBUF_INIT;
	struct journal_step *step = NULL;
	bool good = set_lines_without(strbuf_text(&set->normal), members, &missing);

	warn(t, "the members of set %s differ from those of the good generation: they stay", set->name);
	t->flags |= FLAG_PARTIAL;
	if (good && missing.len > 0) {
		step = journal_add(&t->journal, JOURNAL_SET, set->name, 0);
		good = step != NULL;
	}
	if (step != NULL) {
		step->existed = true;
		strbuf_add(&step->before, strbuf_text(&set->before), set->before.len);
		set_write_members(strbuf_text(&missing), set->name, SET_ADD_PLAIN, &step->after);
		strbuf_printf(&t->plan, "add missing members to set %s\n", set->name);
	}
	strbuf_free(&missing);
	return good || diag_memory(t->log) == 0;
}

/* A set that another program fills gets no members from us. But if its type changed, the rules may not work with it. */
static bool plan_open(struct transaction *t, struct set *set, const char *words)
{
	if (!has_type(set))
		return true;
	if (!know(t, set))
		return false;
	return set_compare(strbuf_text(&set->made), words) >= SET_OTHER_SIZE || is_other(t, set, words);
}

static bool plan_fixed(struct transaction *t, struct set *set, const char *words, const char *members)
{
	enum set_likeness likeness;
	const char *known;

	if (!know(t, set))
		return false;
	likeness = set_compare(strbuf_text(&set->made), words);
	if (likeness == SET_OTHER_TYPE)
		return is_other(t, set, words);
	if (likeness == SET_ALIKE && strcmp(strbuf_text(&set->normal), members) == 0)
		return true;
	known = *members != '\0' ? known_members(t, set) : "";
	if (t->request.unknown == UNKNOWN_REPLACE || strcmp(members, known) == 0)
		return add_step(t, set) != NULL;
	return (t->flags & FLAG_BOOT) != 0 ? join(t, set, members) : stop_at_others(t, set, members, known);
}

/* Replaces the members by the kernel's spelling of them, which is also stored. At boot they were stored that way. */
static bool take_normal(struct transaction *t, struct set *set)
{
	if (set->members.len == 0 || (set->made.len == 0 && (t->flags & FLAG_BOOT) != 0))
		return true;
	if (!know(t, set))
		return false;
	strbuf_reset(&set->members);
	strbuf_add(&set->members, strbuf_text(&set->normal), set->normal.len);
	return !set->members.failed || diag_memory(t->log) == 0;
}

static bool plan_set(struct transaction *t, struct set *set)
{
	struct strbuf words = STRBUF_INIT, members = STRBUF_INIT;
	bool good = look(t, set) && take_normal(t, set);

	if (good && !set->existed) {
		good = add_step(t, set) != NULL;
	} else if (good && !set_split(&set->before, &words, &members)) {
		good = diag_memory(t->log) == 0;
	} else if (good) {
		good = is_open(t, set) ? plan_open(t, set, strbuf_text(&words)) :
					 plan_fixed(t, set, strbuf_text(&words), strbuf_text(&members));
	}
	strbuf_free(&words);
	strbuf_free(&members);
	return good;
}

bool plan_sets(struct transaction *t)
{
	bool good = true;

	if (!t->request.plan_only && (t->extras.sets.len > 0 || t->good.extras.sets.len > 0))
		set_drop(t->door, SET_TRIAL); /* left by a run that was killed */
	for (size_t i = 0; good && i < t->extras.sets.len; i++)
		if (in_scope(t, &t->extras.sets.item[i]))
			good = plan_set(t, &t->extras.sets.item[i]);
	return good;
}

/*
 * A set that rules name but the text does not declare belongs to another program. Store its type: at the next boot, the
 * rules are loaded before the program that creates the set.
 */
static bool note_set(struct transaction *t, struct set *used)
{
	struct strbuf saved = STRBUF_INIT, words = STRBUF_INIT, members = STRBUF_INIT;
	int err = extras_set(&t->extras, used->name) != NULL ? -ENOENT : t->door->set.save(t->door->self, used->name, &saved);
	bool good = err != 0 || set_split(&saved, &words, &members);

	if (err == 0 && good)
		set_plain_words(strbuf_text(&words), &used->type);
	if (err == 0 && good && in_scope(t, used)) {
		good = !used->type.failed && vec_push(&t->extras.sets, *used);
		if (good)
			*used = (struct set){ .name = NULL };
	}
	strbuf_free(&saved);
	strbuf_free(&words);
	strbuf_free(&members);
	return good;
}

bool note_used_sets(struct transaction *t)
{
	struct extras used = { .sets = { 0 } };
	bool good = true;

	for (int i = 0; good && i < FAMILIES && t->request.generation == 0 && !t->request.assume_empty; i++)
		if (family_has(t->request.families, i) && strstr(strbuf_text(&t->family[i].text), "-set ") != NULL)
			good = depend_sets(&used, &t->family[i].wanted);
	for (size_t i = 0; good && i < used.sets.len; i++)
		good = note_set(t, &used.sets.item[i]);
	extras_free(&used);
	return good || diag_memory(t->log) == 0;
}
