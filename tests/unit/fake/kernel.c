/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fake/kernel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- words ------------------------------------------------------------------------------------------ */

enum { SLOTS = 2 * FAKE_WORDS };

static char *words[FAKE_WORDS];
static fake_word slots[SLOTS], word_count = 1;

fake_word fake_word_of(const char *text, size_t len)
{
	uint32_t hash = 2166136261u;

	if (len == 0)
		return 0;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	for (hash %= SLOTS; slots[hash] != 0; hash = (hash + 1) % SLOTS)
		if (strncmp(words[slots[hash]], text, len) == 0 && words[slots[hash]][len] == '\0')
			return slots[hash];
	words[word_count] = strndup(text, len);
	if (words[word_count] == NULL || word_count + 1 == FAKE_WORDS) {
		printf("Bail out! the fake kernel has no room for more texts\n");
		exit(3);
	}
	slots[hash] = word_count;
	return word_count++;
}

fake_word fake_word_text(const char *text)
{
	return fake_word_of(text, strlen(text));
}

const char *fake_text(fake_word word)
{
	return word == 0 ? "" : words[word];
}

/* --- finding ---------------------------------------------------------------------------------------- */

struct fake_table *fake_table(struct fake_kernel *kernel, int family, const char *name)
{
	struct fake_rules *rules = &kernel->rules[family];
	fake_word word = fake_word_text(name);

	for (unsigned i = 0; i < rules->count; i++)
		if (rules->table[i].name == word)
			return &rules->table[i];
	return NULL;
}

static const struct fake_table *find_table(const struct fake_rules *rules, fake_word name)
{
	for (unsigned i = 0; i < rules->count; i++)
		if (rules->table[i].name == name)
			return &rules->table[i];
	return NULL;
}

struct fake_chain *fake_chain(struct fake_table *table, fake_word name)
{
	for (unsigned i = 0; table != NULL && i < table->count; i++)
		if (table->chain[i].name == name)
			return &table->chain[i];
	return NULL;
}

static const struct fake_chain *find_chain(const struct fake_table *table, fake_word name)
{
	for (unsigned i = 0; table != NULL && i < table->count; i++)
		if (table->chain[i].name == name)
			return &table->chain[i];
	return NULL;
}

struct fake_setting *fake_setting(struct fake_kernel *kernel, const char *key)
{
	fake_word word = fake_word_text(key);

	for (unsigned i = 0; i < kernel->setting_count; i++)
		if (kernel->setting[i].key == word)
			return &kernel->setting[i];
	return NULL;
}

void fake_setting_put(struct fake_kernel *kernel, const char *key, const char *value)
{
	struct fake_setting *setting = fake_setting(kernel, key);

	if (setting == NULL && kernel->setting_count < FAKE_SETTINGS) {
		setting = &kernel->setting[kernel->setting_count++];
		setting->key = fake_word_text(key);
	}
	if (setting != NULL)
		setting->value = fake_word_text(value);
}

void fake_setting_write(struct fake_kernel *kernel, struct fake_setting *setting, const char *value)
{
	bool forwards = strcmp(fake_text(setting->key), "net.ipv4.ip_forward") == 0;

	if (forwards && setting->value != fake_word_text(value)) {
		fake_setting_put(kernel, "net.ipv4.conf.all.accept_redirects", strcmp(value, "0") == 0 ? "1" : "0");
		fake_setting_put(kernel, "net.ipv4.conf.eth1.forwarding", value);
	}
	setting->value = fake_word_text(value);
}

unsigned fake_count(const struct fake_kernel *kernel, int family, const char *table, const char *rule)
{
	const struct fake_table *at = find_table(&kernel->rules[family], fake_word_text(table));
	fake_word word = fake_word_text(rule);
	unsigned count = 0;

	for (unsigned c = 0; at != NULL && c < at->count; c++)
		for (unsigned r = 0; r < at->chain[c].count; r++)
			count += at->chain[c].rule[r] == word;
	return count;
}

void fake_save(const struct fake_kernel *kernel, int family, struct strbuf *out)
{
	const struct fake_rules *rules = &kernel->rules[family];

	for (unsigned t = 0; t < rules->count; t++) {
		const struct fake_table *table = &rules->table[t];

		strbuf_printf(out, "*%s\n", fake_text(table->name));
		for (unsigned c = 0; c < table->count; c++)
			strbuf_printf(out, ":%s %s [0:0]\n", fake_text(table->chain[c].name),
				      table->chain[c].policy != 0 ? fake_text(table->chain[c].policy) : "-");
		for (unsigned c = 0; c < table->count; c++)
			for (unsigned r = 0; r < table->chain[c].count; r++)
				strbuf_printf(out, "[0:0] %s\n", fake_text(table->chain[c].rule[r]));
		strbuf_puts(out, "COMMIT\n");
	}
}

/* --- comparing -------------------------------------------------------------------------------------- */

/* A missing built-in chain accepts, like an empty one. */
static bool chain_same(const struct fake_chain *a, const struct fake_chain *b)
{
	const struct fake_chain empty = { .policy = fake_word_text("ACCEPT") };

	a = a != NULL ? a : &empty;
	b = b != NULL ? b : &empty;
	return a->policy == b->policy && a->count == b->count && memcmp(a->rule, b->rule, a->count * sizeof(a->rule[0])) == 0;
}

static bool has_all(const struct fake_rules *a, const struct fake_rules *b, fake_word only)
{
	for (unsigned t = 0; t < a->count; t++) {
		const struct fake_table *table = &a->table[t], *other = find_table(b, table->name);

		for (unsigned c = 0; (only == 0 || only == table->name) && c < table->count; c++)
			if (!chain_same(&table->chain[c], find_chain(other, table->chain[c].name)))
				return false;
	}
	return true;
}

bool fake_rules_same(const struct fake_kernel *a, const struct fake_kernel *b, int family, const char *only_table)
{
	fake_word only = only_table != NULL ? fake_word_text(only_table) : 0;

	return has_all(&a->rules[family], &b->rules[family], only) && has_all(&b->rules[family], &a->rules[family], only);
}

bool fake_settings_same(const struct fake_kernel *a, const struct fake_kernel *b)
{
	for (unsigned i = 0; i < a->setting_count; i++)
		if (a->setting[i].key != b->setting[i].key || a->setting[i].value != b->setting[i].value)
			return false;
	return a->setting_count == b->setting_count;
}

static const struct fake_set *find_set(const struct fake_kernel *kernel, fake_word name)
{
	for (unsigned i = 0; i < kernel->set_count; i++)
		if (kernel->set[i].name == name)
			return &kernel->set[i];
	return NULL;
}

static bool has_member(const struct fake_set *set, fake_word member)
{
	for (unsigned i = 0; i < set->count; i++)
		if (set->member[i] == member)
			return true;
	return false;
}

bool fake_sets_same(const struct fake_kernel *a, const struct fake_kernel *b)
{
	for (unsigned i = 0; i < a->set_count; i++) {
		const struct fake_set *set = &a->set[i], *other = find_set(b, set->name);

		if (other == NULL || other->type != set->type || other->count != set->count)
			return false;
		for (unsigned m = 0; m < set->count; m++)
			if (!has_member(other, set->member[m]))
				return false;
	}
	return a->set_count == b->set_count;
}

/* --- sets ------------------------------------------------------------------------------------------- */

struct fake_set *fake_set(struct fake_kernel *kernel, const char *name)
{
	fake_word word = fake_word_text(name);

	for (unsigned i = 0; i < kernel->set_count; i++)
		if (kernel->set[i].name == word)
			return &kernel->set[i];
	return NULL;
}

void fake_set_save(const struct fake_set *set, struct strbuf *out)
{
	strbuf_printf(out, "create %s %s\n", fake_text(set->name), fake_text(set->type));
	for (unsigned i = 0; i < set->count; i++)
		strbuf_printf(out, "add %s %s\n", fake_text(set->name), fake_text(set->member[i]));
}

/* Does a rule of either family match the set? */
static bool is_used(const struct fake_kernel *kernel, const char *set)
{
	char words_of_match[96];

	snprintf(words_of_match, sizeof(words_of_match), "--match-set %s ", set);
	for (int f = 0; f < FAMILIES; f++)
		for (unsigned t = 0; t < kernel->rules[f].count; t++)
			for (unsigned c = 0; c < kernel->rules[f].table[t].count; c++) {
				const struct fake_chain *chain = &kernel->rules[f].table[t].chain[c];

				for (unsigned r = 0; r < chain->count; r++)
					if (strstr(fake_text(chain->rule[r]), words_of_match) != NULL)
						return true;
			}
	return false;
}

static bool set_swap(struct fake_kernel *kernel, struct fake_set *set, const char *other_name)
{
	struct fake_set *other = fake_set(kernel, other_name), copy;
	fake_word name = set->name;

	if (other == NULL || other->type != set->type)
		return false;
	copy = *other;
	*other = *set;
	other->name = copy.name;
	*set = copy;
	set->name = name;
	return true;
}

static bool set_member(struct fake_set *set, const char *member, bool add, bool exist)
{
	fake_word word = fake_word_text(member);

	if (has_member(set, word) == add)
		return exist;
	if (add && set->count == FAKE_MEMBERS)
		return false;
	if (add) {
		set->member[set->count++] = word;
		return true;
	}
	for (unsigned i = 0; i < set->count; i++)
		if (set->member[i] == word)
			set->member[i] = set->member[set->count - 1];
	set->count--;
	return true;
}

static bool set_line(struct fake_kernel *kernel, const char *verb, const char *name, const char *rest)
{
	struct fake_set *set = fake_set(kernel, name);
	char member[64] = "", option[16] = "";

	if (strcmp(verb, "create") == 0) {
		if (set != NULL || kernel->set_count == FAKE_SETS)
			return false;
		kernel->set[kernel->set_count++] = (struct fake_set){ .name = fake_word_text(name), .type = fake_word_text(rest) };
		return true;
	}
	if (set == NULL)
		return false;
	if (strcmp(verb, "destroy") == 0) {
		if (is_used(kernel, name))
			return false;
		*set = kernel->set[--kernel->set_count];
		return true;
	}
	if (strcmp(verb, "rename") == 0)
		return !is_used(kernel, name) && fake_set(kernel, rest) == NULL && (set->name = fake_word_text(rest), true);
	if (strcmp(verb, "swap") == 0)
		return set_swap(kernel, set, rest);
	return sscanf(rest, "%63s %15s", member, option) >= 1 &&
	       set_member(set, member, strcmp(verb, "add") == 0, strcmp(option, "-exist") == 0);
}

int fake_sets_run(struct fake_kernel *kernel, const char *lines)
{
	for (const char *line = lines; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		char text[256], verb[16] = "", name[64] = "";
		int rest = 0;

		snprintf(text, sizeof(text), "%.*s", (int)len, line);
		if (sscanf(text, "%15s %63s %n", verb, name, &rest) < 2)
			return -EINVAL;
		if (!set_line(kernel, verb, name, text + rest))
			return is_used(kernel, name) ? -EBUSY : -EIO;
		line += len + (line[len] == '\n');
	}
	return 0;
}
