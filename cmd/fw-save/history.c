/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-save/save.h"
#include "base/number.h"
#include "host/lock.h"
#include "store/prune.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

unsigned save_generation(struct save *save, const char *word)
{
	uint64_t number = 0;

	if (strcmp(word, "good") == 0 || strcmp(word, "previous") == 0)
		number = state_link(&save->state, word);
	else if (!number_read(word, 999999999, &number))
		number = 0;
	if (number == 0)
		diag_add(save->log, DIAG_GENERATION, NULL, NULL, "there is no generation %s in %s", word, save->state.dir);
	return (unsigned)number;
}

static const char *link_note(const struct save *save, unsigned number)
{
	if (number == state_link(&save->state, "good"))
		return "  (good)";
	return number == state_link(&save->state, "previous") ? "  (previous)" : "";
}

static void print_generation(const struct save *save, const struct generation *generation)
{
	printf("%10u  %-20s  %-8s  %5zu  %5zu  %8llu  %s%s\n", generation->number, generation->when, generation->who,
	       rules_count(&generation->rules[0]), rules_count(&generation->rules[1]),
	       state_size(&save->state, generation->number), generation->from, link_note(save, generation->number));
}

/* Reads all generations, and reports each damaged one. */
static void read_all(struct save *save, bool print)
{
	state_numbers numbers = { 0 };
	int err = state_list(&save->state, STATE_KEPT, &numbers);

	if (err != 0)
		diag_system(save->log, err, "%s", save->state.dir);
	for (size_t i = 0; i < numbers.len; i++) {
		struct generation generation;

		if (!generation_read(&generation, &save->state, numbers.item[i]))
			diag_add(save->log, DIAG_GENERATION, NULL, NULL, "generation %u is damaged: %s%s",
				 generation.number, strbuf_text(&generation.fault),
				 link_note(save, generation.number));
		if (print)
			print_generation(save, &generation);
		generation_free(&generation);
	}
	vec_free(&numbers);
}

void save_list(struct save *save)
{
	printf("%10s  %-20s  %-8s  %5s  %5s  %8s  %s\n", "GENERATION", "LOADED", "BY", "IPV4", "IPV6", "BYTES", "FROM");
	read_all(save, true);
}

/* A mistyped directory, or a history that has disappeared, must not look intact. */
void save_verify(struct save *save)
{
	unsigned good = state_link(&save->state, "good");
	state_numbers numbers = { 0 };
	bool found = false;

	if (state_list(&save->state, STATE_KEPT, &numbers) == 0) {
		for (size_t i = 0; i < numbers.len; i++)
			found |= numbers.item[i] == good;
		if (good != 0 && !found)
			diag_add(save->log, DIAG_GENERATION, NULL, NULL, "generation %06u is the good one, but it is missing", good);
		else if (numbers.len == 0)
			diag_add(save->log, DIAG_GENERATION, NULL, NULL, "there is no generation in %s", save->state.dir);
	}
	vec_free(&numbers);
	read_all(save, false);
}

void save_show(struct save *save)
{
	struct generation generation;
	unsigned number = save_generation(save, save->options.operand[0]);

	if (number == 0)
		return;
	if (!generation_read(&generation, &save->state, number))
		diag_add(save->log, DIAG_GENERATION, NULL, NULL, "%s", strbuf_text(&generation.fault));
	else if (save->options.families == FAMILY_BOTH)
		fwrite(generation.input.data, 1, generation.input.len, stdout);
	else
		fwrite(strbuf_text(&generation.text[save->options.families == FAMILY_IPV6]), 1,
		       generation.text[save->options.families == FAMILY_IPV6].len, stdout);
	generation_free(&generation);
}

/* Takes the lock of fw-load, because good and previous must not change meanwhile. */
void save_keep(struct save *save)
{
	struct strbuf path = STRBUF_INIT;
	int err = access(save->state.dir, F_OK) != 0 && errno == ENOENT ? -ENOENT : state_make(&save->state);
	int lock = err == 0 ? lock_file(state_run_path(&save->state, "lock", &path), save->options.wait) : err;

	if (lock == -EWOULDBLOCK)
		diag_add(save->log, DIAG_SYSTEM, NULL, NULL, "%s is held by fw-load; waited %u s", strbuf_text(&path),
			 save->options.wait);
	else if (lock < 0)
		diag_system(save->log, lock, "%s", err == 0 ? strbuf_text(&path) : save->state.dir);
	else
		err = generations_prune(&save->state, save->options.keep);
	if (lock >= 0 && err != 0)
		diag_system(save->log, err, "%s", save->state.dir);
	if (lock >= 0)
		close(lock);
	strbuf_free(&path);
}
