/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sets.h"
#include "base/vec.h"
#include "host/spawn.h"
#include "text/token.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Beside the set itself: 31 bytes are the limit of a name. */
static const char beside[] = "fw-load-new";

static bool run_ipset(const struct netns *netns, const char *first, const char *second, const struct strbuf *text,
		      struct strbuf *out, struct strbuf *err)
{
	struct spawn spawn = SPAWN_INIT;
	bool good;

	spawn.argv[0] = "ipset";
	spawn.argv[1] = first;
	spawn.argv[2] = second;
	spawn.netns = netns;
	spawn.input = text != NULL ? strbuf_text(text) : NULL;
	spawn.input_len = text != NULL ? text->len : 0;
	spawn_run(&spawn, 1);
	good = spawn_good(&spawn);
	if (out != NULL)
		strbuf_add(out, strbuf_text(&spawn.out), spawn.out.len);
	if (err != NULL && !good)
		strbuf_puts(err, spawn.failure != 0 ? strerror(-spawn.failure) : strbuf_text(&spawn.err));
	spawn_free(&spawn);
	return good;
}

static void complain(const struct set *set, const struct strbuf *err, struct diag_log *log)
{
	diag_add(log, DIAG_LOAD, NULL, NULL, "set %s: %.*s", set->name, (int)strcspn(strbuf_text(err), "\n"),
		 strbuf_text(err));
}

static void write_members(const char *members, const char *name, struct strbuf *out)
{
	for (const char *line = members; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		strbuf_printf(out, "add %s %.*s\n", name, (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static int line_order(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* `ipset save` of a set, its name left out and its members sorted: two of them are the same or not. */
static void normal_form(const struct strbuf *saved, const char *name, struct strbuf *out)
{
	VEC(char *) lines = { 0 };
	char *copy = strdup(strbuf_text(saved)), *next = copy;
	size_t skip = strlen(name);

	for (char *line; copy != NULL && (line = strsep(&next, "\n")) != NULL;) {
		char *at = strstr(line, name), *seed = strstr(line, " initval ");

		if (at != NULL)
			memmove(at, at + skip, strlen(at + skip) + 1);
		seed = at != NULL ? strstr(line, " initval ") : seed;
		if (seed != NULL)
			*seed = '\0';
		if (*line != '\0' && !vec_push(&lines, line))
			break;
	}
	if (lines.len > 1)
		qsort(lines.item, lines.len, sizeof(*lines.item), line_order);
	for (size_t i = 0; i < lines.len; i++) {
		strbuf_puts(out, lines.item[i]);
		strbuf_putc(out, '\n');
	}
	vec_free(&lines);
	free(copy);
}

bool set_rehearse(struct set *set, const struct netns *netns, struct diag_log *log)
{
	struct strbuf text = STRBUF_INIT, err = STRBUF_INIT, saved = STRBUF_INIT;
	bool good;

	strbuf_printf(&text, "create %s %s\n", set->name, strbuf_text(&set->type));
	write_members(strbuf_text(&set->members), set->name, &text);
	good = run_ipset(netns, "restore", NULL, &text, NULL, &err) &&
	       run_ipset(netns, "save", set->name, NULL, &saved, &err);
	if (!good)
		complain(set, &err, log);
	strbuf_reset(&set->made);
	normal_form(&saved, set->name, &set->made);
	strbuf_free(&text);
	strbuf_free(&err);
	strbuf_free(&saved);
	return good;
}

bool set_stands(const struct set *set)
{
	struct strbuf now = STRBUF_INIT;
	bool same;

	normal_form(&set->before, set->name, &now);
	same = set->existed && set->made.len > 0 && !now.failed &&
	       strcmp(strbuf_text(&now), strbuf_text(&set->made)) == 0;
	strbuf_free(&now);
	return same;
}

/* Swaps what `create` and `members` make with the set of that name, unless they are the same. */
static bool fill_and_swap(struct set *set, const struct strbuf *create, bool *changed, struct strbuf *err)
{
	struct strbuf fresh = STRBUF_INIT, a = STRBUF_INIT, b = STRBUF_INIT, now = STRBUF_INIT;
	bool good;

	run_ipset(NULL, "destroy", beside, NULL, NULL, NULL);
	good = run_ipset(NULL, "restore", NULL, create, NULL, err) &&
	       run_ipset(NULL, "save", beside, NULL, &fresh, err) && run_ipset(NULL, "save", set->name, NULL, &now, err);
	normal_form(&fresh, beside, &a);
	normal_form(&now, set->name, &b);
	*changed = good && strcmp(strbuf_text(&a), strbuf_text(&b)) != 0;
	if (*changed) {
		struct spawn spawn = SPAWN_INIT;
		const char *const argv[] = { "ipset", "swap", beside, set->name };

		memcpy(spawn.argv, argv, sizeof(argv));
		spawn_run(&spawn, 1);
		good = spawn_good(&spawn);
		if (!good)
			strbuf_puts(err, strbuf_text(&spawn.err));
		spawn_free(&spawn);
	}
	run_ipset(NULL, "destroy", beside, NULL, NULL, NULL);
	strbuf_free(&fresh);
	strbuf_free(&now);
	strbuf_free(&a);
	strbuf_free(&b);
	return good;
}

void set_look(struct set *set)
{
	strbuf_reset(&set->before);
	set->existed = run_ipset(NULL, "save", set->name, NULL, &set->before, NULL);
}

bool set_put(struct set *set, struct diag_log *log)
{
	struct strbuf text = STRBUF_INIT, err = STRBUF_INIT;
	bool good = true;

	if (!set->existed) {
		strbuf_printf(&text, "create %s %s\n", set->name, strbuf_text(&set->type));
		good = run_ipset(NULL, "restore", NULL, &text, NULL, &err);
		strbuf_reset(&text);
		set->changed = good;
	}
	strbuf_printf(&text, "create %s %s\n", beside, strbuf_text(&set->type));
	write_members(strbuf_text(&set->members), beside, &text);
	if (good) {
		bool swapped;

		good = fill_and_swap(set, &text, &swapped, &err);
		set->changed = set->changed || swapped;
	}
	if (!good)
		complain(set, &err, log);
	strbuf_free(&text);
	strbuf_free(&err);
	return good;
}

bool set_put_back(struct set *set, struct diag_log *log)
{
	struct strbuf text = STRBUF_INIT, err = STRBUF_INIT;
	bool good = true, swapped;

	if (!set->changed)
		return true;
	if (!set->existed) {
		good = run_ipset(NULL, "destroy", set->name, NULL, NULL, &err);
	} else {
		size_t name = strlen(set->name);

		/* Each line is "create NAME ..." or "add NAME ...". */
		for (const char *line = strbuf_text(&set->before); *line != '\0';) {
			size_t len = strcspn(line, "\n"), verb = strcspn(line, " ");

			if (verb + 1 + name <= len)
				strbuf_printf(&text, "%.*s %s%.*s\n", (int)verb, line, beside,
					      (int)(len - verb - 1 - name), line + verb + 1 + name);
			line += len + (line[len] == '\n');
		}
		good = fill_and_swap(set, &text, &swapped, &err);
	}
	if (!good)
		complain(set, &err, log);
	set->changed = !good;
	strbuf_free(&text);
	strbuf_free(&err);
	return good;
}

bool sets_save(struct strbuf *out, struct diag_log *log)
{
	struct strbuf err = STRBUF_INIT;
	bool good = run_ipset(NULL, "save", NULL, NULL, out, &err);

	if (!good)
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "ipset save: %.*s", (int)strcspn(strbuf_text(&err), "\n"),
			 strbuf_text(&err));
	strbuf_free(&err);
	return good;
}

void sets_mirror(const struct netns *netns, const char *const *except, size_t count)
{
	struct strbuf saved = STRBUF_INIT, text = STRBUF_INIT;

	if (run_ipset(NULL, "save", NULL, NULL, &saved, NULL)) {
		for (const char *line = strbuf_text(&saved); *line != '\0';) {
			size_t len = strcspn(line, "\n");
			struct token verb = token_after(line, len, 0), name = token_next(line, len, &verb);
			bool wanted = token_is(&verb, "create");

			for (size_t i = 0; i < count; i++)
				wanted = wanted && !token_is(&name, except[i]);
			if (wanted) {
				strbuf_add(&text, line, len);
				strbuf_putc(&text, '\n');
			}
			line += len + (line[len] == '\n');
		}
		run_ipset(netns, "restore", NULL, &text, NULL, NULL);
	}
	strbuf_free(&saved);
	strbuf_free(&text);
}
