/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load.h"
#include "system/nftgen.h"

#include <string.h>

/* The rule of want that a line of the program writes, and through it the line of the input. */
static const struct line *blame_line(const struct side *side, unsigned number)
{
	const struct line *line = NULL;
	const char *at = strbuf_text(&side->program);

	for (unsigned i = 1; i < number && at != NULL; i++)
		at = strchr(at, '\n') != NULL ? strchr(at, '\n') + 1 : NULL;
	for (size_t t = 0; at != NULL && line == NULL && t < side->next.tables.len; t++) {
		const struct table *table = &side->next.tables.item[t];

		for (size_t c = 0; line == NULL && c < table->chains.len; c++) {
			const struct chain *chain = &table->chains.item[c];

			for (size_t r = 0; line == NULL && r < chain->rules.len; r++) {
				const struct piece *text = &chain->rules.item[r].text;

				if (strncmp(at, text->text, text->len) == 0 && at[text->len] == '\n')
					line = load_rule_line(side->load, side->family, table->name, chain->name, r,
							      chain->rules.len);
			}
		}
	}
	return line;
}

bool side_run_program(struct side *side, const struct strbuf *program, struct refusal *refusal)
{
	struct restore restores[FAMILIES] = { { .refusal = REFUSAL_INIT }, { .refusal = REFUSAL_INIT } };

	side->load->touched = true;
	restores[side->family].text = strbuf_text(program);
	restores[side->family].len = program->len;
	backend_restore(&side->load->backend, family_bit(side->family), RESTORE_CHANGE, restores);
	*refusal = restores[side->family].refusal;
	return !refusal->refused;
}

/* What is live in this family now, merged again. */
static bool merge_again(struct side *side)
{
	struct saved now = { .text = { STRBUF_INIT } };
	bool good = load_save_now(side->load, family_bit(side->family), &now);
	int other = 1 - side->family;

	rules_free(&side->live);
	strbuf_free(&side->live_text);
	side->live = now.rules[side->family];
	side->live_text = now.text[side->family];
	rules_free(&now.rules[other]);
	strbuf_free(&now.text[other]);
	return good && side_merge(side);
}

/*
 * nf_tables has no lock: another program may have written since the snapshot. If its generation
 * moved, the snapshot is taken again, until nothing moved or what moved makes no difference to us.
 */
static bool catch_up(struct side *side)
{
	struct load *load = side->load;
	uint32_t now;

	for (int tries = 0; load->backend.kind == BACKEND_NFT && tries < 10; tries++) {
		struct strbuf before = STRBUF_INIT;
		bool same;

		if (nftgen_read(&now) != 0 || now == side->seen)
			return true;
		side->seen = now;
		strbuf_add(&before, strbuf_text(&side->program), side->program.len);
		if (!merge_again(side)) {
			strbuf_free(&before);
			return false;
		}
		same = before.len == side->program.len &&
		       (before.len == 0 || memcmp(before.data, side->program.data, before.len) == 0);
		strbuf_free(&before);
		if (same)
			return true;
	}
	return true;
}

static uint32_t count_commits(const struct strbuf *program)
{
	uint32_t count = 0;

	for (const char *at = strbuf_text(program); (at = strstr(at, "\nCOMMIT\n")) != NULL; at++)
		count++;
	return count;
}

bool apply_side(void *arg)
{
	struct side *side = arg;
	struct load *load = side->load;
	struct refusal refusal = REFUSAL_INIT;
	uint32_t before = 0, after = 0;
	bool good;

	load_phase(load, side->family == 0 ? "committing IPv4" : "committing IPv6");
	good = catch_up(side);
	if (good && side->program.len > 0) {
		(void)!nftgen_read(&before);
		good = side_run_program(side, &side->program, &refusal);
		(void)!nftgen_read(&after);
	}
	if (good && load->backend.kind == BACKEND_NFT) {
		side->raced = after - before > count_commits(&side->program);
		/* Our own commits are no news to the other family; anybody else's are. */
		for (int i = 0; i < FAMILIES; i++)
			if (!side->raced && load->side[i].seen == before)
				load->side[i].seen = after;
	}
	if (refusal.refused)
		load_refused(load, side->family, blame_line(side, refusal.line), &refusal);
	refusal_free(&refusal);
	return good;
}

/* Whatever is live now becomes what was live before; checked. */
bool put_back_side(void *arg)
{
	struct side *side = arg;
	struct load *load = side->load;
	bool same = false;

	for (int tries = 0; tries < 2 && !same; tries++) {
		struct saved now = { .text = { STRBUF_INIT } };
		struct strbuf program = STRBUF_INIT;
		struct refusal refusal = REFUSAL_INIT;
		bool good = load_save_now(load, family_bit(side->family), &now);

		same = good && rules_equal(&now.rules[side->family], &side->live);
		if (good && !same && tries == 0) {
			program_write(&now.rules[side->family], &side->live, COUNTS_WRITTEN, &program);
			if (!side_run_program(side, &program, &refusal))
				load_refused(load, side->family, NULL, &refusal);
		}
		refusal_free(&refusal);
		saved_free(&now);
		strbuf_free(&program);
	}
	if (!same)
		diag_add(load->log, DIAG_ROLLBACK, NULL, NULL, "the %s rules could not be put back as they were",
			 family_name(side->family));
	return same;
}

static bool verify_side(struct load *load, struct side *side, const struct rules *now)
{
	if (load->opts.no_rehearsal && !load->keep_generation)
		return load_learn(load, side, now);
	if (merge_holds(&side->want, now))
		return true;
	diag_add(load->log, DIAG_LOAD, NULL, NULL, "the %s rules in force are not those that were loaded%s",
		 family_name(side->family), side->raced ? ": another program changed them at the same time" : "");
	if (side->raced)
		load->status = STATUS_OTHER;
	return false;
}

bool verify_load(void *arg)
{
	struct load *load = arg;
	struct saved now = { .text = { STRBUF_INIT } };
	bool good;

	load_phase(load, "comparing");
	good = load_save_now(load, load->families, &now);
	for (int i = 0; good && i < FAMILIES; i++)
		if (family_has(load->families, i))
			good = verify_side(load, &load->side[i], &now.rules[i]);
	saved_free(&now);
	return good;
}
