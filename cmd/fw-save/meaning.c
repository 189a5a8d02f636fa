/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* --check --meaning: which packets the rules in force treat otherwise than the last load. */
#include "fw-save/save.h"
#include "base/worker.h"
#include "difftext/difftext.h"
#include "model/ext.h"

#include <fnmatch.h>
#include <string.h>

struct meaning_check {
	struct save *save;
	const struct drift *drift; /* has the patterns of chains that are left out */
	int family;
	struct strbuf text[2];     /* the last load, and what is in force */
	struct strbuf *out;        /* takes the description */
	bool failed;
};

static bool is_left_out(const struct drift *drift, const char *name)
{
	for (size_t i = 0; i < drift->ignore.len; i++)
		if (fnmatch(drift->ignore.item[i], name, 0) == 0)
			return true;
	return false;
}

/* Does the rule jump to a chain that is left out? DROP and LOG are not chains, even if a pattern matches them. */
static bool jumps_aside(const struct drift *drift, const struct text_table *table, const struct text_rule *rule)
{
	struct piece target = rule_target(rule);
	char name[64];

	if (target.len == 0 || target.len >= sizeof(name))
		return false;
	memcpy(name, target.text, target.len);
	name[target.len] = '\0';
	return table_chain(table, name) != NULL && is_left_out(drift, name);
}

static void write_table(const struct drift *drift, const struct text_table *table, struct strbuf *out)
{
	strbuf_printf(out, "*%s\n", table->name);
	for (size_t c = 0; c < table->chains.len; c++) {
		const struct text_chain *chain = &table->chains.item[c];

		if (!is_left_out(drift, chain->name))
			strbuf_printf(out, ":%s %s [0:0]\n", chain->name, chain->policy != NULL ? chain->policy : "-");
	}
	for (size_t c = 0; c < table->chains.len; c++) {
		const struct text_chain *chain = &table->chains.item[c];

		for (size_t r = 0; r < chain->rules.len && !is_left_out(drift, chain->name); r++) {
			const struct text_rule *rule = &chain->rules.item[r];

			if (jumps_aside(drift, table, rule))
				continue;
			strbuf_add(out, rule_raw(rule)->text, rule_raw(rule)->len);
			strbuf_putc(out, '\n');
		}
	}
	strbuf_puts(out, "COMMIT\n");
}

static void write_rules(const struct meaning_check *check, const struct text_rules *rules, struct strbuf *out)
{
	for (size_t t = 0; t < rules->tables.len; t++)
		write_table(check->drift, &rules->tables.item[t], out);
	if (rules->tables.len == 0)
		strbuf_puts(out, "*filter\nCOMMIT\n");
}

/* In the child. */
static void compare_family(void *ctx, struct outbox *out)
{
	static const char *const names[2] = { "the last load", "the rules in force" };
	static const struct difftext_options options = { .rule_names = { "loaded rule", "rule in force" } };
	struct meaning_check *check = ctx;
	struct difftext_parts parts = { .count = 0 };
	struct diff_verdict verdict = { .differs = false };
	struct stream stream[2] = { { .name = NULL }, { .name = NULL } };
	enum family family = family_bit(check->family);
	bool good = ext_begin(family) == 0;

	for (int side = 0; side < 2; side++)
		good = good && stream_read(&stream[side], names[side], strbuf_text(&check->text[side]), check->text[side].len, family, check->save->log);
	good = good && difftext_compare(&parts, (const struct stream *[2]){ &stream[0], &stream[1] }, check->family, &options, &verdict, check->save->log);
	outbox_send(out, 0, &good, sizeof(good), strbuf_text(&parts.text));
	difftext_free(&parts);
	for (int side = 0; side < 2; side++)
		stream_free(&stream[side]);
}

static void receive(void *ctx, unsigned kind, const char *body, size_t body_len, const char *text)
{
	struct meaning_check *check = ctx;
	bool good;

	(void)kind;
	memcpy(&good, body, body_len);
	check->failed |= !good;
	strbuf_puts(check->out, text);
}

static bool check_family(struct meaning_check *check, const struct text_rules *base, const struct text_rules *now)
{
	struct inbox in = { receive, check };
	struct child_end end = { .signal = 0 };
	struct worker worker;
	int err;

	write_rules(check, base, &check->text[0]);
	write_rules(check, now, &check->text[1]);
	err = worker_start(&worker, compare_family, check);
	if (err == 0)
		err = worker_finish(&worker, 0, &in, &end);
	if (err != 0 || check->failed)
		diag_system(check->save->log, err, "the meaning of the %s rules cannot be compared", family_name(check->family));
	strbuf_free(&check->text[0]);
	strbuf_free(&check->text[1]);
	return err == 0 && !check->failed;
}

bool save_meaning(struct save *save, const struct drift *drift, struct strbuf *out)
{
	bool good = true;

	for (int i = 0; i < FAMILIES && good; i++) {
		struct meaning_check check = { .save = save, .drift = drift, .family = i, .out = out, .text = { STRBUF_INIT, STRBUF_INIT } };

		if (family_has(save->options.families, i) && family_has(save->good.present, i))
			good = check_family(&check, &save->good.rules[i], save->options.check.own ? &save->own[i] : &save->dump.rules[i]);
	}
	return good;
}
