/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/around.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool chain_differs(const struct text_table *before, const struct text_table *put, const char *name)
{
	const struct text_chain *was = before != NULL ? table_chain(before, name) : NULL;
	const struct text_chain *is = put != NULL ? table_chain(put, name) : NULL;

	return was == NULL || is == NULL ? was != is : !chain_equal(was, is);
}

static bool table_differs(const struct around *around, const char *name)
{
	const struct text_table *before = rules_table(around->before, name), *put = rules_table(around->put, name);
	bool differs = false;

	for (size_t i = 0; !differs && before != NULL && i < before->chains.len; i++)
		differs = chain_differs(before, put, before->chains.item[i].name);
	for (size_t i = 0; !differs && put != NULL && i < put->chains.len; i++)
		differs = chain_differs(before, put, put->chains.item[i].name);
	return differs;
}

static bool is_in_the_way(const struct native *native, const struct around *around)
{
	if (native->chain == NULL)
		return table_differs(around, native->table);
	return chain_differs(rules_table(around->before, native->table), rules_table(around->put, native->table), native->chain);
}

void around_pick(struct natives *natives, const struct around *around)
{
	size_t kept = 0;

	for (size_t i = 0; i < natives->list.len; i++) {
		struct native native = natives->list.item[i];

		if (is_in_the_way(&native, around))
			natives->list.item[kept++] = native;
		else
			native_free(&native);
	}
	natives->list.len = kept;
}

/* Does the list contain this chain itself, or if `inside`, anything in it? */
static bool is_listed(const struct natives *natives, const char *table, const char *chain, size_t len, bool inside)
{
	for (size_t i = 0; i < natives->list.len; i++) {
		const struct native *native = &natives->list.item[i];

		if (native->chain != NULL && (inside || native->position == 0) && strcmp(native->table, table) == 0 &&
		    strlen(native->chain) == len && memcmp(native->chain, chain, len) == 0)
			return true;
	}
	return false;
}

/* Appends what was read, without the lines of chains that the list names. */
static void take_tables(const struct natives *natives, const struct strbuf *saved, struct strbuf *out)
{
	char table[32] = "";

	for (const char *line = strbuf_text(saved); *line != '\0';) {
		size_t len = strcspn(line, "\n");
		const char *name = *line == '[' ? memchr(line, ' ', len) : NULL;
		bool rule = name != NULL && strncmp(name, " -A ", 4) == 0;

		if (*line == '*')
			snprintf(table, sizeof(table), "%.*s", (int)len - 1, line + 1);
		name = rule ? name + 4 : line + 1;
		if (!(rule || *line == ':') || !is_listed(natives, table, name, strcspn(name, " \n"), rule))
			strbuf_add(out, line, len + (line[len] == '\n'));
		line += len + (line[len] == '\n');
	}
}

/* Appends a table that is not read, without rules. */
static void declare_table(const struct text_table *table, struct strbuf *out)
{
	strbuf_printf(out, "*%s\n", table->name);
	for (size_t i = 0; i < table->chains.len; i++)
		chain_write_line(&table->chains.item[i], true, out);
	strbuf_puts(out, "COMMIT\n");
}

/* Appends the names of tables that differ, one a line, apart from those of `except`; NULL: none. */
static bool add_names(const struct around *around, const struct text_rules *rules, const struct text_rules *except,
		      struct strbuf *names)
{
	for (size_t i = 0; i < rules->tables.len; i++) {
		const char *name = rules->tables.item[i].name;

		if (table_differs(around, name) && (except == NULL || rules_table(except, name) == NULL))
			strbuf_printf(names, "%s\n", name);
	}
	return !names->failed;
}

/* Reads each table that differs. -EBADMSG: iptables-save does not show one of them. */
static int read_tables(const struct backend *backend, int family, const struct strbuf *names, struct strbuf *all)
{
	int err = 0;

	for (const char *name = strbuf_text(names); err == 0 && *name != '\0'; name += strcspn(name, "\n") + 1) {
		struct strbuf one = STRBUF_INIT, head = STRBUF_INIT;

		strbuf_add(&one, name, strcspn(name, "\n") + 1);
		strbuf_printf(&head, "*%s", strbuf_text(&one));
		err = backend_save_tables(backend, family, &one, all) ? 0 : -EBADMSG;
		if (err == 0 && strstr(strbuf_text(all), strbuf_text(&head)) == NULL)
			err = -EBADMSG;
		strbuf_free(&one);
		strbuf_free(&head);
	}
	return err;
}

int around_save(const struct backend *backend, int family, const struct around *around, struct strbuf *text)
{
	struct strbuf names = STRBUF_INIT, all = STRBUF_INIT;
	struct natives natives = { .list = { 0 } };
	bool good = add_names(around, around->before, NULL, &names) && add_names(around, around->put, around->before, &names);
	int err = good ? read_tables(backend, family, &names, &all) : -ENOMEM;

	if (err == 0)
		err = natives_find(&natives, family);
	if (err == 0 && natives.list.len > 0)
		natives_settle(&natives, backend, family, &all);
	for (size_t i = 0; err == 0 && i < natives.list.len; i++)
		if (is_in_the_way(&natives.list.item[i], around))
			err = -EBADMSG;
	if (err == 0)
		take_tables(&natives, &all, text);
	for (size_t i = 0; err == 0 && i < around->put->tables.len; i++)
		if (!table_differs(around, around->put->tables.item[i].name))
			declare_table(&around->put->tables.item[i], text);
	natives_free(&natives);
	strbuf_free(&names);
	strbuf_free(&all);
	return err == -EINTR ? -EBUSY : err == 0 && text->failed ? -ENOMEM : err;
}
