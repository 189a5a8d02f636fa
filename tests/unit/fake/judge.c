/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/generation.h"
#include "fake/judge.h"
#include "fake/packets.h"
#include "fake/writers.h"
#include "store/generation.h"
#include "store/journal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void wrong(struct trial *trial, const char *what)
{
	if (trial->wrong == NULL)
		trial->wrong = what;
}

/* --- packets ------------------------------------------------------------------------------------------ */

static bool forwards(struct fake_kernel *kernel, int family)
{
	return fake_setting(kernel, family == 0 ? KEY_IPV4 : KEY_IPV6)->value == fake_word_text("1");
}

static uint32_t forwarded(struct fake_kernel *kernel, int family)
{
	return forwards(kernel, family) ? fake_accepts(kernel, family, "FORWARD") : 0;
}

void judge_allow(struct trial *trial, struct fake_kernel *kernel)
{
	for (int i = 0; i < FAMILIES; i++) {
		trial->may_accept[i] |= fake_accepts(kernel, i, "INPUT");
		trial->may_forward[i] |= forwarded(kernel, i);
	}
}

void judge_allow_bare(struct trial *trial, unsigned side)
{
	struct fake_kernel bare = trial_with(trial, side, false);

	judge_allow(trial, &trial->door.kernel);
	judge_allow(trial, &bare);
}

void judge_begin(struct trial *trial)
{
	for (int i = 0; i < FAMILIES; i++)
		trial->may_accept[i] = trial->may_forward[i] = 0;
	trial->may_open = false;
	judge_allow(trial, &trial->start);
	judge_allow(trial, &trial->old);
	judge_allow(trial, &trial->new);
}

void judge_written(struct trial *trial)
{
	struct fake_kernel *kernels[] = { &trial->start, &trial->old, &trial->new };

	judge_allow(trial, &trial->door.kernel);
	for (size_t i = 0; i < ARRAY_LEN(kernels); i++) {
		struct fake_kernel kernel = *kernels[i];

		(void)!trial->writer->write(&kernel, trial->writer_family, trial->written - 1);
		judge_allow(trial, &kernel);
	}
}

/* The safe rules accept the administrator, banned or not. */
static bool family_is_safe(struct trial *trial, int family);

void judge_packets(struct trial *trial)
{
	struct fake_kernel *kernel = &trial->door.kernel;

	for (int i = 0; i < FAMILIES && !trial->may_open; i++) {
		if ((fake_accepts(kernel, i, "INPUT") & ~trial->may_accept[i]) != 0 && !family_is_safe(trial, i))
			wrong(trial, "INPUT lets in what neither the old nor the new rules let in");
		if ((forwarded(kernel, i) & ~trial->may_forward[i]) != 0)
			wrong(trial, "the host forwards what neither the old nor the new rules forward");
	}
}

/* --- states ------------------------------------------------------------------------------------------- */

bool trial_is(struct trial *trial, const struct fake_kernel *expected)
{
	const struct fake_kernel *kernel = &trial->door.kernel;

	return fake_rules_same(kernel, expected, 0, NULL) && fake_rules_same(kernel, expected, 1, NULL) &&
	       fake_settings_same(kernel, expected) && fake_sets_same(kernel, expected);
}

/* The text of the safe rules with its marks, as far as the fake kernel understands it. */
static void make_safe(struct fake_kernel *kernel, int family)
{
	struct strbuf text = STRBUF_INIT;
	const char *mark = family == 0 ? "-4 " : "-6 ", *program, *why;
	unsigned number = 1;

	for (const char *line = safe_rules; *line != '\0'; line += strcspn(line, "\n") + 1) {
		bool marked = line[0] == '-' && (line[1] == '4' || line[1] == '6');
		size_t len = strcspn(line, "\n") + 1;

		if (!marked || strncmp(line, mark, 3) == 0)
			strbuf_add(&text, line + (marked ? 3 : 0), len - (marked ? 3 : 0));
	}
	program = strbuf_text(&text);
	(void)!fake_restore(kernel, family, true, &program, &number, &why);
	strbuf_free(&text);
}

static bool family_is_safe(struct trial *trial, int family)
{
	static struct fake_kernel safe;

	if (safe.rules[family].count == 0)
		make_safe(&safe, family);
	return fake_rules_same(&trial->door.kernel, &safe, family, "filter");
}

static bool is_closed(struct fake_kernel *kernel, int family, const char *chain)
{
	const struct fake_chain *there = fake_chain(fake_table(kernel, family, "filter"), fake_word_text(chain));

	return there != NULL && there->policy == fake_word_text("DROP") && there->count == 0;
}

/* The rules of one family could be restored, or the load did not change them. judge_packets checks the settings. */
static bool is_back(struct trial *trial, int family)
{
	return fake_rules_same(&trial->door.kernel, &trial->old, family, NULL);
}

/* If the safe rules are refused, closed chains are enough. */
enum family trial_safe_families(struct trial *trial)
{
	struct fake_kernel *kernel = &trial->door.kernel;
	enum family safe = FAMILY_NONE;

	for (int i = 0; i < FAMILIES; i++)
		if (family_is_safe(trial, i) || (is_closed(kernel, i, "INPUT") && is_closed(kernel, i, "FORWARD")))
			safe |= family_bit(i);
	return safe;
}

bool trial_is_safe(struct trial *trial)
{
	enum family safe = trial_safe_families(trial);

	for (int i = 0; i < FAMILIES; i++)
		if (!family_has(safe, i) && !is_back(trial, i))
			return false;
	return safe != FAMILY_NONE;
}

static bool take_back(struct trial *trial, const struct fake_kernel *expected)
{
	const struct trial_writer *writer = trial->writer;
	struct fake_kernel *kernel = &trial->door.kernel;

	if (writer->in_effect != NULL && !writer->in_effect(kernel, trial->writer_family))
		return false;
	return writer->take_back(kernel, trial->writer_family, trial->written, expected);
}

static bool has_chain(const struct trial *trial, const struct fake_kernel *kernel, const char *chain)
{
	struct fake_kernel copy = *kernel;

	return fake_chain(fake_table(&copy, trial->writer_family, "filter"), fake_word_text(chain)) != NULL;
}

/* A ban in a chain of ours is lost with the chain, if the load or undoing removes the chain. */
static bool went_with_chain(const struct trial *trial, const struct fake_kernel *expected)
{
	const char *chain = trial->writer->chain;

	return chain != NULL && (!has_chain(trial, expected, chain) || !has_chain(trial, &trial->new, chain));
}

/* The same, apart from the changes of another program, each of which must be there once. */
static bool is_with_writes(struct trial *trial, const struct fake_kernel *expected)
{
	struct fake_kernel kept = trial->door.kernel;
	bool same;

	if (trial->written > 0 && went_with_chain(trial, expected))
		trial_drop_bans(&trial->door.kernel, trial->writer_family, trial->written, trial->writer->chain);
	else if (trial->written > 0 && !take_back(trial, expected)) {
		trial->door.kernel = kept;
		wrong(trial, "something that another program did is lost, or there twice");
		return false;
	}
	same = trial_is(trial, expected);
	trial->door.kernel = kept;
	return same;
}

/* --- the end of a run --------------------------------------------------------------------------------- */

static bool is_done(const struct trial *trial)
{
	return trial->result == RESULT_DONE;
}

/*
 * A set, or a setting that the load closed, could not be restored. That does not replace good rules, so they are in force,
 * and the journal tells the next run to try again.
 */
static bool is_all_but_rest(struct trial *trial)
{
	const struct fake_kernel *kernel = &trial->door.kernel;
	struct journal journal;
	bool rest = journal_read(&trial->state, &journal) == 0 && journal.rest;

	journal_free(&journal);
	if (!rest || !fake_rules_same(kernel, &trial->old, 0, NULL) || !fake_rules_same(kernel, &trial->old, 1, NULL))
		return false;
	fake_rewind(&trial->door);
	return trial_recover(trial) == RESULT_DONE && trial_is(trial, &trial->old);
}

/* At boot: the previous generation, the safe rules, or only closed policies. */
static void judge_fallback(struct trial *trial)
{
	if (!is_with_writes(trial, &trial->old) && !trial_is_safe(trial) && (trial->written > 0 || !is_all_but_rest(trial)))
		wrong(trial, "after a boot neither the previous generation nor anything safe is in force");
}

/* The result must say truthfully what is in force. */
static void judge_state(struct trial *trial)
{
	if (trial->written > 0 && !is_done(trial) && trial->result != RESULT_OTHER &&
	    trial->result != (trial->flow == FLOW_BOOT ? RESULT_FALLBACK : RESULT_UNCONFIRMED))
		wrong(trial, "another program's write is told as something else");
	if (trial->result == RESULT_FALLBACK) {
		judge_fallback(trial);
	} else if (trial->result == RESULT_SAFE) {
		if (!trial_is_safe(trial))
			wrong(trial, "the safe rules should be in force, and are not");
	} else if (is_done(trial)) {
		if (!is_with_writes(trial, &trial->new))
			wrong(trial, "the load should be in force, and is not, or not all of it");
	} else if (!is_with_writes(trial, &trial->old) && (trial->written > 0 || !is_all_but_rest(trial))) {
		wrong(trial, "everything should be as it was, and is not");
	}
}

static bool journal_is_there(const struct trial *trial)
{
	struct strbuf path = STRBUF_INIT;
	bool there = access(state_run_path(&trial->state, "journal", &path), F_OK) == 0;

	strbuf_free(&path);
	return there;
}

/* The good generation must be that of the rules in force. */
static void judge_disk(struct trial *trial)
{
	unsigned good = state_link(&trial->state, "good");
	struct generation generation = { .number = 0 };

	if (trial->flow != FLOW_BOOT && good != (is_done(trial) ? trial->next : trial->good))
		wrong(trial, "another generation is the good one than the result says");
	if (good != 0 && !generation_read(&generation, &trial->state, good))
		wrong(trial, "the good generation is not whole");
	generation_free(&generation);
	if (trial->flow == FLOW_ROLLBACK && !generation_read(&generation, &trial->state, trial->next))
		wrong(trial, "the generation of the rollback is gone");
	generation_free(&generation);
}

/* Files that could not be removed must be useful or harmless to the next run. */
static void judge_journal(struct trial *trial)
{
	struct journal journal;
	int err = journal_read(&trial->state, &journal);

	journal_free(&journal);
	if (err == -ENOENT)
		return;
	if (err != 0) {
		wrong(trial, "the journal cannot be read");
		return;
	}
	fake_rewind(&trial->door);
	trial->written = 0;
	if (trial->result == RESULT_SAFE)
		judge_allow_bare(trial, trial->to);
	(void)trial_load(trial, trial->to, 0, 0);
	if (journal_is_there(trial))
		wrong(trial, "the next run leaves the journal where it is");
}

void judge_end(struct trial *trial)
{
	judge_state(trial);
	judge_disk(trial);
	if (trial->wrong == NULL)
		judge_journal(trial);
}

/* The next process must repair what a dead one left on disk. */
static void judge_tidy(struct trial *trial)
{
	struct fake_disk disk;

	if (journal_is_there(trial))
		wrong(trial, "the journal is still there");
	if (state_link(&trial->state, "good") != 0 && state_link(&trial->state, "good") == state_link(&trial->state, "previous"))
		wrong(trial, "the good generation is the previous one too");
	fake_disk_read(&disk, trial->dir);
	for (size_t i = 0; i < disk.files.len; i++)
		if (strstr(disk.files.item[i].name, ".tmp") != NULL)
			wrong(trial, "a temporary file is left");
	fake_disk_free(&disk);
}

void judge_boot(struct trial *trial, const struct fake_kernel *expected)
{
	if (trial->result != RESULT_DONE)
		wrong(trial, "--boot does not put the good generation in force");
	else if (!trial_is(trial, expected))
		wrong(trial, "something else is in force than --boot says");
	judge_tidy(trial);
}

void judge_next(struct trial *trial, const struct fake_kernel *expected)
{
	if (trial->result != RESULT_DONE)
		wrong(trial, "the next load fails");
	else if (!trial_is(trial, expected))
		wrong(trial, "the next load is not in force, or not all of it");
	judge_tidy(trial);
}
