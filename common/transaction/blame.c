/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Finds the line of the input that caused a refusal, or a difference between the rules asked for and those in force. */
#include "transaction/internal.h"
#include "host/limits.h"

#include <string.h>

static void report_at(struct transaction *t, unsigned line, const char *text)
{
	const struct stream *stream = t->request.stream;
	struct where where = { .file = stream != NULL ? stream->name : NULL }, origin = { .file = NULL };

	if (stream != NULL && line > 0 && line <= stream->lines.len) {
		where = stream_where(stream, &stream->lines.item[line - 1], 0, 0);
		origin = stream_origin_where(stream, &stream->lines.item[line - 1]);
	}
	diag_add(t->log, DIAG_LOAD, &where, &origin, "%s", text);
}

static const char *nth_line(const char *text, unsigned number, size_t *len)
{
	for (; number > 1 && *text != '\0'; number--)
		text += strcspn(text, "\n") + (text[strcspn(text, "\n")] == '\n');
	*len = strcspn(text, "\n");
	return text;
}

/* The table whose block contains this place of a program. */
static const struct text_table *table_at(const struct text_rules *rules, const char *program, const char *place)
{
	char name[32] = "";

	for (const char *line = program; line <= place && *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (*line == '*' && len < sizeof(name)) {
			memcpy(name, line + 1, len - 1);
			name[len - 1] = '\0';
		}
		line += len + (line[len] == '\n');
	}
	return rules_table(rules, name);
}

/* The rule that a line of a program adds, without command, chain, number and counters. *chain: the chain's name. */
static struct piece added(const char *line, size_t len, struct piece *chain)
{
	struct piece all = { line, (unsigned)len }, word = rule_word(&all, 0), next;

	if (word.len > 0 && *word.text == '[')
		word = rule_next_word(&all, &word);
	*chain = rule_next_word(&all, &word);
	next = rule_next_word(&all, chain);
	if (word.len == 2 && word.text[1] == 'I' && next.len > 0 && *next.text >= '0' && *next.text <= '9')
		next = rule_next_word(&all, &next);
	return (struct piece){ next.text, (unsigned)(line + len - next.text) };
}

/* The line of the input that contains the rule which this line of a program adds; 0: unknown. */
static unsigned line_of(const struct transaction *t, int family, const struct strbuf *program, unsigned number)
{
	size_t len;
	const char *line = nth_line(strbuf_text(program), number, &len);
	const struct text_table *table = table_at(&t->family[family].wanted, strbuf_text(program), line);
	struct piece chain, words = added(line, len, &chain);

	for (size_t c = 0; table != NULL && c < table->chains.len; c++) {
		const struct text_chain *at = &table->chains.item[c];

		for (size_t r = 0; r < at->rules.len && strlen(at->name) == chain.len && memcmp(at->name, chain.text, chain.len) == 0; r++) {
			const struct text_rule *rule = &at->rules.item[r];

			if (rule->text.len >= words.len && words.len > 0 &&
			    memcmp(rule->text.text + rule->text.len - words.len, words.text, words.len) == 0)
				return rule->line;
		}
	}
	return 0;
}

/* --- a refusal that names only the COMMIT line: search for the rule ------------------------------------ */

/* Writes the block of the table that ends at this COMMIT, with only its first `keep` rules. */
static void write_part(const char *program, const char *commit, size_t keep, struct strbuf *out)
{
	const char *start = program;

	for (const char *line = program; line < commit; line += strcspn(line, "\n") + 1)
		if (*line == '*')
			start = line;
	for (const char *line = start; line < commit;) {
		size_t len = strcspn(line, "\n") + 1;
		bool rule = *line == '-' || *line == '[';

		if (!rule || keep > 0)
			strbuf_add(out, line, len);
		keep -= rule && keep > 0;
		line += len;
	}
	strbuf_puts(out, "COMMIT\n");
}

static bool part_refused(const struct door *scratch, int family, const char *program, const char *commit, size_t keep,
			 struct strbuf *why)
{
	struct strbuf programs[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	struct refusal refusals[FAMILIES] = { REFUSAL_INIT, REFUSAL_INIT };
	bool refused;

	write_part(program, commit, keep, &programs[family]);
	scratch->restore(scratch->self, family_bit(family), RESTORE_FLUSH, programs, refusals);
	refused = refusals[family].refused;
	if (refused && refusals[family].why.len > 0) {
		strbuf_reset(why);
		strbuf_puts(why, strbuf_text(&refusals[family].why));
	}
	refusal_free(&refusals[family]);
	strbuf_free(&programs[family]);
	return refused;
}

/*
 * The number of the program's line with the first rule that makes its table fail, found by bisection. 0: no single rule
 * does.
 */
static unsigned search(const struct door *scratch, int family, const char *program, const char *commit, struct strbuf *why)
{
	const char *start = program;
	size_t good = 0, bad = 0, rules = 0;
	unsigned number = 1;

	for (const char *line = program; line < commit; line += strcspn(line, "\n") + 1) {
		if (*line == '*') {
			start = line;
			bad = 0;
		}
		bad += *line == '-' || *line == '[';
	}
	if (bad == 0 || part_refused(scratch, family, program, commit, 0, why) ||
	    !part_refused(scratch, family, program, commit, bad, why))
		return 0;
	while (bad - good > 1) {
		size_t middle = good + (bad - good) / 2;

		if (part_refused(scratch, family, program, commit, middle, why))
			bad = middle;
		else
			good = middle;
	}
	(void)part_refused(scratch, family, program, commit, bad, why);
	for (const char *line = program; line < commit; line += strcspn(line, "\n") + 1, number++) {
		rules += line >= start && (*line == '-' || *line == '[');
		if (rules == bad)
			return number;
	}
	return 0;
}

void report_refusal(struct transaction *t, int family, const struct strbuf *program, struct refusal *refusal,
		    const struct door *scratch)
{
	struct strbuf text = STRBUF_INIT;
	unsigned number = refusal->line;
	const char *line;
	size_t len;

	if (refusal->failure != 0) {
		diag_system(t->log, refusal->failure, "%s-%s-restore", family == 0 ? "iptables" : "ip6tables",
			    backend_name(t->door->kind));
		return;
	}
	line = nth_line(strbuf_text(program), number, &len);
	if (number > 0 && len == 6 && memcmp(line, "COMMIT", 6) == 0 && scratch != NULL)
		number = search(scratch, family, strbuf_text(program), line, &refusal->why);
	strbuf_printf(&text, "%s-%s-restore refused the %s rules: %s", family == 0 ? "iptables" : "ip6tables",
		      backend_name(t->door->kind), family_name(family), strbuf_text(&refusal->why));
	if (family == 1 && !host_has_ipv6())
		strbuf_puts(&text, "; this host has no IPv6: load only IPv4 (-4)");
	report_at(t, number > 0 ? line_of(t, family, program, number) : 0, strbuf_text(&text));
	strbuf_free(&text);
}

void report_difference(struct transaction *t, int family, const struct difference *difference)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "%s, table %s, chain %s, after the load: %s", family_name(family), difference->table,
		      difference->chain, difference->what);
	if (difference->rule.len > 0)
		strbuf_printf(&text, ": %.*s", (int)difference->rule.len, difference->rule.text);
	report_at(t, difference->line, strbuf_text(&text));
	strbuf_free(&text);
}
