/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a load starts from: the rules of the one before it, and those in force. */
#include "load.h"
#include "base/task.h"
#include "system/nftgen.h"

#include <errno.h>
#include <string.h>

static const char *const parts[FAMILIES] = { ".v4", ".v6" };

static bool damaged(const struct load *load, unsigned generation, int family, int err, struct diag_log *log)
{
	diag_add(log, DIAG_LOAD_WARNING, NULL, NULL, "generation %06u%s.gz in %s is damaged: %s", generation,
		 parts[family], load->state.dir, err == 0 || err == -EBADMSG ? "not what was written" : strerror(-err));
	return false;
}

bool load_read_part(const struct load *load, unsigned generation, int family, struct part *part, struct diag_log *log)
{
	struct diag_log silent = { .report = NULL };
	int err = state_read(&load->state, generation, parts[family], part->text);

	part->found = err == 0 && rules_read(part->rules, "generation", strbuf_text(part->text), part->text->len, &silent);
	return part->found || err == -ENOENT || damaged(load, generation, family, err, log);
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

/* Its rules are not known: that matters where they stay. */
static bool do_without(struct side *side, struct diag_log *log)
{
	const struct load *load = side->load;

	side->has_base = false;
	strbuf_reset(&side->base_text);
	if (load->families == FAMILY_NONE || family_has(load->families, side->family))
		return true;
	diag_add(log, DIAG_SYSTEM, NULL, NULL,
		 "without it nobody knows the rules of %s, which this load leaves alone: load both families",
		 family_name(side->family));
	return false;
}

static bool read_base_text(struct side *side, struct diag_log *log)
{
	struct load *load = side->load;
	unsigned good = state_link(&load->state, "good");
	int err;

	side->has_base = side->safe = read_safe(load, side);
	if (good == 0 || side->has_base)
		return true;
	err = state_read(&load->state, good, parts[side->family], &side->base_text);
	side->has_base = err == 0;
	if (err == 0 || err == -ENOENT)
		return true;
	damaged(load, good, side->family, err, log);
	return do_without(side, log);
}

bool side_read_base(struct side *side, struct diag_log *log)
{
	struct diag_log silent = { .report = NULL };

	side->alike = false;
	if (!side->has_base || side->safe ||
	    rules_read(&side->base, "generation", strbuf_text(&side->base_text), side->base_text.len, &silent))
		return true;
	damaged(side->load, state_link(&side->load->state, "good"), side->family, 0, log);
	return do_without(side, log);
}

bool load_base(struct load *load)
{
	return load_each(load, FAMILY_BOTH, read_base_text, load->log) && load_each(load, FAMILY_BOTH, side_read_base, load->log);
}

bool load_save_texts(struct load *load, enum family families, struct strbuf texts[FAMILIES], struct diag_log *log)
{
	enum save_result result = backend_save(&load->backend, families, NULL, texts, log);

	load->native = load->native || result == SAVE_NATIVE;
	return result == SAVE_DONE;
}

/* For who is no thread beside others. */
void load_note_native(struct load *load)
{
	if (load->native)
		load->status = STATUS_BACKENDS;
}

bool side_read_saved(const struct side *side, const struct strbuf *text, struct rules *rules, struct diag_log *log)
{
	return rules_read(rules, side->load->backend.save[side->family], strbuf_text(text), text->len, log);
}

bool load_save_now(struct load *load, enum family families, struct saved *saved)
{
	bool good = load_save_texts(load, families, saved->text, load->log);

	for (int i = 0; good && i < FAMILIES; i++)
		good = side_read_saved(&load->side[i], &saved->text[i], &saved->rules[i], load->log);
	load_note_native(load);
	return good;
}

void saved_free(struct saved *saved)
{
	for (int i = 0; i < FAMILIES; i++) {
		rules_free(&saved->rules[i]);
		strbuf_free(&saved->text[i]);
	}
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

static bool save_live(void *ctx, struct diag_log *log)
{
	struct load *load = ctx;
	struct strbuf texts[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	bool good;

	note_generation(load);
	/* After a boot there is nothing to read: no program has to tell us. */
	good = load->opts.assume_empty || backend_untouched(load->backend.kind) ||
	       load_save_texts(load, load->families, texts, log);
	for (int i = 0; i < FAMILIES; i++) {
		load->side[i].as_left = false;
		load->side[i].live_text = texts[i];
	}
	return good;
}

static bool read_live(struct side *side, struct diag_log *log)
{
	return side_read_saved(side, &side->live_text, &side->live, log);
}

bool load_snapshot(struct load *load)
{
	bool good;

	load_phase(load, "reading the rules in force");
	good = save_live(load, load->log) && load_each(load, load->families, read_live, load->log);
	load_note_native(load);
	return good;
}

static bool make_ready(struct load *load)
{
	return load_each(load, FAMILY_BOTH, read_base_text, load->log) && (!load->opts.no_rehearsal || load_direct(load)) &&
	       (load->opts.plan_only || load_history(load));
}

/* Where nobody changed anything since the last load, its rules are those in force. */
static bool read_both(struct side *side, struct diag_log *log)
{
	if (!read_live(side, log))
		return false;
	side->alike = side->has_base && !side->safe && side->live_text.len > 0 &&
		      rules_text_equal(&side->base_text, &side->live_text);
	return side->alike || side_read_base(side, log);
}

/*
 * Who asks for speed has the rules in force known from the last load, where nobody wrote since: all but their
 * counts, which go with the rules, and which nothing is done with unless the load is undone.
 */
static bool known_from_last(struct load *load)
{
	return load->opts.no_rehearsal && !load->opts.assume_empty && !load->opts.counters &&
	       mark_holds(load, note_generation(load));
}

static bool take_base(struct load *load)
{
	if (!load_each(load, FAMILY_BOTH, side_read_base, load->log))
		return false;
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
	task_start(&snapshot, save_live, load);
	good = make_ready(load);
	good = task_finish(&snapshot, load->log) && good;
	load_note_native(load);
	return good && load_each(load, FAMILY_BOTH, read_both, load->log);
}
