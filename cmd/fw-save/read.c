/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/file.h"
#include "fw-save/save.h"
#include "store/journal.h"
#include "store/store_v1.h"

#include <errno.h>
#include <string.h>

enum { FILE_MAX = 64 << 20 };

/* The generation that waits for its confirmation, whose rules are in force; 0: none. */
static unsigned waiting_load(const struct save *save)
{
	struct journal journal;
	struct pending pending;
	unsigned number = 0;

	if (state_old_pending(&save->state, &pending) == -EBUSY && pending.deadline != 0)
		return pending.generation;
	if (journal_read(&save->state, &journal) == 0 && journal.deadline != 0 &&
	    strcmp(journal.boot, save->state.boot) == 0)
		number = journal.generation;
	journal_free(&journal);
	return number;
}

/* The generation in force: the good one, or one that waits for its confirmation. */
static unsigned last_load(const struct save *save)
{
	unsigned waiting = waiting_load(save);

	return waiting != 0 ? waiting : state_link(&save->state, "good");
}

bool save_read_good(struct save *save)
{
	unsigned number = save->loaded = last_load(save);

	if (number != state_link(&save->state, "good"))
		diag_add(save->log, DIAG_SAVE_WARNING, NULL, NULL,
			 "generation %06u is in force and waits for its confirmation; confirm it with: fw-load --confirm-now", number);
	if (number == 0 || generation_read_waiting(&save->good, &save->state, number))
		return true;
	/* with --all, only its settings and modules would be used */
	if (save->options.all) {
		generation_free(&save->good);
		save->good = (struct generation){ .number = 0 };
		return true;
	}
	diag_add(save->log, DIAG_SYSTEM, NULL, NULL, "the last load in %s is damaged: %s; use --all to save all rules in force",
		 save->state.dir, strbuf_text(&save->good.fault));
	return false;
}

/* Rules of both backends filter the same packets, and the iptables-save of one does not show those of the other. */
static void warn_other(struct save *save, const struct backend *backend)
{
	const char *other = backend_conflict(backend->kind);

	if (other != NULL)
		diag_add(save->log, DIAG_SAVE_WARNING, NULL, NULL, "rules of %s are also in force, but are not read",
			 other);
}

bool save_read_live(struct save *save)
{
	const struct fw_save_options *options = &save->options;
	struct backend backend;
	bool good = backend_find(&backend, options->backend, save->log);

	if (good)
		warn_other(save, &backend);
	good = good && dump_read(&save->dump, &backend, options->families, options->wait, save->log);
	backend_free(&backend);
	return good;
}

static bool read_file(struct save *save, int family, bool *found)
{
	struct strbuf path = STRBUF_INIT;
	const char *note;
	size_t len;
	int err;
	bool good;

	strbuf_printf(&path, "%s%s", save->options.root, layout_path(save->options.from, family));
	err = file_read_path(strbuf_text(&path), &save->dump.text[family], FILE_MAX);
	note = saver_left_out(&save->dump.text[family], &len);
	if (err == 0 && note != NULL) {
		diag_add(save->log, DIAG_SYSTEM, NULL, NULL, "%s is incomplete: %.*s",
			 strbuf_text(&path), (int)len, note);
		strbuf_free(&path);
		return false;
	}
	good = err == 0 && rules_read(&save->dump.rules[family], strbuf_text(&path),
				      strbuf_text(&save->dump.text[family]), save->dump.text[family].len, save->log);
	if (err == -ENOENT)
		diag_add(save->log, DIAG_SAVE_WARNING, NULL, NULL, "%s does not exist: there are no %s rules", strbuf_text(&path),
			 family_name(family));
	else if (err != 0)
		diag_system(save->log, err, "%s", strbuf_text(&path));
	*found = *found || err == 0;
	strbuf_free(&path);
	return good || err == -ENOENT;
}

bool save_read_files(struct save *save)
{
	bool found = false, good = true;

	for (int i = 0; i < FAMILIES; i++)
		if (family_has(save->options.families, i))
			good = read_file(save, i, &found) && good;
	if (good && !found)
		diag_add(save->log, DIAG_SYSTEM, NULL, NULL, "no file to read");
	return good && found;
}

bool save_is_still(struct save *save)
{
	if (last_load(save) == save->loaded)
		return true;
	diag_add(save->log, DIAG_SYSTEM, NULL, NULL, "fw-load loaded other rules meanwhile: run this again");
	return false;
}
