/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of addresses as steps: a set is filled beside the one in force, then the two are swapped. */
#include "transaction/internal.h"
#include "text/token.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum family set_families(const struct set *set)
{
	const char *type = strbuf_text(&set->type);

	if (strstr(type, " family inet6") != NULL)
		return FAMILY_IPV6;
	if (strncmp(type, "list:", 5) == 0 || strncmp(type, "bitmap:port", 11) == 0 || strncmp(type, "hash:mac", 8) == 0)
		return FAMILY_BOTH;
	return FAMILY_IPV4;
}

static bool in_scope(const struct transaction *t, const struct set *set)
{
	return (set_families(set) & t->request.families) == set_families(set);
}

/* The lines of `ipset restore` that make it. */
static void write_set(const struct set *set, struct strbuf *out)
{
	strbuf_printf(out, "create %s %s\n", set->name, strbuf_text(&set->type));
	for (const char *line = strbuf_text(&set->members); *line != '\0';) {
		size_t len = strcspn(line, "\n");

		strbuf_printf(out, "add %s %.*s\n", set->name, (int)len, line);
		line += len + (line[len] == '\n');
	}
}

bool rehearse_sets(struct transaction *t, const struct door *scratch)
{
	bool good = true;

	for (size_t i = 0; good && i < t->extras.sets.len; i++) {
		struct set *set = &t->extras.sets.item[i];
		struct strbuf lines = STRBUF_INIT, saved = STRBUF_INIT;

		if (!in_scope(t, set))
			continue;
		/* The door has made those that the machine has, empty: they may be of another type. */
		strbuf_printf(&lines, "destroy %s\n", set->name);
		if (scratch->set_save(scratch->self, set->name, &saved) == -ENOENT)
			strbuf_reset(&lines);
		strbuf_reset(&saved);
		write_set(set, &lines);
		good = scratch->set_restore(scratch->self, set->name, &lines, t->log) == 0 &&
		       scratch->set_save(scratch->self, set->name, &saved) == 0;
		strbuf_reset(&set->made);
		set_normal_form(&saved, set->name, &set->made);
		strbuf_free(&lines);
		strbuf_free(&saved);
	}
	return good;
}

static bool look(struct transaction *t, struct set *set)
{
	int err;

	strbuf_reset(&set->before);
	err = t->door->set_save(t->door->self, set->name, &set->before);
	set->existed = err == 0;
	if (err == 0 || err == -ENOENT)
		return true;
	diag_system(t->log, err, "set %s", set->name);
	return false;
}

/* Is what is there what was asked for? A set that was not rehearsed never is. */
static bool stands(const struct set *set)
{
	struct strbuf now = STRBUF_INIT;
	bool same;

	set_normal_form(&set->before, set->name, &now);
	same = set->existed && set->made.len > 0 && strcmp(strbuf_text(&now), strbuf_text(&set->made)) == 0;
	strbuf_free(&now);
	return same;
}

bool sets_stand(const struct transaction *t)
{
	for (size_t i = 0; i < t->extras.sets.len; i++)
		if (in_scope(t, &t->extras.sets.item[i]) && !stands(&t->extras.sets.item[i]))
			return false;
	return true;
}

static bool plan_set(struct transaction *t, struct set *set)
{
	struct journal_step *step;

	if (!look(t, set))
		return false;
	if (stands(set))
		return true;
	step = journal_add(&t->journal, JOURNAL_SET, set->name, 0);
	if (step == NULL)
		return diag_memory(t->log) == 0;
	step->existed = set->existed;
	if (set->existed)
		strbuf_add(&step->before, strbuf_text(&set->before), set->before.len);
	write_set(set, &step->after);
	strbuf_printf(&t->plan, "put set %s in force\n", set->name);
	return true;
}

bool plan_sets(struct transaction *t)
{
	bool good = true;

	for (size_t i = 0; good && i < t->extras.sets.len; i++)
		if (in_scope(t, &t->extras.sets.item[i]))
			good = plan_set(t, &t->extras.sets.item[i]);
	return good;
}

/* The same lines for a set of another name: each is "create NAME ..." or "add NAME ...". */
static void rename_lines(const struct strbuf *lines, const char *from, const char *to, struct strbuf *out)
{
	size_t name = strlen(from);

	for (const char *line = strbuf_text(lines); *line != '\0';) {
		size_t len = strcspn(line, "\n"), verb = strcspn(line, " ");

		if (verb + 1 + name <= len)
			strbuf_printf(out, "%.*s %s%.*s\n", (int)verb, line, to, (int)(len - verb - 1 - name),
				      line + verb + 1 + name);
		line += len + (line[len] == '\n');
	}
}

/* A set is filled beside the one in force. One at a time: the load holds the lock. A killed load's goes with the next. */
static const char beside[] = SET_SCRATCH_PREFIX "beside";

/* Destroys the set beside, whatever it holds; it may not be there. */
static void drop_beside(struct transaction *t)
{
	struct strbuf lines = STRBUF_INIT, saved = STRBUF_INIT;
	struct diag_log silent = { .report = NULL };

	strbuf_printf(&lines, "destroy %s\n", beside);
	if (t->door->set_save(t->door->self, beside, &saved) != -ENOENT)
		(void)!t->door->set_restore(t->door->self, beside, &lines, &silent);
	strbuf_free(&lines);
	strbuf_free(&saved);
}

bool set_apply(struct transaction *t, const struct journal_step *step)
{
	struct strbuf lines = STRBUF_INIT;
	bool good;

	t->flags |= FLAG_CHANGED;
	if (!step->existed)
		return t->door->set_restore(t->door->self, step->name, &step->after, t->log) == 0;
	drop_beside(t);
	rename_lines(&step->after, step->name, beside, &lines);
	strbuf_printf(&lines, "swap %s %s\ndestroy %s\n", beside, step->name, beside);
	good = t->door->set_restore(t->door->self, step->name, &lines, t->log) == 0;
	if (!good)
		drop_beside(t);
	strbuf_free(&lines);
	return good;
}

/* The member of an "add NAME MEMBER ..." line; len 0: another line. */
static struct piece member_of(const char *line, size_t len)
{
	struct token verb = token_after(line, len, 0), name = token_next(line, len, &verb), member = token_next(line, len, &name);

	return token_is(&verb, "add") ? (struct piece){ member.text, (unsigned)member.len } : (struct piece){ NULL, 0 };
}

static bool list_members(const struct strbuf *lines, struct piecemap *members)
{
	bool good = true;

	for (const char *line = strbuf_text(lines); good && *line != '\0';) {
		size_t len = strcspn(line, "\n");
		struct piece member = member_of(line, len);

		good = member.len == 0 || piecemap_add(members, &member) != PIECEMAP_NONE;
		line += len + (line[len] == '\n');
	}
	return good;
}

/* A line for each member of `lines` that is not in `others`: as it is, or one that deletes it. */
static void write_others(const struct strbuf *lines, const struct piecemap *others, const char *name, bool remove,
			 struct strbuf *out)
{
	for (const char *line = strbuf_text(lines); *line != '\0';) {
		size_t len = strcspn(line, "\n");
		struct piece member = member_of(line, len);

		if (member.len > 0 && piecemap_find(others, &member) == PIECEMAP_NONE) {
			if (remove)
				strbuf_printf(out, "del %s %.*s -exist\n", name, (int)member.len, member.text);
			else
				strbuf_printf(out, "%.*s -exist\n", (int)len, line);
		}
		line += len + (line[len] == '\n');
	}
}

/* Members that the load added go, those that it removed come back; what others did to the set since stays. */
static bool write_members_back(const struct journal_step *step, struct strbuf *out)
{
	struct piecemap before = { .slots = NULL }, after = { .slots = NULL };
	bool good = list_members(&step->before, &before) && list_members(&step->after, &after);

	if (good) {
		write_others(&step->after, &before, step->name, true, out);
		write_others(&step->before, &after, step->name, false, out);
	}
	piecemap_free(&before);
	piecemap_free(&after);
	return good && !out->failed;
}

bool set_undo(struct transaction *t, const struct journal_step *step)
{
	struct strbuf lines = STRBUF_INIT, saved = STRBUF_INIT;
	int err = t->door->set_save(t->door->self, step->name, &saved);
	bool good = err == 0 || err == -ENOENT;

	if (step->existed)
		drop_beside(t); /* the load tried it once */
	if (step->existed && err == 0)
		good = write_members_back(step, &lines);
	else if (step->existed)
		strbuf_add(&lines, strbuf_text(&step->before), step->before.len);
	else if (err == 0)
		strbuf_printf(&lines, "destroy %s\n", step->name);
	if (good && lines.len > 0)
		good = t->door->set_restore(t->door->self, step->name, &lines, t->log) == 0;
	strbuf_free(&lines);
	strbuf_free(&saved);
	return good;
}
