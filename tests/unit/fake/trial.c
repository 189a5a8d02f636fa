/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fake/trial.h"
#include "fake/judge.h"
#include "fake/packets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- the library, as main uses it --------------------------------------------------------------------- */

static void remember(void *ctx, const struct diag *diag)
{
	struct trial *trial = ctx;

	strbuf_printf(&trial->said, "#   %s\n", diag->text);
}

static bool guard_alive(void *arg)
{
	(void)arg;
	return true;
}

static bool guard_dead(void *arg)
{
	(void)arg;
	return false;
}

static struct transaction *begin(struct trial *trial, struct diag_log *log, bool guard)
{
	struct transaction_hooks hooks = { .guard_start = fake_guard_start, .guard_alive = guard ? guard_alive : guard_dead,
					   .arg = &trial->door };

	*log = (struct diag_log){ .report = remember, .ctx = trial };
	trial->runs++;
	return transaction_begin(&trial->door.door, &trial->state, &hooks, log);
}

enum result trial_load(struct trial *trial, unsigned side, unsigned confirm, unsigned generation)
{
	struct diag_log log;
	struct transaction *t = begin(trial, &log, false);
	struct side_text text;
	struct request request = { .families = FAMILY_BOTH, .unknown = UNKNOWN_ADOPT, .rehearse = generation == 0,
				   .confirm = confirm, .generation = generation };
	enum result result = state_make(&trial->state) == 0 ? RESULT_DONE : RESULT_SYSTEM;

	side_text_make(&text, side);
	if (generation == 0) {
		request.input = &text.input;
		request.stream = &text.stream;
		request.canon = text.canon;
		request.extras = &text.extras;
	}
	if (result == RESULT_DONE)
		result = transaction_recover(t);
	if (result == RESULT_DONE)
		result = transaction_prepare(t, &request);
	if (result == RESULT_DONE)
		result = transaction_commit(t);
	transaction_end(t);
	side_text_free(&text);
	return result;
}

enum result trial_plan(struct trial *trial, unsigned side, unsigned generation, struct strbuf *plan)
{
	struct diag_log log;
	struct transaction *t = begin(trial, &log, false);
	struct side_text text;
	struct request request = { .families = FAMILY_BOTH, .unknown = UNKNOWN_ADOPT, .generation = generation, .plan_only = true };
	enum result result;

	side_text_make(&text, side);
	request.input = &text.input;
	request.stream = &text.stream;
	request.canon = text.canon;
	request.extras = &text.extras;
	result = transaction_prepare(t, &request);
	transaction_print(t, plan);
	transaction_end(t);
	side_text_free(&text);
	return result;
}

enum result trial_recover(struct trial *trial)
{
	struct diag_log log;
	struct transaction *t = begin(trial, &log, false);
	enum result result = transaction_recover(t);

	transaction_end(t);
	return result;
}

enum result trial_boot(struct trial *trial, bool first)
{
	struct diag_log log;
	struct transaction *t = begin(trial, &log, false);
	enum result result;

	(void)!state_make(&trial->state);
	result = transaction_boot(t, NULL, first);
	transaction_end(t);
	return result;
}

enum result trial_lapse(struct trial *trial)
{
	struct diag_log log;
	struct transaction *t = begin(trial, &log, true);
	enum result result;

	trial->door.now += 3600 * 1000;
	result = transaction_lapse(t);
	transaction_end(t);
	return result;
}

static enum result confirm(struct trial *trial)
{
	struct diag_log log;
	struct transaction *t = begin(trial, &log, true);
	enum result result = transaction_confirm(t);

	transaction_end(t);
	return result;
}

static enum result run_flow(struct trial *trial)
{
	enum result result;

	switch (trial->flow) {
	case FLOW_LAPSE:
	case FLOW_CONFIRM:
		result = trial_load(trial, trial->to, 60, 0);
		if (result == RESULT_DONE && trial->flow == FLOW_CONFIRM) {
			result = confirm(trial);
			if (result == RESULT_DONE)
				return result;
			result = RESULT_DONE;
		}
		return result == RESULT_DONE ? trial_lapse(trial) : result;
	case FLOW_ROLLBACK:
		return trial_load(trial, trial->to, 0, trial->next);
	case FLOW_BOOT:
		return trial_boot(trial, true);
	default:
		return trial_load(trial, trial->to, 0, 0);
	}
}

/* --- the schedule's hooks ----------------------------------------------------------------------------- */

static void keep_moment(struct trial *trial)
{
	struct moment moment = { .kernel = trial->door.kernel, .at = trial->door.points, .traced = trial->door.trace.len };
	struct fake_disk disk;

	if (trial->disk_moved || trial->disks.len == 0) {
		fake_disk_read(&disk, trial->dir);
		if (!vec_push(&trial->disks, disk))
			abort();
		trial->disk_moved = false;
	}
	moment.disk = trial->disks.len - 1;
	if (!vec_push(&trial->moments, moment))
		abort();
}

/* Called before every point: judges the effect of the previous point. */
static void at_point(void *arg, enum fake_point kind)
{
	struct trial *trial = arg;

	judge_packets(trial);
	if (trial->keep_moments)
		keep_moment(trial);
	trial->disk_moved = trial->disk_moved || kind == POINT_DISK;
	trial->disk_written = trial->disk_written || kind == POINT_DISK;
	if (trial->door.points < TRIAL_POINTS)
		trial->kinds[trial->door.points] = kind;
}

static void write_other(void *arg, struct fake_kernel *kernel)
{
	struct trial *trial = arg;

	if (trial->writer->rules && trial->kind == BACKEND_LEGACY)
		return; /* the lock is ours */
	if (!trial->writer->write(kernel, trial->writer_family, trial->written))
		return;
	trial->written++;
	trial->may_open = trial->may_open || trial->writer->opens;
	judge_written(trial);
}

/* --- a machine ---------------------------------------------------------------------------------------- */

static void set_hooks(struct trial *trial)
{
	trial->door.hooks = (struct fake_hooks){ .point = at_point, .write = write_other, .arg = trial };
	trial->state.gate = fake_gate;
	trial->state.gate_arg = &trial->door;
}

/* A boot has another id, and only the disk survives it. */
void trial_reboot(struct trial *trial)
{
	trial->door.kernel = trial->boot;
	snprintf(trial->state.boot, sizeof(trial->state.boot), "another boot");
}

static bool load_by(struct trial *trial, unsigned side, const struct fake_kernel *expected)
{
	enum result result = trial_load(trial, side, 0, 0);

	return result == RESULT_DONE && trial_is(trial, expected);
}

/* Makes the machine's state before the run, step by step. */
static bool make_history(struct trial *trial)
{
	struct fake_kernel *kernel = &trial->door.kernel;
	bool good = true;

	trial->new = trial->old = *kernel;
	side_apply(&trial->new, trial->to, &trial->boot, true);
	if (trial->flow == FLOW_ROLLBACK) /* one more generation between, so that no link names the older one */
		good = load_by(trial, trial->to, &trial->new) && trial_load(trial, trial->to ^ SIDE_OTHER, 0, 0) == RESULT_DONE;
	trial->old = *kernel;
	side_apply(&trial->old, trial->from, &trial->boot, true);
	if (!trial->first)
		good = good && load_by(trial, trial->from, &trial->old);
	trial->old = *kernel;
	trial->new = *kernel;
	side_apply(&trial->new, trial->to, &trial->boot, true);
	if (trial->flow == FLOW_BOOT)
		good = good && load_by(trial, trial->to, &trial->new);
	return good;
}

/* After a boot there are no sets and no bans. */
static void begin_boot(struct trial *trial)
{
	trial_reboot(trial);
	trial->old = trial->new = trial->boot;
	side_apply(&trial->old, trial->from, &trial->boot, false);
	side_apply(&trial->new, trial->to, &trial->boot, false);
}

bool trial_begin(struct trial *trial, enum backend_kind kind, enum trial_flow flow, unsigned from, unsigned to, bool first)
{
	bool good;

	*trial = (struct trial){ .kind = kind, .flow = flow, .from = from, .to = to, .first = first };
	snprintf(trial->dir, sizeof(trial->dir), "%s/fw-transaction-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(trial->dir) == NULL)
		return false;
	state_begin(&trial->state, trial->dir);
	snprintf(trial->state.boot, sizeof(trial->state.boot), "this boot");
	side_boot(&trial->boot, from);
	trial->door.kernel = trial->boot;
	side_bans(&trial->door.kernel);
	fake_open(&trial->door, kind);
	good = make_history(trial);
	if (!good)
		printf("# the history of the trial failed\n%s", strbuf_text(&trial->said));
	if (flow == FLOW_BOOT)
		begin_boot(trial);
	if (first)
		(void)!state_make(&trial->state);
	trial->good = state_link(&trial->state, "good");
	trial->next = flow == FLOW_ROLLBACK ? 1 : flow == FLOW_BOOT ? trial->good : state_newest(&trial->state) + 1;
	trial->start = trial->door.kernel;
	fake_disk_read(&trial->disk, trial->dir);
	set_hooks(trial);
	trial->disk_written = true;
	trial_reset(trial);
	return good;
}

static void forget_moments(struct trial *trial)
{
	for (size_t i = 0; i < trial->disks.len; i++)
		fake_disk_free(&trial->disks.item[i]);
	trial->disks.len = trial->moments.len = 0;
}

void trial_reset(struct trial *trial)
{
	forget_moments(trial);
	fake_rewind(&trial->door);
	if (trial->disk_written)
		fake_disk_write(&trial->disk, trial->dir);
	trial->door.kernel = trial->start;
	trial->written = 0;
	trial->wrong = NULL;
	trial->disk_moved = trial->disk_written = false;
	strbuf_reset(&trial->said);
	judge_begin(trial);
}

static void remove_folder(const char *dir, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	rmdir(path);
}

void trial_end(struct trial *trial)
{
	struct fake_disk nothing = { .files = { 0 } };

	forget_moments(trial);
	vec_free(&trial->disks);
	vec_free(&trial->moments);
	fake_disk_write(&nothing, trial->dir);
	remove_folder(trial->dir, "generations");
	remove_folder(trial->dir, "run");
	rmdir(trial->dir);
	fake_disk_free(&trial->disk);
	fake_free(&trial->door);
	strbuf_free(&trial->said);
}

/* --- runs ----------------------------------------------------------------------------------------------- */

/* Prints the settings, tables and sets in which the machine differs from a state. */
static void tell_difference(const struct trial *trial, const char *name, const struct fake_kernel *state)
{
	const struct fake_kernel *kernel = &trial->door.kernel;

	printf("#   against the %s state:", name);
	for (unsigned i = 0; i < kernel->setting_count; i++)
		if (kernel->setting[i].value != state->setting[i].value)
			printf(" %s=%s, not %s;", fake_text(kernel->setting[i].key), fake_text(kernel->setting[i].value),
			       fake_text(state->setting[i].value));
	for (int f = 0; f < FAMILIES; f++)
		if (!fake_rules_same(kernel, state, f, NULL))
			printf(" rules of %s%s;", family_name(f), fake_rules_same(kernel, state, f, "filter") ? " but not filter" : "");
	printf("%s\n", fake_sets_same(kernel, state) ? "" : " sets;");
}

static bool tell(struct trial *trial, const char *what)
{
	if (trial->wrong == NULL)
		return true;
	if (trial->failures++ < 3) {
		printf("# %s: %s; from %#x to %#x, result %d after %u points\n%s", what, trial->wrong, trial->from, trial->to,
		       trial->result, trial->door.points, strbuf_text(&trial->said));
		tell_difference(trial, "old", &trial->old);
		tell_difference(trial, "new", &trial->new);
	}
	return false;
}

bool trial_run(struct trial *trial, const char *what)
{
	trial->result = run_flow(trial);
	judge_packets(trial);
	judge_end(trial);
	return tell(trial, what);
}

void trial_run_blindly(struct trial *trial)
{
	trial->result = run_flow(trial);
	judge_packets(trial);
	trial->disk_moved = true;
	keep_moment(trial);
}

/* Leaves the machine as a process that dies does. */
void trial_go_to(struct trial *trial, const struct moment *moment)
{
	fake_rewind(&trial->door);
	fake_disk_write(&trial->disks.item[moment->disk], trial->dir);
	trial->disk_written = true;
	trial->door.kernel = moment->kernel;
	strbuf_reset(&trial->said);
	trial->wrong = NULL;
	judge_begin(trial);
}

bool trial_go_behind(struct trial *trial, const char *line)
{
	const char *at;
	struct moment moment;
	size_t i = 0;

	trial_reset(trial);
	trial->keep_moments = true;
	trial_run_blindly(trial);
	trial->keep_moments = false;
	at = strstr(strbuf_text(&trial->door.trace), line);
	while (i < trial->moments.len && trial->moments.item[i].traced <= (size_t)(at - strbuf_text(&trial->door.trace)))
		i++;
	if (at == NULL || i == trial->moments.len)
		return false;
	moment = trial->moments.item[i];
	trial_go_to(trial, &moment);
	return true;
}

struct fake_kernel trial_with(struct trial *trial, unsigned side, bool bans)
{
	struct fake_kernel kernel = side == trial->to ? trial->new : trial->old;

	if (!bans)
		side_apply(&kernel, side, &trial->boot, false);
	return kernel;
}

/* After the safe rules, only undoing by the journal restores the bans. */
static struct fake_kernel expect(struct trial *trial, unsigned side, enum family was_safe)
{
	struct fake_kernel bare = trial_with(trial, side, false), expected = trial_with(trial, side, true);

	for (int i = 0; i < FAMILIES; i++)
		if (family_has(was_safe, i) && fake_rules_same(&trial->door.kernel, &bare, i, NULL))
			expected.rules[i] = bare.rules[i];
	return expected;
}

/* Without a good generation, the rules in force stay, or the safe rules are loaded. */
static void boot_warm(struct trial *trial)
{
	unsigned good = state_link(&trial->state, "good"), side = good == trial->next ? trial->to : trial->from;
	enum family was_safe = trial_safe_families(trial);
	struct fake_kernel expected;

	if (was_safe != FAMILY_NONE)
		judge_allow_bare(trial, side);
	trial->result = trial_boot(trial, false);
	judge_packets(trial);
	expected = expect(trial, side, was_safe);
	if (good != 0)
		judge_boot(trial, &expected);
}

/* The state that the good generation gives a machine that has just booted. */
static void boot_cold(struct trial *trial)
{
	struct fake_kernel expected = trial->boot;
	char boot[HOST_BOOT_ID];
	unsigned good = state_link(&trial->state, "good");

	memcpy(boot, trial->state.boot, sizeof(boot));
	if (good != 0)
		side_apply(&expected, good == trial->next ? trial->to : trial->from, &trial->boot, false);
	trial_reboot(trial);
	judge_allow(trial, &trial->boot);
	judge_allow(trial, &expected);
	trial->result = trial_boot(trial, true);
	judge_packets(trial);
	if (good != 0)
		judge_boot(trial, &expected);
	memcpy(trial->state.boot, boot, sizeof(boot));
	judge_begin(trial);
}

static void load_next(struct trial *trial)
{
	enum family was_safe = trial_safe_families(trial);
	bool fell_back = state_link(&trial->state, "good") != trial->good;
	struct fake_kernel expected;

	if (was_safe != FAMILY_NONE)
		judge_allow_bare(trial, trial->to);
	trial->result = trial_load(trial, trial->to, 0, 0);
	judge_packets(trial);
	if (trial->result == RESULT_SAFE) {
		if (!trial_is_safe(trial))
			trial->wrong = "the safe rules should be in force, and are not";
		was_safe |= trial_safe_families(trial);
		judge_allow_bare(trial, trial->to);
		trial->result = trial_load(trial, trial->to, 0, 0);
		judge_packets(trial);
	}
	expected = expect(trial, trial->to, was_safe);
	if (trial->flow == FLOW_BOOT && fell_back) { /* sets of the earlier text stay */
		expected = trial->old;
		side_apply(&expected, trial->to, &trial->boot, false);
	}
	judge_next(trial, &expected);
	judge_begin(trial);
}

bool trial_after_death(struct trial *trial, const struct moment *moment, const char *what)
{
	char text[256];
	bool good, keep = trial->keep_moments;

	snprintf(text, sizeof(text), "%s, died at %u, next load", what, moment->at);
	trial->keep_moments = false;
	trial_go_to(trial, moment);
	load_next(trial);
	good = tell(trial, text);
	snprintf(text, sizeof(text), "%s, died at %u, --boot", what, moment->at);
	trial_go_to(trial, moment);
	boot_warm(trial);
	good = tell(trial, text) && good;
	snprintf(text, sizeof(text), "%s, died at %u, machine's boot", what, moment->at);
	trial_go_to(trial, moment);
	boot_cold(trial);
	trial->keep_moments = keep;
	return tell(trial, text) && good;
}
