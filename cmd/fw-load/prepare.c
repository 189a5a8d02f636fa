/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load.h"
#include "store/generation.h"
#include "text/seal.h"

#include <string.h>

static bool read_extras(struct load *load, const struct strbuf *text, struct extras *extras)
{
	struct stream stream;
	bool good = stream_read(&stream, "generation", strbuf_text(text), text->len, FAMILY_BOTH, load->log) &&
		    extras_read(extras, &stream, load->log);

	stream_free(&stream);
	return good;
}

bool load_generation(struct load *load, unsigned generation)
{
	enum family asked = load->opts.families != FAMILY_NONE ? load->opts.families : FAMILY_BOTH;

	load->families = FAMILY_NONE;
	for (int i = 0; i < FAMILIES; i++) {
		struct side *side = &load->side[i];
		struct part part = { &side->next_text, &side->next, false };

		if (!family_has(asked, i))
			continue;
		if (!load_read_part(load, generation, i, &part, load->log))
			return false;
		if (!part.found && family_has(generation_families(&load->state, generation), i)) {
			diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "generation %06u in %s is damaged: the rules of %s are missing",
				 generation, load->state.dir, family_name(i));
			return false;
		}
		if (!part.found)
			continue;
		load->families |= family_bit(i);
		strbuf_add(&side->file, strbuf_text(&side->next_text), side->next_text.len);
		if (!read_extras(load, &side->next_text, &load->extras))
			return false;
	}
	load->generation = generation;
	load->keep_generation = true;
	return load->families != FAMILY_NONE;
}

/* May what is not ours stay? Without a load before, somebody has to say. */
static enum foreign foreign_mode(const struct load *load, const struct side *side)
{
	if (load->opts.unknown == UNKNOWN_REPLACE)
		return FOREIGN_DROP;
	if (load->opts.unknown == UNKNOWN_REFUSE && !side->has_base && load->opts.keep.len > 0)
		return FOREIGN_DROP;
	return FOREIGN_KEEP;
}

bool side_merge(struct side *side, struct diag_log *log)
{
	struct load *load = side->load;
	VEC(const char *) keep = { 0 };
	bool good = true;

	merge_free(&side->merge);
	rules_free(&side->want);
	strbuf_reset(&side->program);
	side->merge = (struct merge)MERGE_INIT;
	side->merge.foreign = foreign_mode(load, side);
	for (size_t i = 0; good && i < load->opts.keep.len; i++)
		good = vec_push(&keep, load->opts.keep.item[i]);
	for (size_t i = 0; good && i < load->extras.keep.len; i++)
		good = vec_push(&keep, load->extras.keep.item[i]);
	side->merge.keep = keep.item;
	side->merge.keep_count = keep.len;
	good = good && merge_rules(&side->merge, side->has_base ? side_base(side) : NULL, side_live(side), &side->next,
				   &side->want) == 0;
	vec_free(&keep);
	if (good)
		program_write(side_live(side), &side->want,
			      side->as_left ? COUNTS_UNKNOWN : load->opts.counters ? COUNTS_SET : COUNTS_FOREIGN,
			      &side->program);
	good = good && !side->program.failed;
	return good || diag_memory(log) == 0;
}

bool side_write_file(struct side *side)
{
	seal_open(&side->file);
	extras_write(&side->load->extras, &side->file);
	rules_write(&side->next, false, &side->file);
	seal_close(&side->file);
	return !side->file.failed;
}

/*
 * A family that the load is not about: its rules go on to the new generation, and what they ask for too,
 * unless the load asks for the same thing in its own way.
 */
static bool side_pass_on(struct side *side)
{
	struct load *load = side->load;
	struct extras extras = { .modules = { 0 } };
	bool good;

	if (!side->has_base || side_base(side)->tables.len == 0)
		return true;
	good = read_extras(load, &side->base_text, &extras);
	if (side->safe)
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL,
			 "%s: the safe rules are in force, stay, and are part of this generation", family_name(side->family));
	extras_forget(&extras, &load->extras);
	seal_open(&side->file);
	extras_write(&extras, &side->file);
	rules_write(side_base(side), false, &side->file);
	seal_close(&side->file);
	extras_free(&extras);
	return good && (!side->file.failed || diag_memory(load->log) == 0);
}

static bool unknown_refused(struct load *load, const struct side *side)
{
	const struct merge *merge = &side->merge;

	if (load->opts.unknown != UNKNOWN_REFUSE || load->opts.keep.len > 0 || side->has_base || merge->unknown == 0)
		return false;
	diag_add(load->log, DIAG_SYSTEM, NULL, NULL,
		 "%s: %zu things in force were not loaded by fw-load, first: %s; say --adopt to keep them, --replace to "
		 "remove them, or --keep PATTERN",
		 family_name(side->family), merge->unknown, strbuf_text(&merge->first));
	load->status = STATUS_UNKNOWN;
	return true;
}

/* What a hand or another program put in force since the last load stays, but never in silence. */
static void tell_foreign(struct load *load, const struct side *side)
{
	const struct merge *merge = &side->merge;

	if (merge->foreign == FOREIGN_KEEP && side->has_base && merge->unknown > 0)
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL,
			 "%s: what another program or a hand put in force stays (%zu, first: %s); say `keep' or --keep for "
			 "chains that are meant to, --replace to remove the rest",
			 family_name(side->family), merge->unknown, strbuf_text(&merge->first));
}

bool load_merge(struct load *load)
{
	bool good = true;

	if (!load_each(load, load->families, side_merge, load->log))
		return false;
	for (int i = 0; i < FAMILIES; i++) {
		struct side *side = &load->side[i];

		if (!family_has(load->families, i)) {
			if (!load->keep_generation && !side_pass_on(side))
				return false;
			continue;
		}
		good = !unknown_refused(load, side) && good;
		tell_foreign(load, side);
		if (side->merge.still_used.len > 0)
			diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL,
				 "%s: rules of other programs still jump to %s, so it stays", family_name(i),
				 strbuf_text(&side->merge.still_used));
		if (!load->keep_generation && !load->opts.no_rehearsal && !side_write_file(side))
			return diag_memory(load->log) == 0;
	}
	return good;
}
