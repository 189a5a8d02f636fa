/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/dual.h"
#include "ruletext/align.h"

#include <errno.h>
#include <string.h>

static const char *const marks[2] = { "-4 ", "-6 " };

struct dual {
	const struct text_table *table[2]; /* NULL: missing in this family */
	bool counters;
	struct strbuf *out;
};

static const struct text_chain *chain_of(const struct dual *dual, int side, const char *name)
{
	return dual->table[side] != NULL ? table_chain(dual->table[side], name) : NULL;
}

static void write_counters(const struct dual *dual, const struct piece *counters)
{
	bool known = dual->counters && counters->len > 0;

	strbuf_add(dual->out, known ? counters->text : "[0:0]", known ? counters->len : 5);
}

static void write_rule(const struct dual *dual, const char *mark, const struct text_rule *rule)
{
	if (dual->counters && rule->counters.len > 0) {
		strbuf_add(dual->out, rule->counters.text, rule->counters.len);
		strbuf_putc(dual->out, ' ');
	}
	strbuf_puts(dual->out, mark);
	strbuf_add(dual->out, rule->text.text, rule->text.len);
	strbuf_putc(dual->out, '\n');
}

/* Writes what differs in the declaration of a chain between the families. */
static void write_difference(const struct dual *dual, const struct text_chain *v4, const struct text_chain *v6)
{
	const struct text_chain *lone = v4 == NULL ? v6 : v4;

	if (lone->policy == NULL) {
		if (v4 == NULL || v6 == NULL)
			strbuf_printf(dual->out, "%s-N %s\n", marks[v4 == NULL], lone->name);
	} else if (v4 != NULL && v6 != NULL &&
		   (strcmp(v4->policy, v6->policy) != 0 ||
		    (dual->counters && !piece_equal(&v4->counters, &v6->counters)))) {
		if (dual->counters) {
			write_counters(dual, &v6->counters);
			strbuf_putc(dual->out, ' ');
		}
		strbuf_printf(dual->out, "%s-P %s %s\n", marks[1], v6->name, v6->policy);
	} else if ((v4 == NULL || v6 == NULL) && strcmp(lone->policy, "ACCEPT") != 0) {
		strbuf_printf(dual->out, "%s-P %s %s\n", marks[v4 == NULL], lone->name, lone->policy);
	}
}

/* Writes the chain line, which both families read. write_difference corrects what does not apply to one of them. */
static void write_chain(const struct dual *dual, const char *name)
{
	const struct text_chain *v4 = chain_of(dual, 0, name), *v6 = chain_of(dual, 1, name);
	const struct text_chain *any = v4 != NULL ? v4 : v6;

	if (any->policy == NULL && (v4 == NULL || v6 == NULL))
		return;
	strbuf_printf(dual->out, ":%s %s ", name,
		      any->policy == NULL ? "-" : v4 != NULL && v6 != NULL ? any->policy : "ACCEPT");
	write_counters(dual, &any->counters);
	strbuf_putc(dual->out, '\n');
}

static int write_rules(const struct dual *dual, const char *name)
{
	static const struct text_chain empty = { .name = "" };
	const struct text_chain *v4 = chain_of(dual, 0, name), *v6 = chain_of(dual, 1, name);
	size_t left = 0, right = 0;
	pairs both = { 0 };
	int err;

	v4 = v4 != NULL ? v4 : &empty;
	v6 = v6 != NULL ? v6 : &empty;
	err = align_rules(v4, v6, dual->counters, &both);
	for (size_t i = 0; err == 0 && i <= both.len; i++) {
		struct pair next = { v4->rules.len, v6->rules.len };

		if (i < both.len)
			next = both.item[i];
		while (left < next.left)
			write_rule(dual, marks[0], &v4->rules.item[left++]);
		while (right < next.right)
			write_rule(dual, marks[1], &v6->rules.item[right++]);
		if (i < both.len)
			write_rule(dual, "", &v4->rules.item[left++]);
		right += i < both.len;
	}
	vec_free(&both);
	return err;
}

/*
 * The nth chain: those of the first family in their order, then those of the second. "": an earlier one; NULL: no more.
 */
static const char *nth_chain(const struct dual *dual, size_t n)
{
	const struct text_table *v4 = dual->table[0], *v6 = dual->table[1];

	if (v4 != NULL && n < v4->chains.len)
		return v4->chains.item[n].name;
	n -= v4 != NULL ? v4->chains.len : 0;
	if (v6 == NULL || n >= v6->chains.len)
		return NULL;
	return v4 != NULL && table_chain(v4, v6->chains.item[n].name) != NULL ? "" : v6->chains.item[n].name;
}

static int write_table(const struct dual *dual, const char *table)
{
	const char *name;
	int err = 0;

	strbuf_printf(dual->out, "*%s\n", table);
	for (size_t i = 0; (name = nth_chain(dual, i)) != NULL; i++)
		if (name[0] != '\0')
			write_chain(dual, name);
	for (size_t i = 0; (name = nth_chain(dual, i)) != NULL; i++)
		if (name[0] != '\0')
			write_difference(dual, chain_of(dual, 0, name), chain_of(dual, 1, name));
	for (size_t i = 0; err == 0 && (name = nth_chain(dual, i)) != NULL; i++)
		if (name[0] != '\0')
			err = write_rules(dual, name);
	strbuf_puts(dual->out, "COMMIT\n");
	return err;
}

static const char empty_filter[] = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n";

int dual_write(const struct text_rules *v4, const struct text_rules *v6, bool counters, struct strbuf *out)
{
	size_t count = v4->tables.len + v6->tables.len;
	int err = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; err == 0 && i < count; i++) {
			bool second = i >= v4->tables.len;
			const char *name = second ? v6->tables.item[i - v4->tables.len].name : v4->tables.item[i].name;
			struct dual dual = { { rules_table(v4, name), rules_table(v6, name) }, counters, out };

			if ((strcmp(name, "filter") == 0) == (pass == 0) && !(second && dual.table[0] != NULL))
				err = write_table(&dual, name);
		}
	}
	if (count == 0)
		strbuf_puts(out, empty_filter);
	return out->failed ? -ENOMEM : err;
}
