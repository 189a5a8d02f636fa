/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps of sets: one is filled beside that in force, then the two are swapped. An undoing takes back what the load did. */
#include "transaction/internal.h"
#include "text/seal.h"
#include "text/token.h"

#include <errno.h>
#include <string.h>

/* The same lines for a set of another name: each is "create NAME ..." or "add NAME ...". */
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

/* A set as it is now. 0, -ENOENT, or another -errno after a report. */
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

/* A line for each: "add NAME LINE -exist", or "del NAME MEMBER -exist". */
static void write_lines(const char *members, const char *name, bool remove, struct strbuf *out)
{
	for (const char *line = members; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		struct token member = token_after(line, len, 0);

		if (remove)
			strbuf_printf(out, "del %s %.*s -exist\n", name, (int)member.len, member.text);
		else
			strbuf_printf(out, "add %s %.*s -exist\n", name, (int)len, line);
		line += len + (line[len] == '\n');
	}
}

/* Does the set hold all that the step puts there? ipset's word is not enough. */
static bool holds(struct transaction *t, const char *name, const struct strbuf *wanted)
{
	struct strbuf words = STRBUF_INIT, members = STRBUF_INIT, missing = STRBUF_INIT;
	int err = read_set(t, name, &words, &members);
	bool good = err == 0 && set_lines_without(strbuf_text(wanted), strbuf_text(&members), &missing) && missing.len == 0;

	if (err == -ENOENT || (err == 0 && !good))
		diag_add(t->log, DIAG_LOAD, NULL, NULL, "set %s does not hold what was put there: %.*s", name,
			 (int)strcspn(strbuf_text(&missing), "\n"), strbuf_text(&missing));
	strbuf_free(&words);
	strbuf_free(&members);
	strbuf_free(&missing);
	return good;
}

/*
 * The set that was swapped out must be the one that was looked at. What somebody wrote to it meanwhile is not lost: the
 * two are swapped again. At boot it is added to the new one.
 */
static bool check_swapped(struct transaction *t, const struct journal_step *step)
{
	struct strbuf words = STRBUF_INIT, members = STRBUF_INIT, before = STRBUF_INIT, since = STRBUF_INIT, lines = STRBUF_INIT;
	bool good = read_set(t, SET_BESIDE, &words, &members) == 0, same;

	strbuf_reset(&words);
	good = good && set_split(&step->before, &words, &before);
	same = good && strcmp(strbuf_text(&members), strbuf_text(&before)) == 0;
	if (good && !same && (t->flags & FLAG_BOOT) != 0) {
		good = set_lines_without(strbuf_text(&members), strbuf_text(&before), &since);
		write_lines(strbuf_text(&since), step->name, false, &lines);
		good = good && run_lines(t, step->name, &lines);
	} else if (!same) {
		strbuf_printf(&lines, "swap " SET_BESIDE " %s\n", step->name);
		if (run_lines(t, step->name, &lines) && good) {
			diag_add(t->log, DIAG_LOAD, NULL, NULL, "another program changed set %s meanwhile", step->name);
			t->result = RESULT_OTHER;
		}
		good = false;
	}
	strbuf_free(&words);
	strbuf_free(&members);
	strbuf_free(&before);
	strbuf_free(&since);
	strbuf_free(&lines);
	return good;
}

static bool apply_beside(struct transaction *t, const struct journal_step *step)
{
	struct strbuf lines = STRBUF_INIT;
	bool good;

	set_drop_beside(t->door);
	rename_lines(strbuf_text(&step->after), step->name, SET_BESIDE, &lines);
	strbuf_printf(&lines, "swap " SET_BESIDE " %s\n", step->name);
	good = run_lines(t, step->name, &lines) && check_swapped(t, step);
	set_drop_beside(t->door);
	strbuf_free(&lines);
	return good;
}

bool set_apply(struct transaction *t, const struct journal_step *step)
{
	const struct strbuf nothing = STRBUF_INIT;
	const struct set *set = find_set(&t->extras, step->name);

	t->flags |= FLAG_CHANGED;
	return (step->existed ? apply_beside(t, step) : run_lines(t, step->name, &step->after)) &&
	       holds(t, step->name, set != NULL && set->made.len > 0 ? &set->normal : &nothing);
}

/* --- undoing ----------------------------------------------------------------------------------------- */

/* `ipset save` of a set, before or after the load, in two parts. */
struct set_side {
	struct strbuf words, members;
};

static void side_free(struct set_side *side)
{
	strbuf_free(&side->words);
	strbuf_free(&side->members);
}

/* What the load's lines came to: they may say members in other words than the kernel. */
static bool read_after(struct transaction *t, const struct journal_step *step, struct set_side *after)
{
	struct strbuf lines = STRBUF_INIT;
	bool good;

	set_drop_beside(t->door);
	rename_lines(strbuf_text(&step->after), step->name, SET_BESIDE, &lines);
	good = run_lines(t, step->name, &lines) && read_set(t, SET_BESIDE, &after->words, &after->members) == 0;
	set_drop_beside(t->door);
	strbuf_free(&lines);
	return good;
}

/* Members alone: the same words, so what others did to the set since stays. */
static bool members_back(struct transaction *t, const char *name, const struct set_side *before, const struct set_side *after)
{
	struct strbuf added = STRBUF_INIT, removed = STRBUF_INIT, lines = STRBUF_INIT;
	bool good = set_lines_without(strbuf_text(&after->members), strbuf_text(&before->members), &added) &&
		    set_lines_without(strbuf_text(&before->members), strbuf_text(&after->members), &removed);

	if (good) {
		write_lines(strbuf_text(&added), name, true, &lines);
		write_lines(strbuf_text(&removed), name, false, &lines);
		good = run_lines(t, name, &lines);
	}
	strbuf_free(&added);
	strbuf_free(&removed);
	strbuf_free(&lines);
	return good;
}

/* What others added since the load, without options that the set before the load does not know. */
static bool others_since(const struct set_side *now, const struct set_side *after, struct strbuf *out)
{
	struct strbuf lines = STRBUF_INIT;
	bool good = set_lines_without(strbuf_text(&now->members), strbuf_text(&after->members), &lines);

	for (const char *line = strbuf_text(&lines); good && *line != '\0';) {
		size_t len = strcspn(line, "\n");
		struct token member = token_after(line, len, 0);
		struct strbuf one = STRBUF_INIT;

		strbuf_add(&one, line, len);
		strbuf_printf(out, "add " SET_BESIDE " %.*s%s -exist\n", (int)member.len, member.text,
			      set_is_exception(strbuf_text(&one)) ? " nomatch" : "");
		strbuf_free(&one);
		line += len + (line[len] == '\n');
	}
	strbuf_free(&lines);
	return good && !out->failed;
}

/* The load gave the set other words: it is made as it was beside, with what others added since, and swapped. */
static bool words_back(struct transaction *t, const struct journal_step *step, const struct set_side *now,
		       const struct set_side *after)
{
	struct strbuf lines = STRBUF_INIT;
	bool good;

	set_drop_beside(t->door);
	rename_lines(strbuf_text(&step->before), step->name, SET_BESIDE, &lines);
	good = others_since(now, after, &lines) || diag_memory(t->log) == 0;
	strbuf_printf(&lines, "swap " SET_BESIDE " %s\ndestroy " SET_BESIDE "\n", step->name);
	good = good && run_lines(t, step->name, &lines);
	set_drop_beside(t->door);
	strbuf_free(&lines);
	return good;
}

static bool put_back(struct transaction *t, const struct journal_step *step, const struct set_side *now)
{
	struct set_side before = { STRBUF_INIT, STRBUF_INIT }, after = { STRBUF_INIT, STRBUF_INIT };
	bool good = (set_split(&step->before, &before.words, &before.members) || diag_memory(t->log) == 0) &&
		    read_after(t, step, &after);

	if (good && set_compare(strbuf_text(&before.words), strbuf_text(&now->words)) == SET_ALIKE)
		good = members_back(t, step->name, &before, &after);
	else if (good)
		good = words_back(t, step, now, &after);
	side_free(&before);
	side_free(&after);
	return good;
}

/* The name that a set gets before it is destroyed: nobody adds to it behind our look. */
static void gone_name(const char *name, struct strbuf *out)
{
	strbuf_printf(out, SET_SCRATCH_PREFIX "gone-%08lx", (unsigned long)seal_crc(name, strlen(name)));
}

/* 0; -EBUSY: rules or other sets refer to it; another -errno. */
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

/* It has left its name. Members that others put into it bring it back. */
static bool destroy_empty(struct transaction *t, const char *gone, const char *name)
{
	struct set_side left = { STRBUF_INIT, STRBUF_INIT };
	struct strbuf lines = STRBUF_INIT;
	bool good = read_set(t, gone, &left.words, &left.members) == 0;

	strbuf_printf(&lines, "destroy %s\n", gone);
	if (good && left.members.len == 0) {
		good = run_lines(t, name, &lines);
	} else {
		if (good)
			warn(t, "set %s, which the load made, stays: others put members into it", name);
		good = rename_set(t, gone, name) == 0 && good;
	}
	side_free(&left);
	strbuf_free(&lines);
	return good;
}

/* A set that the load made loses the load's members, and goes unless others use it by now. */
static bool take_away(struct transaction *t, const struct journal_step *step)
{
	struct set_side nothing = { STRBUF_INIT, STRBUF_INIT }, after = { STRBUF_INIT, STRBUF_INIT };
	struct strbuf gone = STRBUF_INIT;
	bool good = read_after(t, step, &after) && (after.members.len == 0 || members_back(t, step->name, &nothing, &after));
	int err;

	gone_name(step->name, &gone);
	err = good ? rename_set(t, step->name, strbuf_text(&gone)) : 0;
	if (err == -EBUSY)
		warn(t, "set %s, which the load made, stays: rules or sets of others refer to it", step->name);
	else if (err != 0)
		good = false;
	else if (good)
		good = destroy_empty(t, strbuf_text(&gone), step->name);
	strbuf_free(&gone);
	side_free(&after);
	return good;
}

/* An undoing that died may have taken the set's name away. */
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
	if (good && step->existed)
		good = err == 0 ? put_back(t, step, &now) : run_lines(t, step->name, &step->before);
	else if (good && err == 0)
		good = take_away(t, step);
	set_drop_beside(t->door); /* the load may have died there */
	side_free(&now);
	return good;
}
