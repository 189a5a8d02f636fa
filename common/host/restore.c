/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/backend.h"
#include "base/escape.h"
#include "base/number.h"
#include "host/kmsg.h"
#include "host/limits.h"

#include <errno.h>
#include <string.h>

/* The number that follows `label` in the line, up to *end; 0: there is none. */
static unsigned number_behind(const char *line, size_t len, const char *label, size_t *end)
{
	const char *at = memmem(line, len, label, strlen(label));
	uint64_t number;

	if (at == NULL)
		return 0;
	at += strlen(label);
	if (!number_take(&at, 10, 3999999999, &number))
		return 0;
	*end = (size_t)(at - line);
	return (unsigned)number;
}

static void add_words(struct strbuf *why, const char *text, size_t len)
{
	while (len > 0 && (*text == ' ' || *text == ':')) {
		text++;
		len--;
	}
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '.' || text[len - 1] == ':'))
		len--;
	if (len == 0)
		return;
	if (why->len > 0)
		strbuf_puts(why, "; ");
	strbuf_escape(why, text, len);
}

/* The offset of TEXT in "ip6tables-nft-restore v1.8.9 (nf_tables): TEXT" or "iptables-restore: TEXT". */
static size_t program_name(const char *line, size_t len)
{
	const char *colon = memmem(line, len, ": ", 2);
	const char *restore = memmem(line, len, "tables-", 7);

	if (len > 0 && line[len - 1] == ':')
		colon = colon != NULL ? colon : line + len - 1;
	if (colon == NULL || restore == NULL || restore > colon || restore > line + 4)
		return 0;
	return (size_t)(colon - line) + 1;
}

/*
 * The known formats: "PROGRAM: WHY", then "Error occurred at line: N", then "Try ..."; "line N: VERB failed (WHY): rule
 * in chain C"; "PROGRAM: line N failed[: WHY]"; "PROGRAM: WHY line N: WHY".
 */
static void read_line(struct refusal *refusal, const char *line, size_t len)
{
	size_t end = 0, name = program_name(line, len);
	unsigned number = number_behind(line, len, "Error occurred at line: ", &end);

	if (number > 0) {
		refusal->line = number;
		return;
	}
	if ((len >= 4 && memcmp(line, "Try ", 4) == 0) || len == 0)
		return;
	line += name;
	len -= name;
	if (program_name(line, len) > 0) { /* "iptables-restore v1.8.9 (legacy): iptables-restore: ..." */
		name = program_name(line, len);
		line += name;
		len -= name;
	}
	number = number_behind(line, len, "line ", &end);
	if (number > 0 && refusal->line == 0)
		refusal->line = number;
	if (number > 0 && (end == len || strncmp(line + end, " failed", 7) == 0 || line[end] == ':')) {
		const char *start = memmem(line, len, "line ", 5);
		size_t skip = line[end] == ' ' ? 7 : 0;

		add_words(&refusal->why, line, (size_t)(start - line));
		if (end + skip <= len)
			add_words(&refusal->why, line + end + skip, len - end - skip);
		return;
	}
	add_words(&refusal->why, line, len);
}

void refusal_read(struct refusal *refusal, const char *words)
{
	refusal->line = 0;
	strbuf_reset(&refusal->why);
	while (*words != '\0') {
		size_t len = strcspn(words, "\n");

		read_line(refusal, words, len);
		words += len + (words[len] == '\n');
	}
	if (refusal->why.len == 0 && refusal->line > 0)
		strbuf_puts(&refusal->why, "the kernel refused it");
}

void refusal_free(struct refusal *refusal)
{
	strbuf_free(&refusal->why);
}

static void restore_arguments(struct spawn *spawn, enum restore_mode mode)
{
	size_t n = 1;

	if (mode != RESTORE_FLUSH)
		spawn->argv[n++] = "--counters";
	if (mode == RESTORE_CHANGE)
		spawn->argv[n++] = "--noflush";
}

/* A program that prints anything did something other than loading, whatever its status is. */
static void judge(struct refusal *refusal, const struct spawn *spawn)
{
	size_t len = strcspn(strbuf_text(&spawn->out), "\n");

	refusal->failure = spawn->failure == -ETIMEDOUT || spawn->failure == -EBUSY ? 0 : spawn->failure;
	refusal->refused = !spawn_good(spawn) || spawn->out.len > 0;
	if (refusal->failure != 0 || !refusal->refused)
		return;
	if (spawn->failure == 0 && spawn->status > 0 && spawn->status <= 128)
		refusal_read(refusal, strbuf_text(&spawn->err));
	else if (spawn_good(spawn)) {
		strbuf_printf(&refusal->why, "%s printed \"", spawn->argv[0]);
		strbuf_escape(&refusal->why, strbuf_text(&spawn->out), len < 60 ? len : 60);
		strbuf_puts(&refusal->why, len < 60 ? "\"" : " ...\"");
		strbuf_puts(&refusal->why, " instead of loading the rules");
	}
	if (refusal->why.len == 0)
		spawn_tell(spawn, &refusal->why);
}

/* Without IPv6, iptables-legacy has no tables for it, and its message is hard to understand. */
static void add_absence(const struct backend *backend, struct refusal *refusal)
{
	if (refusal->refused && backend->kind == BACKEND_LEGACY && !host_has_ipv6())
		strbuf_puts(&refusal->why, "; this kernel has no IPv6: load only IPv4 (-4)");
}

/* iptables-legacy learns no more than "invalid": the kernel's log may say more. */
static void add_reasons(int log, struct refusal refusals[FAMILIES])
{
	struct strbuf reasons[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };

	kmsg_reasons(log, reasons);
	for (int i = 0; i < FAMILIES; i++) {
		if (refusals[i].refused && refusals[i].line > 0 && reasons[i].len > 0) {
			strbuf_puts(&refusals[i].why, " (the kernel's log says: ");
			strbuf_escape(&refusals[i].why, strbuf_text(&reasons[i]), reasons[i].len);
			strbuf_puts(&refusals[i].why, ")");
		}
		strbuf_free(&reasons[i]);
	}
}

void backend_restore(const struct backend *backend, enum family families, enum restore_mode mode,
		     const struct strbuf programs[FAMILIES], struct refusal refusals[FAMILIES])
{
	struct spawn spawns[FAMILIES];
	size_t count = 0;
	int which[FAMILIES], log = backend->kind == BACKEND_LEGACY && backend->netns != NULL ? kmsg_open() : -1;

	for (int i = 0; i < FAMILIES; i++) {
		refusals[i] = (struct refusal)REFUSAL_INIT;
		if (!family_has(families, i) || programs[i].len == 0)
			continue;
		which[count] = i;
		backend_spawn(backend, i, backend->restore[i], &spawns[count]);
		restore_arguments(&spawns[count], mode);
		spawns[count].held = backend->held;
		spawns[count++].input = &programs[i];
	}
	spawn_run(spawns, count);
	for (size_t n = 0; n < count; n++) {
		judge(&refusals[which[n]], &spawns[n]);
		spawn_free(&spawns[n]);
	}
	add_reasons(log, refusals);
	add_absence(backend, &refusals[1]);
}
