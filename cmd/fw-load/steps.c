/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a commit, each with its undoing, in the order in which they are safe. */
#include "load.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const parts[FAMILIES] = { ".v4", ".v6" };
static const char *const rollback_names[FAMILIES] = { "rollback.v4", "rollback.v6" };
static const char *const want_names[FAMILIES] = { "want.v4", "want.v6" };

/* What of a family is known by now; without a rehearsal that is after the commit. */
bool side_write_part(struct side *side, struct diag_log *log)
{
	struct load *load = side->load;
	int err = side->file.len == 0 ? 0 : state_write(&load->state, load->generation, parts[side->family],
							&load->history, &side->file);

	if (err != 0)
		diag_system(log, err, "recording generation %06u%s in %s", load->generation, parts[side->family],
			    load->state.dir);
	return err == 0;
}

/* The rules to put back in a family. Of one that is not touched, empty files: those of an older load would mislead. */
static bool write_rollback_rules(struct side *side, struct diag_log *log)
{
	const struct state *state = &side->load->state;
	struct strbuf text = STRBUF_INIT;
	bool touched = side->program.len > 0;
	int err;

	if (touched && load_is_raw(side->load))
		strbuf_puts(&text, raw_mark);
	if (touched)
		rules_write(&side->want, false, &text);
	err = state_run_write(state, want_names[side->family], strbuf_text(&text), text.len);
	if (err == 0)
		err = state_run_write(state, rollback_names[side->family], strbuf_text(side_live_text(side)),
				      touched ? side_live_text(side)->len : 0);
	strbuf_free(&text);
	if (err != 0)
		diag_system(log, err, "%s in %s", rollback_names[side->family], state->run);
	return err == 0;
}

/* What else to put back when this process dies: read, with the rules, by a later run, or by the guard. */
static int write_rollback(struct load *load)
{
	struct strbuf text = STRBUF_INIT;
	int err = 0;

	for (size_t i = 0; i < load->extras.sysctls.len; i++) {
		const struct sysctl *sysctl = &load->extras.sysctls.item[i];

		if (sysctl->before != NULL)
			strbuf_printf(&text, "#@ sysctl %s=%s\n", sysctl->key, sysctl->before);
	}
	if (err == 0)
		err = state_run_write(&load->state, "rollback.sysctls", strbuf_text(&text), text.len);
	strbuf_reset(&text);
	for (size_t i = 0; i < load->extras.sets.len; i++) {
		const struct set *set = &load->extras.sets.item[i];

		strbuf_printf(&text, "set %s\n%s", set->name, set->existed ? strbuf_text(&set->before) : "");
	}
	if (err == 0)
		err = state_run_write(&load->state, "rollback.sets", strbuf_text(&text), text.len);
	strbuf_free(&text);
	return err;
}

/* What the generation holds: without a rehearsal the rest follows when it is known. */
static bool write_generation(void *ctx, struct diag_log *log)
{
	struct load *load = ctx;
	int err = state_write_packed(&load->state, load->generation, &load->packed);

	if (err != 0)
		diag_system(log, err, "recording generation %06u in %s", load->generation, load->state.dir);
	return err == 0 && load_each(load, FAMILY_BOTH, side_write_part, log);
}

/* The disk is waited for once, while what is for this boot alone goes to memory. */
static bool record_parts(struct load *load, struct diag_log *log)
{
	struct task generation;
	bool good;

	if (!load->keep_generation)
		task_start(&generation, write_generation, load);
	good = load_each(load, FAMILY_BOTH, write_rollback_rules, log);
	return (load->keep_generation || task_finish(&generation, log)) && good;
}

static bool write_record(void *ctx, struct diag_log *log)
{
	struct load *load = ctx;
	struct pending pending = { .generation = load->generation };
	int err;

	host_boot_id(pending.boot);
	if (load->opts.confirm > 0)
		pending.deadline = state_uptime() + load->opts.confirm;
	if (!record_parts(load, log))
		return false;
	err = write_rollback(load);
	if (err == 0)
		err = state_write_pending(&load->state, &pending);
	if (err != 0)
		diag_system(log, err, "recording generation %06u in %s", load->generation, load->state.dir);
	return err == 0;
}

/* The disk is waited for by who changes something. */
static bool record(void *arg)
{
	struct load *load = arg;

	load_phase(load, "recording");
	load->is_recording = true;
	task_start(&load->recording, write_record, load);
	return true;
}

bool load_recorded(struct load *load)
{
	if (load->is_recording)
		load->record_failed = !task_finish(&load->recording, load->log);
	load->is_recording = false;
	return !load->record_failed;
}

/* Notes that stay are no reason to give up good rules: the next run finds them, and drops them. */
static bool forget(void *arg)
{
	struct load *load = arg;
	bool whole = load_recorded(load);
	int err = load->keep_generation ? 0 : state_remove(&load->state, load->generation);
	int cleared = state_clear_pending(&load->state);

	(void)whole; /* of a part too, nothing is to stay */

	if (err != 0 || cleared != 0)
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "the record of generation %06u in %s could not be removed: %s",
			 load->generation, load->state.dir, strerror(err != 0 ? -err : -cleared));
	return true;
}

/* What does not matter any more when a generation is the good one. */
static void clean_up(struct load *load)
{
	int err = state_clear_pending(&load->state);
	int pruned = state_prune(&load->state, STATE_KEEP);

	if (err != 0) /* it names the good generation, so the next run takes it for done */
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "%s/pending could not be removed: %s", load->state.dir,
			 strerror(-err));
	if (pruned != 0)
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "old generations in %s could not be removed: %s",
			 load->state.dir, strerror(-pruned));
	for (int i = 0; i < FAMILIES; i++) /* the safe rules, if it was them, are no longer in force */
		state_run_remove(&load->state, safe_part(i));
}

bool load_flip(void *arg)
{
	struct load *load = arg;
	int err;

	if (!load_recorded(load))
		return false;
	err = state_flip(&load->state, load->generation);
	if (err != 0)
		diag_system(load->log, err, "generation %06u in %s", load->generation, load->state.dir);
	else
		clean_up(load);
	return err == 0;
}

struct setting {
	struct load *load;
	struct sysctl *sysctl;
};

static bool set_sysctl(void *arg)
{
	struct setting *setting = arg;
	struct load *load = setting->load;
	int err;

	if (!load_recorded(load))
		return false;
	err = sysctl_write(setting->sysctl, setting->sysctl->value);
	load->touched = true;
	if (err == 0)
		return true;
	diag_system(load->log, err, "setting %s=%s", setting->sysctl->key, setting->sysctl->value);
	load->status = STATUS_EXTRAS;
	return false;
}

static bool unset_sysctl(void *arg)
{
	struct setting *setting = arg;
	struct strbuf now = STRBUF_INIT;
	bool same = sysctl_read(setting->sysctl, &now) != 0 || strcmp(strbuf_text(&now), setting->sysctl->before) == 0;
	int err = same ? 0 : sysctl_write(setting->sysctl, setting->sysctl->before);

	strbuf_free(&now);
	if (err != 0)
		diag_system(setting->load->log, err, "setting %s back to %s", setting->sysctl->key,
			    setting->sysctl->before);
	return err == 0;
}

/*
 * A setting of the whole machine, seen from a namespace: not ours to set, and no reason to refuse the
 * rules. What opens or closes the host is always ours: there a failure stays one.
 */
static bool belongs_to_machine(const struct sysctl *sysctl)
{
	return strncmp(sysctl->key, "net.netfilter.", 14) == 0 && !sysctl_opens(sysctl) && !sysctl_writable(sysctl);
}

static bool leave_to_machine(struct load *load, const struct sysctl *sysctl, const char *now)
{
	if (!belongs_to_machine(sysctl))
		return false;
	diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "%s stays %s: here it is the machine's, not this namespace's",
		 sysctl->key, now);
	return true;
}

/* One setting that differs becomes a step. */
static bool plan_sysctl(struct load *load, struct setting *setting, const char *now)
{
	struct sysctl *sysctl = setting->sysctl;

	if (strcmp(now, sysctl->value) == 0 || leave_to_machine(load, sysctl, now))
		return true;
	sysctl->before = strdup(now);
	return sysctl->before != NULL && plan_add(&load->plan, set_sysctl, unset_sysctl, setting, "set %s=%s",
						  sysctl->key, sysctl->value);
}

/* Those that open, or those that do not; what has its value already is left out. */
static bool plan_sysctls(struct load *load, struct setting *settings, bool opening)
{
	bool good = true;

	for (size_t i = 0; good && i < load->extras.sysctls.len; i++) {
		struct sysctl *sysctl = &load->extras.sysctls.item[i];
		struct strbuf now = STRBUF_INIT;
		int err = 0;

		settings[i] = (struct setting){ load, sysctl };
		if (sysctl_opens(sysctl) != opening)
			continue;
		err = sysctl_read(sysctl, &now);
		if (err != 0 && !load->opts.plan_only) {
			diag_system(load->log, err, "%s", sysctl->key);
			load->status = STATUS_EXTRAS;
			good = false;
		}
		good = good && plan_sysctl(load, &settings[i], strbuf_text(&now));
		strbuf_free(&now);
	}
	return good;
}

struct set_step {
	struct load *load;
	struct set *set;
};

static bool put_set(void *arg)
{
	struct set_step *step = arg;

	return load_recorded(step->load) && set_put(step->set, step->load->log);
}

static bool put_set_back(void *arg)
{
	struct set_step *step = arg;

	return set_put_back(step->set, step->load->log);
}

/* The tables that a program changes, for people: "filter, nat". */
static void name_tables(const struct strbuf *program, struct strbuf *out)
{
	for (const char *line = strbuf_text(program); *line != '\0'; line++) {
		size_t len = strcspn(line, "\n");

		if (*line == '*') {
			strbuf_puts(out, out->len > 0 ? ", " : "");
			strbuf_add(out, line + 1, len - 1);
		}
		line += len;
	}
}

/* Both families are one step: at no time may one of them alone be the load. */
static bool plan_rules(struct load *load)
{
	struct strbuf what = STRBUF_INIT;
	bool good = true;

	for (int i = 0; i < FAMILIES; i++) {
		struct strbuf tables = STRBUF_INIT;

		if (load->side[i].program.len == 0)
			continue;
		name_tables(&load->side[i].program, &tables);
		strbuf_printf(&what, "%s%s: change %s, with %s", what.len > 0 ? "; " : "", family_name(i),
			      strbuf_text(&tables), load->backend.restore[i]);
		strbuf_free(&tables);
	}
	if (what.len > 0)
		good = !what.failed &&
		       plan_add(&load->plan, apply_rules, put_back_rules, load, "%s", strbuf_text(&what));
	strbuf_free(&what);
	return good;
}

/* Are the rules those of the last load, and the directives, which stand in front of them? */
static bool is_recorded(const struct side *side)
{
	const char *now = strbuf_text(&side->file), *before = strbuf_text(&side->base_text);
	size_t len = strcspn(now, "*");

	return side->has_base && rules_equal(side_base(side), &side->next) && strcspn(before, "*") == len &&
	       memcmp(now, before, len) == 0;
}

/* Has it the value, or is it not ours to set? */
static bool is_set(const struct sysctl *sysctl)
{
	struct strbuf now = STRBUF_INIT;
	bool same = sysctl_read(sysctl, &now) == 0 && strcmp(strbuf_text(&now), sysctl->value) == 0;

	strbuf_free(&now);
	return same || belongs_to_machine(sysctl);
}

/* Is there nothing to do for the rules, and is what we would record the same as what is recorded? */
static bool is_settled(const struct load *load)
{
	unsigned good = state_link(&load->state, "good");

	if (load->keep_generation && good != load->generation)
		return false;
	for (int i = 0; i < FAMILIES; i++) {
		const struct side *side = &load->side[i];

		if (!family_has(load->families, i))
			continue;
		if (side->program.len > 0)
			return false;
		if (!load->keep_generation && !load->opts.no_rehearsal && !is_recorded(side))
			return false;
	}
	for (size_t i = 0; i < load->extras.sysctls.len; i++)
		if (!is_set(&load->extras.sysctls.item[i]))
			return false;
	for (size_t i = 0; i < load->extras.sets.len; i++)
		if (!set_stands(&load->extras.sets.item[i]))
			return false;
	return good != 0;
}

bool load_plan(struct load *load)
{
	size_t sysctls = load->extras.sysctls.len, sets = load->extras.sets.len;
	struct setting *settings = arena_alloc(&load->side[0].want.arena, (sysctls + 1) * sizeof(*settings));
	struct set_step *steps = arena_alloc(&load->side[0].want.arena, (sets + 1) * sizeof(*steps));
	bool good = settings != NULL && steps != NULL;

	for (size_t i = 0; i < sets; i++)
		set_look(&load->extras.sets.item[i]);
	if (is_settled(load))
		return true;
	if (!load->keep_generation)
		load->generation = state_newest(&load->state) + 1;
	if (!load->read_only)
		good = good && plan_add(&load->plan, record, forget, load, "record generation %06u in %s",
					load->generation, load->state.dir);
	if (load->opts.confirm > 0)
		good = good && plan_add(&load->plan, guard_start, NULL, load,
					"start a guard that undoes this unless it is confirmed within %u s",
					load->opts.confirm);
	good = good && plan_sysctls(load, settings, false);
	for (size_t i = 0; good && i < sets; i++) {
		steps[i] = (struct set_step){ load, &load->extras.sets.item[i] };
		if (set_stands(steps[i].set))
			continue;
		good = plan_add(&load->plan, put_set, put_set_back, &steps[i], "put set %s in force",
				load->extras.sets.item[i].name);
	}
	good = good && plan_rules(load) && plan_sysctls(load, settings, true) &&
	       plan_add(&load->plan, verify_load, NULL, load, "compare the rules in force with those asked for");
	if (load->opts.confirm == 0 && !load->read_only)
		good = good && plan_add(&load->plan, load_flip, NULL, load, "make generation %06u the good one",
					load->generation);
	if (!good && diag_errors(load->log) == 0)
		diag_memory(load->log);
	return good;
}

bool load_commit(struct load *load)
{
	sigset_t all, before;
	enum plan_result result;

	/* No signal stops a commit half way; Control-C arrives when it is over. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	result = plan_run(&load->plan);
	if (result == PLAN_BROKEN && load->touched)
		load_safe(load);
	else if (result != PLAN_DONE && load->touched && load->status == 0)
		load->status = STATUS_UNDONE;
	if (result == PLAN_UNDONE)
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "nothing is changed: the rules are as they were");
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result == PLAN_DONE;
}
