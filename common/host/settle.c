/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Loads the lines that iptables-nft-save wrote for suspicious rules into a scratch namespace. If a line makes the same
 * expressions there, it showed the rule correctly, whatever program made it.
 */
#include "host/native.h"
#include "host/nfnl.h"
#include "host/shape.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

enum { REFUSED_MAX = 16 }; /* refused lines to leave out before giving up */

/* A suspicious rule, and its line in the output of iptables-save. */
struct suspect {
	const struct native *native; /* borrowed */
	const char *line;            /* borrowed from the output; NULL: not found, or refused */
	size_t len;
	unsigned number;             /* of the line, in the text that is loaded */
	unsigned position;           /* of the rule, in its chain in the scratch namespace */
	bool same;
};

struct trial {
	struct suspect *suspect; /* owned; sorted by table, chain and position, like the list */
	size_t count;
	char last[600]; /* "TABLE CHAIN" of the previous rule */
	unsigned position;
	size_t next; /* the next suspect to look for */
};

static bool is_at(const struct suspect *suspect, const char *table, const char *chain, unsigned position)
{
	return suspect->line != NULL && suspect->position == position && strcmp(suspect->native->table, table) == 0 &&
	       strcmp(suspect->native->chain, chain) == 0;
}

/* The position of a rule in its chain, if all rules of a chain come one after the other. */
static unsigned next_position(struct trial *trial, const char *table, const char *chain)
{
	char name[sizeof(trial->last)];

	snprintf(name, sizeof(name), "%s %s", table, chain);
	if (strcmp(name, trial->last) != 0) {
		strcpy(trial->last, name);
		trial->position = 0;
	}
	return ++trial->position;
}

static int compare(const void *key, const void *member)
{
	const struct native *wanted = key, *native = ((const struct suspect *)member)->native;
	int by_table = strcmp(wanted->table, native->table), by_chain = strcmp(wanted->chain, native->chain);

	if (by_table != 0 || by_chain != 0)
		return by_table != 0 ? by_table : by_chain;
	return (wanted->position > native->position) - (wanted->position < native->position);
}

/* Finds the suspect of a line "[0:0] -A CHAIN ...". */
static void find_line(struct trial *trial, const char *table, const char *line, size_t len)
{
	const char *append = memmem(line, len, "-A ", 3), *end;
	char chain[64];
	struct native key = { .table = (char *)(uintptr_t)table, .chain = chain };
	struct suspect *suspect;

	if (append == NULL || (append != line && line[0] != '['))
		return;
	append += 3;
	end = memchr(append, ' ', len - (size_t)(append - line));
	if (end == NULL)
		end = line + len;
	if ((size_t)(end - append) >= sizeof(chain))
		return;
	snprintf(chain, sizeof(chain), "%.*s", (int)(end - append), append);
	key.position = next_position(trial, table, chain);
	suspect = bsearch(&key, trial->suspect, trial->count, sizeof(*suspect), compare);
	if (suspect != NULL) {
		suspect->line = line;
		suspect->len = len;
	}
}

static void find_lines(struct trial *trial, const struct strbuf *saved)
{
	char table[32] = "";

	trial->last[0] = '\0';
	for (const char *line = strbuf_text(saved); *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (*line == '*')
			snprintf(table, sizeof(table), "%.*s", (int)len - 1, line + 1);
		else
			find_line(trial, table, line, len);
		line += len + (line[len] == '\n');
	}
}

/* Writes only the lines of suspects, but declares all chains: iptables may be unable to read the other rules. */
static void write_text(struct trial *trial, const struct strbuf *saved, struct strbuf *out)
{
	unsigned number = 0;
	char table[32] = "";

	strbuf_reset(out);
	trial->last[0] = '\0';
	for (const char *line = strbuf_text(saved); *line != '\0';) {
		size_t len = strcspn(line, "\n");
		bool commit = len == 6 && memcmp(line, "COMMIT", 6) == 0;

		if (*line == '*')
			snprintf(table, sizeof(table), "%.*s", (int)len - 1, line + 1);
		for (size_t i = 0; commit && i < trial->count; i++) {
			struct suspect *suspect = &trial->suspect[i];

			if (strcmp(suspect->native->table, table) != 0 || suspect->line == NULL)
				continue;
			strbuf_add(out, suspect->line, suspect->len);
			strbuf_putc(out, '\n');
			suspect->number = ++number;
			suspect->position = next_position(trial, table, suspect->native->chain);
		}
		if (*line == '*' || *line == ':' || commit) {
			strbuf_add(out, line, len);
			strbuf_putc(out, '\n');
			number++;
		}
		line += len + (line[len] == '\n');
	}
}

/* Callback of the dump. The rules of a chain come in the order in which their lines were written. */
static int see_again(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attrs[NFTA_RULE_MAX + 1];
	struct trial *trial = data;
	struct strbuf shape = STRBUF_INIT;
	const char *table, *chain;
	unsigned position;

	nfnl_parse(message, attrs, NFTA_RULE_MAX);
	table = nfnl_text(attrs[NFTA_RULE_TABLE]);
	chain = nfnl_text(attrs[NFTA_RULE_CHAIN]);
	position = next_position(trial, table, chain);
	shape_write(attrs[NFTA_RULE_EXPRESSIONS], &shape);
	if (position == 1)
		trial->next = 0;
	while (trial->next < trial->count && !is_at(&trial->suspect[trial->next], table, chain, position))
		trial->next++;
	if (trial->next < trial->count)
		trial->suspect[trial->next].same =
			!shape.failed && strcmp(strbuf_text(&shape), strbuf_text(&trial->suspect[trial->next].native->shape)) == 0;
	strbuf_free(&shape);
	return MNL_CB_OK;
}

static bool look_again(struct trial *trial, int family)
{
	struct mnl_socket *socket = nfnl_open();
	bool good = socket != NULL;

	trial->last[0] = '\0';
	if (good)
		good = nfnl_dump(socket, 1, NFT_MSG_GETRULE, family, NULL, NULL, see_again, trial) == 0;
	if (socket != NULL)
		mnl_socket_close(socket);
	return good;
}

/*
 * A line that is refused did not show its rule correctly: leaves it out. False: iptables-restore did not say which
 * line.
 */
static bool leave_out(struct trial *trial, unsigned number)
{
	for (size_t i = 0; number > 0 && i < trial->count; i++)
		if (trial->suspect[i].line != NULL && trial->suspect[i].number == number) {
			trial->suspect[i].line = NULL;
			return true;
		}
	return false;
}

/* Loads the lines, leaving out those that are refused. False: failed. */
static bool load_again(struct trial *trial, struct backend *scratch, int family, const struct strbuf *saved)
{
	struct refusal refusals[FAMILIES] = { REFUSAL_INIT, REFUSAL_INIT };
	struct strbuf programs[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	bool loaded = false, again = true;

	for (int tries = 0; !loaded && again && tries < REFUSED_MAX; tries++) {
		write_text(trial, saved, &programs[family]);
		backend_restore(scratch, family_bit(family), RESTORE_FLUSH, programs, refusals);
		loaded = !refusals[family].refused;
		again = leave_out(trial, refusals[family].line);
		refusal_free(&refusals[family]);
	}
	strbuf_free(&programs[family]);
	return loaded;
}

static void make_again(struct trial *trial, const struct backend *backend, int family, const struct strbuf *saved)
{
	struct netns netns[FAMILIES] = { NETNS_INIT, NETNS_INIT };
	struct backend scratch = *backend;
	bool good = netns_make(&netns[family], false) == 0;

	scratch.netns = netns;
	scratch.held = NULL;
	good = good && load_again(trial, &scratch, family, saved) && netns_enter(&netns[family]) == 0;
	if (good) {
		good = look_again(trial, family);
		good = netns_leave(&netns[family]) == 0 && good;
	}
	for (size_t i = 0; !good && i < trial->count; i++)
		trial->suspect[i].same = false;
	netns_free(&netns[family]);
}

/* Removes the suspects that turned out the same from the list. Both are in the same order. */
static void take_out(struct natives *natives, const struct trial *trial)
{
	size_t kept = 0, next = 0;

	for (size_t i = 0; i < natives->list.len; i++) {
		struct native native = natives->list.item[i];
		bool suspected = next < trial->count && trial->suspect[next].native == &natives->list.item[i];

		if (suspected && trial->suspect[next++].same)
			native_free(&native);
		else
			natives->list.item[kept++] = native;
	}
	natives->list.len = kept;
}

void natives_settle(struct natives *natives, const struct backend *backend, int family, const struct strbuf *saved)
{
	struct trial trial = { .suspect = calloc(natives->list.len + 1, sizeof(*trial.suspect)) };

	for (size_t i = 0; trial.suspect != NULL && i < natives->list.len; i++)
		if (natives->list.item[i].position > 0 && !natives->list.item[i].jumps)
			trial.suspect[trial.count++].native = &natives->list.item[i];
	if (trial.count > 0 && saved->len > 0) {
		find_lines(&trial, saved);
		make_again(&trial, backend, family, saved);
		take_out(natives, &trial);
	}
	free(trial.suspect);
}
