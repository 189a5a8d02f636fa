/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Differences in settings, sets, modules and chains to keep. */
#include "host/sets.h"
#include "host/sysctl.h"
#include "transaction/drift.h"

#include <errno.h>
#include <string.h>

/* Writes the heading, unless it has been written, then each line with its sign. */
static void write_lines(struct drift *drift, const char *heading, char sign, const char *lines, bool *headed)
{
	while (*lines != '\0') {
		struct piece line = set_next_line(&lines);

		if (!*headed)
			strbuf_printf(&drift->out, "%s:\n", heading);
		*headed = true;
		drift->count++;
		strbuf_printf(&drift->out, "%c %.*s\n", sign, (int)line.len, line.text);
	}
}

/* Writes the lines that only one of the two texts has. */
static int compare_lines(struct drift *drift, const char *heading, const char *old, const char *now)
{
	struct strbuf gone = STRBUF_INIT, came = STRBUF_INIT;
	bool headed = false, good = set_lines_without(old, now, &gone) && set_lines_without(now, old, &came);

	if (good) {
		write_lines(drift, heading, '-', strbuf_text(drift->reversed ? &came : &gone), &headed);
		write_lines(drift, heading, '+', strbuf_text(drift->reversed ? &gone : &came), &headed);
	}
	strbuf_free(&gone);
	strbuf_free(&came);
	return good && !drift->out.failed ? 0 : -ENOMEM;
}

/* In a container the kernel also shows settings of the whole machine, which fw-load does not change. */
static bool belongs_to_machine(const struct sysctl *sysctl)
{
	return sysctl_may_be_shared(sysctl) && !sysctl_writable(sysctl->key);
}

static int compare_setting(struct drift *drift, const struct sysctl *sysctl)
{
	struct strbuf value = STRBUF_INIT, heading = STRBUF_INIT, old = STRBUF_INIT, now = STRBUF_INIT;
	int err = 0;

	if (sysctl_read(sysctl->key, &value) == 0 && strcmp(strbuf_text(&value), sysctl->value) != 0 && !belongs_to_machine(sysctl)) {
		strbuf_printf(&heading, "setting %s", sysctl->key);
		strbuf_printf(&old, "%s=%s", sysctl->key, sysctl->value);
		strbuf_printf(&now, "%s=%s", sysctl->key, strbuf_text(&value));
		err = compare_lines(drift, strbuf_text(&heading), strbuf_text(&old), strbuf_text(&now));
		drift->count--; /* two lines, but one difference */
	}
	strbuf_free(&value);
	strbuf_free(&heading);
	strbuf_free(&old);
	strbuf_free(&now);
	return err;
}

/* words and members: of the set in force; NULL: there is no such set. */
static int compare_set(struct drift *drift, const struct set *set, const char *words, const char *members)
{
	struct strbuf heading = STRBUF_INIT;
	int err = 0;

	strbuf_printf(&heading, "set %s", set->name);
	if (words == NULL)
		err = compare_lines(drift, strbuf_text(&heading), set->type.len > 0 ? strbuf_text(&set->type) : "of any type", "");
	else if (set->type.len > 0 && set_compare(strbuf_text(&set->type), words) == SET_OTHER_TYPE)
		err = compare_lines(drift, strbuf_text(&heading), strbuf_text(&set->type), words);
	if (err == 0 && words != NULL && !set->open && set->members.len > 0)
		err = compare_lines(drift, strbuf_text(&heading), strbuf_text(&set->members), members);
	strbuf_free(&heading);
	return err;
}

static int compare_set_now(struct drift *drift, const struct set *set)
{
	struct strbuf saved = STRBUF_INIT, words = STRBUF_INIT, members = STRBUF_INIT;
	int err = ipset_save(NULL, set->name, &saved);

	if (err == 0)
		err = set_split(&saved, &words, &members) ?
			      compare_set(drift, set, strbuf_text(&words), strbuf_text(&members)) : -ENOMEM;
	else if (err == -ENOENT)
		err = compare_set(drift, set, NULL, NULL);
	else if (err != -ENOMEM)
		err = 0; /* without ipset, or without the privilege to ask, nothing is known about it */
	strbuf_free(&saved);
	strbuf_free(&words);
	strbuf_free(&members);
	return err;
}

int drift_extras(struct drift *drift, const struct extras *old)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < old->sysctls.len; i++)
		err = compare_setting(drift, &old->sysctls.item[i]);
	for (size_t i = 0; err == 0 && i < old->sets.len; i++)
		err = compare_set_now(drift, &old->sets.item[i]);
	return err;
}

int drift_directives(struct drift *drift, const struct extras *old, const struct extras *now)
{
	struct strbuf before = STRBUF_INIT, after = STRBUF_INIT;
	int err;

	extras_write_named(old, &before);
	extras_write_named(now, &after);
	err = before.failed || after.failed ? -ENOMEM :
					      compare_lines(drift, "modules, settings and sets", strbuf_text(&before), strbuf_text(&after));
	strbuf_free(&before);
	strbuf_free(&after);
	return err;
}
