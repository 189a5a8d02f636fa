/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load.h"
#include "system/program.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

bool load_save_now(struct load *load, enum family families, struct strbuf text[FAMILIES],
		   struct rules rules[FAMILIES])
{
	enum save_result result = backend_save(&load->backend, families, NULL, text, load->log);
	bool good = result == SAVE_DONE;

	if (result == SAVE_NATIVE)
		load->status = STATUS_BACKENDS;
	for (int i = 0; i < FAMILIES; i++)
		good = good && rules_read(&rules[i], load->backend.save[i], strbuf_text(&text[i]), text[i].len,
					  load->log);
	return good;
}

bool load_snapshot(struct load *load)
{
	struct strbuf text[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	struct rules rules[FAMILIES] = { { .arena = { NULL, 0, 0 } }, { .arena = { NULL, 0, 0 } } };
	bool good = load_save_now(load, load->stream.families, text, rules);

	for (int i = 0; i < FAMILIES; i++) {
		load->side[i].live_text = text[i];
		load->side[i].live = rules[i];
	}
	return good;
}

static bool merge_side(struct load *load, struct side *side)
{
	const struct load_opts *opts = &load->opts;

	side->merge = (struct merge)MERGE_INIT;
	side->merge.foreign = opts->unknown == UNKNOWN_REPLACE ? FOREIGN_DROP : FOREIGN_KEEP;
	side->merge.keep = opts->keep.item;
	side->merge.keep_count = opts->keep.len;
	if (merge_rules(&side->merge, load->has_base ? &side->base : NULL, &side->live, &side->next, &side->want) != 0) {
		diag_memory(load->log);
		return false;
	}
	program_write(&side->live, &side->want, opts->counters ? COUNTS_SET : COUNTS_FOREIGN, &side->program);
	return true;
}

bool load_merge(struct load *load)
{
	for (int i = 0; i < FAMILIES; i++)
		if (family_has(load->stream.families, i) && !merge_side(load, &load->side[i]))
			return false;
	return true;
}

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

static bool run_program(struct side *side, const struct strbuf *program, struct refusal *refusal)
{
	struct restore restores[FAMILIES] = { { .refusal = REFUSAL_INIT }, { .refusal = REFUSAL_INIT } };

	restores[side->family].text = strbuf_text(program);
	restores[side->family].len = program->len;
	backend_restore(&side->load->backend, side->family == 0 ? FAMILY_IPV4 : FAMILY_IPV6, RESTORE_CHANGE, restores);
	*refusal = restores[side->family].refusal;
	return !refusal->refused;
}

static bool apply_side(void *arg)
{
	struct side *side = arg;
	struct refusal refusal = REFUSAL_INIT;
	bool good = run_program(side, &side->program, &refusal);

	if (!good)
		load_refused(side->load, side->family, blame_line(side, refusal.line), &refusal);
	refusal_free(&refusal);
	return good;
}

/* Whatever is live now becomes what was live before; checked. */
static bool put_back_side(void *arg)
{
	struct side *side = arg;
	struct load *load = side->load;
	enum family family = side->family == 0 ? FAMILY_IPV4 : FAMILY_IPV6;
	bool same = false;

	for (int tries = 0; tries < 2 && !same; tries++) {
		struct strbuf text[FAMILIES] = { STRBUF_INIT, STRBUF_INIT }, program = STRBUF_INIT;
		struct rules now[FAMILIES] = { { .arena = { NULL, 0, 0 } }, { .arena = { NULL, 0, 0 } } };
		struct refusal refusal = REFUSAL_INIT;
		bool good = load_save_now(load, family, text, now);

		same = good && rules_equal(&now[side->family], &side->live);
		if (good && !same && tries == 0) {
			program_write(&now[side->family], &side->live, COUNTS_WRITTEN, &program);
			if (!run_program(side, &program, &refusal))
				load_refused(load, side->family, NULL, &refusal);
		}
		refusal_free(&refusal);
		for (int i = 0; i < FAMILIES; i++) {
			rules_free(&now[i]);
			strbuf_free(&text[i]);
		}
		strbuf_free(&program);
	}
	if (!same)
		diag_add(load->log, DIAG_ROLLBACK, NULL, NULL, "the %s rules could not be put back as they were",
			 family_name(side->family));
	return same;
}

static bool verify(void *arg)
{
	struct load *load = arg;
	struct strbuf text[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	struct rules now[FAMILIES] = { { .arena = { NULL, 0, 0 } }, { .arena = { NULL, 0, 0 } } };
	bool good = load_save_now(load, load->stream.families, text, now);

	for (int i = 0; i < FAMILIES; i++) {
		if (good && family_has(load->stream.families, i) && !merge_holds(&load->side[i].want, &now[i])) {
			diag_add(load->log, DIAG_LOAD, NULL, NULL, "the %s rules in force are not those that were loaded",
				 family_name(i));
			good = false;
		}
	}
	for (int i = 0; i < FAMILIES; i++) {
		rules_free(&now[i]);
		strbuf_free(&text[i]);
	}
	return good;
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

static bool plan_side(struct load *load, struct side *side)
{
	struct strbuf tables = STRBUF_INIT;
	bool good;

	name_tables(&side->program, &tables);
	good = plan_add(&load->plan, apply_side, put_back_side, side, "%s: change %s, with %s", family_name(side->family),
			strbuf_text(&tables), load->backend.restore[side->family]);
	strbuf_free(&tables);
	return good;
}

bool load_plan(struct load *load)
{
	bool good = true, any = false;

	for (int i = 0; i < FAMILIES && good; i++) {
		if (load->side[i].program.len == 0)
			continue;
		any = true;
		good = plan_side(load, &load->side[i]);
	}
	if (any)
		good = good && plan_add(&load->plan, verify, NULL, load, "compare the rules in force with those asked for");
	if (!good)
		diag_memory(load->log);
	return good;
}

bool load_commit(struct load *load)
{
	sigset_t all, before;
	enum plan_result result;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	result = plan_run(&load->plan);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (result == PLAN_UNDONE) {
		load->status = STATUS_UNDONE;
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "nothing is changed: the rules are as they were");
	} else if (result == PLAN_BROKEN) {
		load->status = STATUS_SAFE;
	}
	return result == PLAN_DONE;
}
