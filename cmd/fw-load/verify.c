/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came of a commit: read, and compared with what was wanted. */
#include "load.h"

bool load_read_result(void *ctx, struct diag_log *log)
{
	struct load *load = ctx;
	struct strbuf texts[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	bool good = load_save_texts(load, load->families, texts, log);

	for (int i = 0; i < FAMILIES; i++) {
		strbuf_free(&load->side[i].now_text);
		load->side[i].now_text = texts[i];
	}
	return good;
}

/* What iptables made of a text that was not rehearsed is known only now, and part of the generation. */
static bool compare_side(struct side *side, const struct text_rules *now, struct diag_log *log)
{
	if (load_is_raw(side->load))
		return side_learn(side, now, log) && side_write_part(side, log);
	side->alone = rules_equal(&side->next, now);
	if (merge_holds(&side->want, now))
		return true;
	side->differs = true;
	diag_add(log, DIAG_LOAD, NULL, NULL, "the %s rules in force are not those that were loaded%s",
		 family_name(side->family), side->raced ? ": another program changed them at the same time" : "");
	return false;
}

static bool verify_side(struct side *side, struct diag_log *log)
{
	struct text_rules now;
	bool good;

	if (load_is_raw(side->load) && side_as_written(side))
		return (side_write_file(side) || diag_memory(log) == 0) && side_write_part(side, log);
	good = side_read_saved(side, &side->now_text, &now, log) && compare_side(side, &now, log);

	rules_free(&now);
	return good;
}

void load_drop_result(struct load *load)
{
	struct diag_log silent = { .report = NULL };

	if (load->is_reading)
		(void)!task_finish(&load->reading, &silent);
	load->is_reading = false;
}

/* Was it begun behind the commit, it is only waited for. */
static bool have_result(struct load *load)
{
	bool begun = load->is_reading;

	load->is_reading = false;
	if (begun)
		return task_finish(&load->reading, load->log);
	if (nftgen_ask(&load->nftgen, &load->read_at) != 0)
		load->read_at = 0;
	return load_read_result(load, load->log);
}

bool verify_load(void *arg)
{
	struct load *load = arg;
	uint32_t after;
	bool good;

	if (!load_recorded(load))
		return false;
	load_phase(load, "comparing");
	good = have_result(load);
	load_note_native(load);
	good = good && load_each(load, load->families, verify_side, load->log);
	for (int i = 0; i < FAMILIES; i++)
		if (load->side[i].differs && load->side[i].raced)
			load->status = STATUS_OTHER;
	if (good && nftgen_ask(&load->nftgen, &after) == 0 && after == load->read_at && load->side[0].alone && load->side[1].alone)
		mark_set(load, after);
	else
		mark_drop(load);
	return good;
}
