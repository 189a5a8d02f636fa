/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Steps that change sets. To replace a set, another one is filled and the two are swapped. An undoing reverts only what
 * the load did.
 */
#include "transaction/internal.h"
#include "text/seal.h"
#include "text/token.h"

#include <errno.h>
#include <string.h>

/* Rewrites the lines for a set of another name. Each line is "create NAME ..." or "add NAME ...". */
static void rename_lines(const char *lines, const char *from, const char *to, struct strbuf *out)
{
	size_t name = strlen(from);

	for (const char *line = lines; *line != '\0';) {
		size_t len = strcspn(line, "\n"), verb = strcspn(line, " ");

		if (verb + 1 + name <= len)
			strbuf_printf(out, "%.*s %s%.*s\n", (int)verb, line, to, (int)(len - verb - 1 - name),
				      line + verb + 1 + name);
		line += len + (line[len] == '\n');
	}
}

static bool run_lines(struct transaction *t, const char *name, const struct strbuf *lines)
{
	return lines->len == 0 || (!lines->failed && t->door->set.restore(t->door->self, name, lines, t->log) == 0);
}

/* Reads a set from the kernel. 0; -ENOENT: there is none; another -errno, which is reported. */
static int read_set(struct transaction *t, const char *name, struct strbuf *words, struct strbuf *members)
{
	struct strbuf saved = STRBUF_INIT;
	int err = t->door->set.save(t->door->self, name, &saved);

	if (err == 0 && !set_split(&saved, words, members))
		err = -ENOMEM;
	if (err != 0 && err != -ENOENT)
		diag_system(t->log, err, "set %s", name);
	strbuf_free(&saved);
	return err;
}

void set_write_members(const char *members, const char *name, enum set_change change, struct strbuf *out)
{
	while (*members != '\0') {
		struct piece line = set_next_line(&members);
		struct token member = token_after(line.text, line.len, 0);
		struct strbuf one = STRBUF_INIT;

		strbuf_add(&one, line.text, line.len);
		if (change == SET_ADD)
			strbuf_printf(out, "add %s %s -exist\n", name, strbuf_text(&one));
		else
			strbuf_printf(out, "%s %s %.*s%s -exist\n", change == SET_REMOVE ? "del" : "add", name, (int)member.len,
				      member.text, change == SET_ADD_PLAIN && set_is_exception(strbuf_text(&one)) ? " nomatch" : "");
		strbuf_free(&one);
	}
}

/*
 * Repeats, on set `name`, what other programs did to a set: the differences between its members as read before (looked)
 * and at the end (left).
 */
static bool follow(struct transaction *t, const char *name, const char *looked, const char *left, enum set_change add)
{
	struct strbuf added = STRBUF_INIT, removed = STRBUF_INIT, lines = STRBUF_INIT;
	bool good = set_lines_without(left, looked, &added) && set_lines_without(looked, left, &removed);

	set_write_members(strbuf_text(&removed), name, SET_REMOVE, &lines);
	set_write_members(strbuf_text(&added), name, add, &lines);
	good = good && run_lines(t, name, &lines);
	strbuf_free(&added);
	strbuf_free(&removed);
	strbuf_free(&lines);
	return good;
}

/* Does the set contain everything that the step put there? The exit status of ipset is not enough. */
static bool holds(struct transaction *t, const char *name, const struct strbuf *wanted)
{
	struct strbuf words = STRBUF_INIT, members = STRBUF_INIT, missing = STRBUF_INIT;
	int err = read_set(t, name, &words, &members);
	bool good = err == 0 && set_lines_without(strbuf_text(wanted), strbuf_text(&members), &missing) && missing.len == 0;

	if (err == -ENOENT || (err == 0 && !good))
		diag_add(t->log, DIAG_LOAD, NULL, NULL, "set %s does not contain what was added: %.*s", name,
			 (int)strcspn(strbuf_text(&missing), "\n"), strbuf_text(&missing));
	strbuf_free(&words);
	strbuf_free(&members);
	strbuf_free(&missing);
	return good;
}

/* Swaps the two sets back, and repeats on the old one what others did to the new one. */
static void swap_back(struct transaction *t, const struct journal_step *step)
{
	const struct set_name beside = set_beside(step->name);
	const struct set *set = extras_set(&t->extras, step->name);
	struct strbuf words = STRBUF_INIT, left = STRBUF_INIT, lines = STRBUF_INIT;

	strbuf_printf(&lines, "swap %s %s\n", beside.text, step->name);
	if (run_lines(t, step->name, &lines) && set != NULL && set->made.len > 0 && read_set(t, beside.text, &words, &left) == 0)
		(void)!follow(t, step->name, strbuf_text(&set->normal), strbuf_text(&left), SET_ADD_PLAIN);
	strbuf_free(&words);
	strbuf_free(&left);
	strbuf_free(&lines);
}

/* Whole seconds since the set was read for the step. */
static uint64_t passed(const struct transaction *t, const struct journal_step *step)
{
	long long now = t->door->clock(t->door->self);

	return step->read_at == 0 || now < step->read_at ? 0 : (uint64_t)(now - step->read_at) / 1000;
}

/* Are these the members that the plan saw, apart from those that have run out, or may have, since? */
static bool is_as_planned(const struct transaction *t, const struct journal_step *step, const char *before, const char *members)
{
	struct strbuf old = STRBUF_INIT, now = STRBUF_INIT, later = STRBUF_INIT, lasting = STRBUF_INIT, other = STRBUF_INIT;
	bool same;

	set_without_times(before, &old);
	set_without_times(members, &now);
	set_pass_time(before, passed(t, step) + 2, &later);
	set_without_times(strbuf_text(&later), &lasting);
	same = set_lines_without(strbuf_text(&now), strbuf_text(&old), &other) &&
	       set_lines_without(strbuf_text(&lasting), strbuf_text(&now), &other) && other.len == 0 && !old.failed &&
	       !now.failed && !later.failed && !lasting.failed;
	strbuf_free(&old);
	strbuf_free(&now);
	strbuf_free(&later);
	strbuf_free(&lasting);
	strbuf_free(&other);
	return same;
}

/*
 * The set that was swapped out must still have the members that the plan saw. If another program changed it, swap back,
 * so that no change is lost, and fail. At boot, repeat the changes on the new set instead.
 */
static bool check_swapped(struct transaction *t, const struct journal_step *step)
{
	const struct set_name beside = set_beside(step->name);
	struct strbuf words = STRBUF_INIT, members = STRBUF_INIT, before = STRBUF_INIT;
	bool good = read_set(t, beside.text, &words, &members) == 0;

	strbuf_reset(&words);
	good = good && set_split(&step->before, &words, &before);
	if (good && !is_as_planned(t, step, strbuf_text(&before), strbuf_text(&members))) {
		if ((t->flags & FLAG_BOOT) != 0) {
			good = follow(t, step->name, strbuf_text(&before), strbuf_text(&members), SET_ADD_PLAIN);
		} else {
			diag_add(t->log, DIAG_LOAD, NULL, NULL, "another program changed set %s during the load", step->name);
			t->result = RESULT_OTHER;
			good = false;
		}
	}
	if (!good)
		swap_back(t, step);
	strbuf_free(&words);
	strbuf_free(&members);
	strbuf_free(&before);
	return good;
}

static bool apply_beside(struct transaction *t, const struct journal_step *step)
{
	const struct set_name beside = set_beside(step->name);
	struct strbuf lines = STRBUF_INIT;
	bool good;

	set_drop(t->door, beside.text);
	rename_lines(strbuf_text(&step->after), step->name, beside.text, &lines);
	strbuf_printf(&lines, "swap %s %s\n", beside.text, step->name);
	good = run_lines(t, step->name, &lines) && check_swapped(t, step);
	set_drop(t->door, beside.text);
	strbuf_free(&lines);
	return good;
}

/* Does the step only add members, to a set that keeps the members it has (see join)? */
static bool is_addition(const struct journal_step *step)
{
	return strncmp(strbuf_text(&step->after), "add ", 4) == 0;
}

bool set_apply(struct transaction *t, const struct journal_step *step)
{
	const struct strbuf nothing = STRBUF_INIT;
	const struct set *set = extras_set(&t->extras, step->name);
	bool beside = step->existed && !is_addition(step);

	t->flags |= FLAG_CHANGED;
	return (beside ? apply_beside(t, step) : run_lines(t, step->name, &step->after)) &&
	       holds(t, step->name, set != NULL && set->made.len > 0 && !is_addition(step) ? &set->normal : &nothing);
}

/* --- undoing ----------------------------------------------------------------------------------------- */

/* Output of `ipset save` for a set, before or after the load, in two parts. */
struct set_side {
	struct strbuf words, members;
};

static void side_free(struct set_side *side)
{
	strbuf_free(&side->words);
	strbuf_free(&side->members);
}

/* Reads what the load's lines create, from a trial set: the lines may spell members differently from the kernel. */
static bool read_after(struct transaction *t, const struct journal_step *step, struct set_side *after)
{
	struct strbuf lines = STRBUF_INIT;
	bool good;

	set_drop(t->door, SET_TRIAL);
	rename_lines(strbuf_text(&step->after), step->name, SET_TRIAL, &lines);
	good = run_lines(t, step->name, &lines) && read_set(t, SET_TRIAL, &after->words, &after->members) == 0;
	set_drop(t->door, SET_TRIAL);
	strbuf_free(&lines);
	return good;
}

/* The lines of a text, and the members that they name. */
struct member_map {
	struct textmap lines, members;
};

static bool map_members(struct member_map *map, const char *text)
{
	bool good = true;

	while (good && *text != '\0') {
		struct piece line = set_next_line(&text);
		struct token member = token_after(line.text, line.len, 0);
		struct piece name = { member.text, (unsigned)member.len };

		good = textmap_add(&map->lines, &line) != TEXTMAP_NONE && textmap_add(&map->members, &name) != TEXTMAP_NONE;
	}
	return good;
}

static void map_free(struct member_map *map)
{
	textmap_free(&map->lines);
	textmap_free(&map->members);
}

static bool has_line(const struct member_map *map, const struct piece *line)
{
	return textmap_find(&map->lines, line) != TEXTMAP_NONE;
}

static bool has_member(const struct member_map *map, const struct piece *line)
{
	struct token member = token_after(line->text, line->len, 0);
	struct piece piece = { member.text, (unsigned)member.len };

	return textmap_find(&map->members, &piece) != TEXTMAP_NONE;
}

/* The members of a set before the load, after the load, and now. kept: those that are still as the load made them. */
struct sides {
	struct member_map before, after, now, kept;
	struct strbuf kept_text; /* owned; kept borrows from it */
};

static bool map_sides(struct sides *sides, const struct set_side *before, const struct set_side *after, const struct set_side *now)
{
	struct strbuf changed = STRBUF_INIT;
	bool good = map_members(&sides->before, strbuf_text(&before->members)) &&
		    map_members(&sides->after, strbuf_text(&after->members)) &&
		    map_members(&sides->now, strbuf_text(&now->members)) &&
		    set_lines_without(strbuf_text(&now->members), strbuf_text(&after->members), &changed) &&
		    set_lines_without(strbuf_text(&now->members), strbuf_text(&changed), &sides->kept_text) &&
		    map_members(&sides->kept, strbuf_text(&sides->kept_text));

	strbuf_free(&changed);
	return good;
}

static void sides_free(struct sides *sides)
{
	map_free(&sides->before);
	map_free(&sides->after);
	map_free(&sides->now);
	map_free(&sides->kept);
	strbuf_free(&sides->kept_text);
}

/* Did the load remove or change this member of `before`, and has nobody touched it since? Then it is restored. */
static bool comes_back(const struct sides *sides, const struct piece *line)
{
	if (has_member(&sides->after, line))
		return has_member(&sides->kept, line);
	return !has_member(&sides->now, line);
}

/* Did the load add this member of `after`, and is it still as the load made it? Then it is removed. */
static bool goes(const struct sides *sides, const struct piece *line)
{
	return !has_member(&sides->before, line) && has_line(&sides->now, line);
}

/* Appends the lines of a text for which chosen() is true. */
static void choose_lines(const struct sides *sides, const char *text,
			 bool (*chosen)(const struct sides *, const struct piece *), struct strbuf *out)
{
	while (*text != '\0') {
		struct piece line = set_next_line(&text);

		if (chosen(sides, &line))
			strbuf_printf(out, "%.*s\n", (int)line.len, line.text);
	}
}

/* Restores the members only, because the load did not change the type: what others did to the set since then stays. */
static bool members_back(struct transaction *t, const char *name, const struct set_side *before, const struct set_side *after,
			 const struct set_side *now)
{
	struct strbuf changed = STRBUF_INIT, back = STRBUF_INIT, gone = STRBUF_INIT, lines = STRBUF_INIT;
	struct sides sides = { .kept_text = STRBUF_INIT };
	bool good = map_sides(&sides, before, after, now) &&
		    set_lines_without(strbuf_text(&before->members), strbuf_text(&after->members), &changed);

	if (good) {
		choose_lines(&sides, strbuf_text(&changed), comes_back, &back);
		choose_lines(&sides, strbuf_text(&after->members), goes, &gone);
		set_write_members(strbuf_text(&gone), name, SET_REMOVE, &lines);
		set_write_members(strbuf_text(&back), name, SET_ADD, &lines);
		good = run_lines(t, name, &lines);
	}
	strbuf_free(&changed);
	strbuf_free(&back);
	strbuf_free(&gone);
	strbuf_free(&lines);
	sides_free(&sides);
	return good;
}

/* Is this member of `before` one that others have not removed since? */
static bool is_there(const struct sides *sides, const struct piece *line)
{
	return !has_member(&sides->after, line) || has_member(&sides->now, line);
}

/* Is this member of `now` one that others have added since the load? */
static bool is_theirs(const struct sides *sides, const struct piece *line)
{
	return !has_member(&sides->after, line) && !has_member(&sides->before, line);
}

/*
 * The load changed the set's options: create the old set again beside it, with what others did since, and swap the two.
 */
static bool words_back(struct transaction *t, const struct journal_step *step, const struct set_side *before,
		       const struct set_side *after, const struct set_side *now)
{
	const struct set_name beside = set_beside(step->name);
	struct strbuf lines = STRBUF_INIT, members = STRBUF_INIT, theirs = STRBUF_INIT;
	struct set_side left = { STRBUF_INIT, STRBUF_INIT };
	struct sides sides = { .kept_text = STRBUF_INIT };
	enum set_change add = set_takes_options(strbuf_text(&before->words), strbuf_text(&now->words)) ? SET_ADD : SET_ADD_PLAIN;
	bool good = map_sides(&sides, before, after, now);

	set_drop(t->door, beside.text);
	choose_lines(&sides, strbuf_text(&before->members), is_there, &members);
	choose_lines(&sides, strbuf_text(&now->members), is_theirs, &theirs);
	strbuf_printf(&lines, "create %s %s\n", beside.text, strbuf_text(&before->words));
	set_write_members(strbuf_text(&members), beside.text, SET_ADD, &lines);
	set_write_members(strbuf_text(&theirs), beside.text, add, &lines);
	strbuf_printf(&lines, "swap %s %s\n", beside.text, step->name);
	good = good && run_lines(t, step->name, &lines) && read_set(t, beside.text, &left.words, &left.members) == 0 &&
	       follow(t, step->name, strbuf_text(&now->members), strbuf_text(&left.members), add);
	set_drop(t->door, beside.text);
	strbuf_free(&lines);
	strbuf_free(&members);
	strbuf_free(&theirs);
	side_free(&left);
	sides_free(&sides);
	return good;
}

/*
 * If the load was killed after the swap and before it checked the old set, others may have written to the old one. Adds
 * what they wrote.
 */
static bool save_left(struct transaction *t, const struct journal_step *step, const struct set_side *before,
		      const struct set_side *after, const struct set_side *left)
{
	struct strbuf theirs = STRBUF_INIT, lines = STRBUF_INIT;
	struct sides sides = { .kept_text = STRBUF_INIT };
	bool good = map_sides(&sides, before, after, left), same = set_takes_options(strbuf_text(&before->words), strbuf_text(&left->words));

	choose_lines(&sides, strbuf_text(&left->members), is_theirs, &theirs);
	set_write_members(strbuf_text(&theirs), step->name, same ? SET_ADD : SET_ADD_PLAIN, &lines);
	good = good && run_lines(t, step->name, &lines);
	strbuf_free(&theirs);
	strbuf_free(&lines);
	sides_free(&sides);
	return good;
}

/* What has run out since the set was read must not come back. */
static bool pass_time(struct transaction *t, const struct journal_step *step, struct strbuf *members)
{
	struct strbuf now = STRBUF_INIT;

	set_pass_time(strbuf_text(members), passed(t, step), &now);
	if (now.failed) {
		strbuf_free(&now);
		return diag_memory(t->log) == 0;
	}
	strbuf_free(members);
	*members = now;
	return true;
}

static bool put_back(struct transaction *t, const struct journal_step *step, const struct set_side *now)
{
	const struct set_name beside = set_beside(step->name);
	struct set_side before = { STRBUF_INIT, STRBUF_INIT }, after = { STRBUF_INIT, STRBUF_INIT };
	struct set_side left = { STRBUF_INIT, STRBUF_INIT };
	int found = read_set(t, beside.text, &left.words, &left.members);
	bool good = (found == 0 || found == -ENOENT) && (set_split(&step->before, &before.words, &before.members) ||
							   diag_memory(t->log) == 0) && read_after(t, step, &after);

	good = good && pass_time(t, step, &before.members);
	if (good && set_compare(strbuf_text(&before.words), strbuf_text(&now->words)) == SET_ALIKE)
		good = members_back(t, step->name, &before, &after, now);
	else if (good)
		good = words_back(t, step, &before, &after, now);
	good = good && save_left(t, step, &before, &after, &left);
	side_free(&before);
	side_free(&after);
	side_free(&left);
	return good;
}

/* Makes a set again that another program destroyed. */
static bool make_again(struct transaction *t, const struct journal_step *step)
{
	struct strbuf words = STRBUF_INIT, members = STRBUF_INIT, lines = STRBUF_INIT;
	bool good = (set_split(&step->before, &words, &members) || diag_memory(t->log) == 0) && pass_time(t, step, &members);

	strbuf_printf(&lines, "create %s %s\n", step->name, strbuf_text(&words));
	set_write_members(strbuf_text(&members), step->name, SET_ADD, &lines);
	good = good && run_lines(t, step->name, &lines);
	strbuf_free(&words);
	strbuf_free(&members);
	strbuf_free(&lines);
	return good;
}

/* Removes the members that the load added to a set that kept its own. */
static bool take_additions(struct transaction *t, const struct journal_step *step)
{
	struct strbuf words = STRBUF_INIT, members = STRBUF_INIT, lines = STRBUF_INIT;
	bool good = set_split(&step->after, &words, &members);

	set_write_members(strbuf_text(&members), step->name, SET_REMOVE, &lines);
	good = good && run_lines(t, step->name, &lines);
	strbuf_free(&words);
	strbuf_free(&members);
	strbuf_free(&lines);
	return good;
}

/* The name that a set gets before it is destroyed, so that nobody can add to it after we looked for members. */
static void gone_name(const char *name, struct strbuf *out)
{
	strbuf_printf(out, SET_SCRATCH_PREFIX "gone-%08lx", (unsigned long)seal_crc(name, strlen(name)));
}

/* 0; -EBUSY: rules or other sets refer to the set; another -errno. */
static int rename_set(const struct transaction *t, const char *from, const char *to)
{
	struct strbuf lines = STRBUF_INIT;
	struct diag_log silent = { .report = NULL };
	int err;

	strbuf_printf(&lines, "rename %s %s\n", from, to);
	err = t->door->set.restore(t->door->self, from, &lines, &silent);
	strbuf_free(&lines);
	return err;
}

static bool stays_filled(struct transaction *t, const char *name)
{
	warn(t, "set %s, created by the load, stays: other programs added members to it", name);
	return true;
}

/* Does the set have members? If it cannot be read, what follows fails too. */
static bool is_filled(struct transaction *t, const char *name)
{
	struct set_side now = { STRBUF_INIT, STRBUF_INIT };
	bool filled = read_set(t, name, &now.words, &now.members) == 0 && now.members.len > 0;

	side_free(&now);
	return filled;
}

/* Destroys a set that has been renamed to `gone`. If others have put members into it, it gets its name back instead. */
static bool destroy_empty(struct transaction *t, const char *gone, const char *name)
{
	struct set_side left = { STRBUF_INIT, STRBUF_INIT };
	struct strbuf lines = STRBUF_INIT;
	bool good = read_set(t, gone, &left.words, &left.members) == 0;

	strbuf_printf(&lines, "destroy %s\n", gone);
	if (good && left.members.len == 0) {
		good = run_lines(t, name, &lines);
	} else {
		good = rename_set(t, gone, name) == 0 && good && stays_filled(t, name);
	}
	side_free(&left);
	strbuf_free(&lines);
	return good;
}

/* Removes the load's members from a set that the load created, and destroys the set unless others use it by now. */
static bool take_away(struct transaction *t, const struct journal_step *step, const struct set_side *now)
{
	struct set_side nothing = { STRBUF_INIT, STRBUF_INIT }, after = { STRBUF_INIT, STRBUF_INIT };
	struct strbuf gone = STRBUF_INIT;
	bool good = read_after(t, step, &after) && (after.members.len == 0 || members_back(t, step->name, &nothing, &after, now));
	int err;

	if (good && is_filled(t, step->name)) { /* not even renamed: others are adding to it */
		side_free(&after);
		return stays_filled(t, step->name);
	}
	gone_name(step->name, &gone);
	err = good ? rename_set(t, step->name, strbuf_text(&gone)) : 0;
	if (err == -EBUSY)
		warn(t, "set %s, created by the load, stays: rules or sets of other programs refer to it", step->name);
	else if (err != 0)
		good = false;
	else if (good)
		good = destroy_empty(t, strbuf_text(&gone), step->name);
	strbuf_free(&gone);
	side_free(&after);
	return good;
}

/* If an undoing died after it renamed the set, gives the set its name back. */
static bool bring_back_gone(struct transaction *t, const char *name)
{
	struct strbuf gone = STRBUF_INIT, saved = STRBUF_INIT;
	bool good;

	gone_name(name, &gone);
	good = t->door->set.save(t->door->self, strbuf_text(&gone), &saved) == -ENOENT ||
	       rename_set(t, strbuf_text(&gone), name) == 0;
	strbuf_free(&gone);
	strbuf_free(&saved);
	return good;
}

bool set_undo(struct transaction *t, const struct journal_step *step)
{
	struct set_side now = { STRBUF_INIT, STRBUF_INIT };
	bool good = step->existed || bring_back_gone(t, step->name);
	int err = read_set(t, step->name, &now.words, &now.members);

	good = good && (err == 0 || err == -ENOENT);
	if (good && step->existed && is_addition(step))
		good = err == -ENOENT || take_additions(t, step);
	else if (good && step->existed)
		good = err == 0 ? put_back(t, step, &now) : make_again(t, step);
	else if (good && err == 0)
		good = take_away(t, step, &now);
	set_drop(t->door, SET_TRIAL); /* the load may have died while these existed */
	set_drop(t->door, set_beside(step->name).text);
	side_free(&now);
	return good;
}
