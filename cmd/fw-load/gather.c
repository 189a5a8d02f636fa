/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a load starts from: the rules of the one before it, and those in force. */
#include "load.h"
#include "base/task.h"
#include "system/nftgen.h"

#include <errno.h>
#include <string.h>

bool load_read_part(const struct load *load, unsigned generation, int family, struct part *part, struct diag_log *log)
{
	static const char *const parts[FAMILIES] = { ".v4", ".v6" };
	struct diag_log silent = { .report = NULL };
	int err = state_read(&load->state, generation, parts[family], part->text);

	part->found = err == 0 && rules_read(part->rules, "generation", strbuf_text(part->text), part->text->len, &silent);
	if (part->found || err == -ENOENT)
		return true;
	diag_add(log, DIAG_LOAD_WARNING, NULL, NULL, "generation %06u%s.gz in %s is damaged: %s", generation,
		 parts[family], load->state.dir, err == 0 || err == -EBADMSG ? "not what was written" : strerror(-err));
	strbuf_reset(part->text);
	return false;
}

const char *safe_part(int family)
{
	return family == 0 ? "safe.v4" : "safe.v6";
}

/* The safe rules, where it was them that we put in force last. */
static bool read_safe(const struct load *load, struct side *side)
{
	struct diag_log silent = { .report = NULL };

	if (state_run_read(&load->state, safe_part(side->family), &side->base_text) == 0 &&
	    rules_read(&side->base, "safe rules", strbuf_text(&side->base_text), side->base_text.len, &silent))
		return true;
	rules_free(&side->base);
	strbuf_reset(&side->base_text);
	return false;
}

static bool read_base(struct side *side, struct diag_log *log)
{
	struct load *load = side->load;
	unsigned good = state_link(&load->state, "good");
	struct part part = { &side->base_text, &side->base, false };
	bool whole;

	side->has_base = side->safe = read_safe(load, side);
	if (good == 0 || side->has_base)
		return true;
	whole = load_read_part(load, good, side->family, &part, log);
	side->has_base = part.found;
	if (whole || load->families == FAMILY_NONE || family_has(load->families, side->family))
		return true;
	diag_add(log, DIAG_SYSTEM, NULL, NULL,
		 "without it nobody knows the rules of %s, which this load leaves alone: load both families",
		 family_name(side->family));
	return false;
}

bool load_base(struct load *load)
{
	return load_each(load, FAMILY_BOTH, read_base, load->log);
}

bool load_save_family(const struct load *load, int family, struct saved *saved, struct diag_log *log)
{
	enum save_result result = backend_save(&load->backend, family_bit(family), NULL, saved->text, log);
	const struct strbuf *text = &saved->text[family];

	saved->native[family] = result == SAVE_NATIVE;
	return result == SAVE_DONE && rules_read(&saved->rules[family], load->backend.save[family], strbuf_text(text),
						 text->len, log);
}

struct saving {
	const struct load *load;
	struct saved *saved;
};

static bool save_second(void *ctx, struct diag_log *log)
{
	const struct saving *saving = ctx;

	return load_save_family(saving->load, 1, saving->saved, log);
}

bool load_save_now(struct load *load, enum family families, struct saved *saved)
{
	struct saving saving = { load, saved };
	struct task second;
	bool good = true;

	if (family_has(families, 1))
		task_start(&second, save_second, &saving);
	if (family_has(families, 0))
		good = load_save_family(load, 0, saved, load->log);
	if (family_has(families, 1))
		good = task_finish(&second, load->log) && good;
	if (saved->native[0] || saved->native[1])
		load->status = STATUS_BACKENDS;
	return good;
}

void saved_free(struct saved *saved)
{
	for (int i = 0; i < FAMILIES; i++) {
		rules_free(&saved->rules[i]);
		strbuf_free(&saved->text[i]);
	}
}

static bool snapshot_side(struct side *side, struct diag_log *log)
{
	struct saved now = { .text = { STRBUF_INIT } };
	bool good = load_save_family(side->load, side->family, &now, log);

	side->as_left = false;
	side->live_text = now.text[side->family];
	side->live = now.rules[side->family];
	side->native = now.native[side->family];
	return good;
}

static uint32_t note_generation(struct load *load)
{
	uint32_t seen;

	if (nftgen_ask(&load->nftgen, &seen) != 0)
		seen = 0;
	for (int i = 0; i < FAMILIES; i++)
		load->side[i].seen = seen;
	return seen;
}

static bool take_snapshot(void *ctx, struct diag_log *log)
{
	struct load *load = ctx;
	bool good;

	note_generation(load);
	/* After a boot there is nothing to read: no program has to tell us. */
	good = backend_untouched(load->backend.kind) || load_each(load, load->families, snapshot_side, log);
	if (load->side[0].native || load->side[1].native)
		load->status = STATUS_BACKENDS;
	return good;
}

bool load_snapshot(struct load *load)
{
	load_phase(load, "reading the rules in force");
	return take_snapshot(load, load->log);
}

static bool make_ready(struct load *load)
{
	return load_base(load) && (!load->opts.no_rehearsal || load_direct(load)) &&
	       (load->opts.plan_only || load_history(load));
}

/*
 * Who asks for speed has the rules in force known from the last load, where nobody wrote since: all but their
 * counts, which go with the rules, and which nothing is done with unless the load is undone.
 */
static bool known_from_last(struct load *load)
{
	return load->opts.no_rehearsal && !load->opts.counters && mark_holds(load, note_generation(load));
}

static bool take_base(struct load *load)
{
	for (int i = 0; i < FAMILIES; i++) {
		load->side[i].as_left = load->side[i].has_base && !load->side[i].safe;
		if (family_has(load->families, i) && !load->side[i].as_left)
			return load_snapshot(load);
	}
	return true;
}

/* The savers take long, and need nothing of what is made ready meanwhile. */
bool load_gather(struct load *load)
{
	struct task snapshot;
	bool good;

	if (known_from_last(load))
		return make_ready(load) && take_base(load);
	load_phase(load, "reading the rules in force");
	task_start(&snapshot, take_snapshot, load);
	good = make_ready(load);
	return task_finish(&snapshot, load->log) && good;
}
