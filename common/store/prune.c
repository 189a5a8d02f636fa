/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/prune.h"
#include "store/disk.h"
#include "store/journal.h"
#include "store/store_v1.h"

#include <errno.h>
#include <string.h>

static int prune_kept(const struct state *state, unsigned keep)
{
	unsigned good = state_link(state, "good"), previous = state_link(state, "previous");
	struct pending pending;
	state_numbers numbers = { 0 };
	int err;

	if (state_read_pending(state, &pending) != 0)
		pending.generation = 0;
	err = state_list(state, STATE_KEPT, &numbers);
	if (err != 0)
		numbers.len = 0; /* remove nothing if the list is incomplete */
	for (size_t i = 0; i + keep < numbers.len; i++) {
		unsigned number = numbers.item[i];
		bool named = number == good || number == previous || number == pending.generation;
		int one = named ? 0 : state_remove(state, number);

		err = err == 0 ? one : err;
	}
	vec_free(&numbers);
	return err;
}

/* The generation of a journal of this boot; 0: there is none. False: the journal cannot be read. */
static bool live_load(const struct state *state, unsigned *generation)
{
	struct journal journal;
	int err = journal_read(state, &journal);

	*generation = err == 0 && strcmp(journal.boot, state->boot) == 0 ? journal.generation : 0;
	journal_free(&journal);
	return err == 0 || err == -ENOENT;
}

static int prune_new(const struct state *state)
{
	unsigned live, newest = state_newest(state);
	struct strbuf path = STRBUF_INIT;
	state_numbers numbers = { 0 };
	int err = 0;

	if (live_load(state, &live))
		err = state_list(state, STATE_NEW, &numbers);
	for (size_t i = 0; err == 0 && i < numbers.len; i++)
		if (numbers.item[i] != live && numbers.item[i] != newest)
			err = disk_remove(state, state_file_path(state, numbers.item[i], STATE_NEW, &path));
	strbuf_free(&path);
	vec_free(&numbers);
	return err;
}

int generations_prune(const struct state *state, unsigned keep)
{
	int err = prune_kept(state, keep), other = prune_new(state);

	return err == 0 ? other : err;
}
