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
	return load_each(load, FAMILY_BOTH, read_base);
}

struct parsing {
	const struct load *load;
	struct saved *saved;
	int family;
};

static bool parse_saved(void *ctx, struct diag_log *log)
{
	const struct parsing *p = ctx;
	const struct strbuf *text = &p->saved->text[p->family];

	return rules_read(&p->saved->rules[p->family], p->load->backend.save[p->family], strbuf_text(text), text->len, log);
}

static bool save_now(struct load *load, enum family families, struct saved *saved, struct diag_log *log)
{
	enum save_result result = backend_save(&load->backend, families, NULL, saved->text, log);
	struct parsing parsing[FAMILIES] = { { load, saved, 0 }, { load, saved, 1 } };
	struct task task;
	bool good;

	if (result == SAVE_NATIVE)
		load->status = STATUS_BACKENDS;
	if (result != SAVE_DONE)
		return false;
	task_start(&task, parse_saved, &parsing[1]);
	good = parse_saved(&parsing[0], log);
	return task_finish(&task, log) && good;
}

bool load_save_now(struct load *load, enum family families, struct saved *saved)
{
	return save_now(load, families, saved, load->log);
}

void saved_free(struct saved *saved)
{
	for (int i = 0; i < FAMILIES; i++) {
		rules_free(&saved->rules[i]);
		strbuf_free(&saved->text[i]);
	}
}

static bool take_snapshot(void *ctx, struct diag_log *log)
{
	struct load *load = ctx;
	struct saved now = { .text = { STRBUF_INIT } };
	uint32_t seen;
	bool good;

	if (nftgen_read(&seen) != 0)
		seen = 0;
	/* After a boot there is nothing to read: no program has to tell us. */
	good = backend_untouched(load->backend.kind) || save_now(load, load->families, &now, log);
	for (int i = 0; i < FAMILIES; i++) {
		load->side[i].live_text = now.text[i];
		load->side[i].live = now.rules[i];
		load->side[i].seen = seen;
	}
	return good;
}

bool load_snapshot(struct load *load)
{
	load_phase(load, "reading the rules in force");
	return take_snapshot(load, load->log);
}

/* The savers take long, and need nothing of what is made ready meanwhile. */
bool load_gather(struct load *load)
{
	struct task snapshot;
	bool good;

	load_phase(load, "reading the rules in force");
	task_start(&snapshot, take_snapshot, load);
	good = load_base(load) && (!load->opts.no_rehearsal || load_direct(load)) &&
	       (load->opts.plan_only || load_history(load));
	return task_finish(&snapshot, load->log) && good;
}
