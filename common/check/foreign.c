/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/foreign.h"
#include "text/token.h"

#include <string.h>

/* How a text that is not a ruleset begins, and what to tell its author. */
struct foreign_row {
	const char *begins; /* the first line that is not blank */
	const char *advice;
};

static const struct foreign_row rows[] = {
	{ "Chain ", "it looks like the output of iptables -L; use iptables-save" },
	{ "-P ", "it looks like the output of iptables -S; use iptables-save" },
	{ "#!/usr/sbin/nft", "it looks like rules for nft; fw-lint reads what iptables-save prints" },
	{ "#!", "it looks like a script; run it in a network namespace of its own and use iptables-save there" },
	{ "iptables", "it looks like commands for a shell; run them in a network namespace of their own and use iptables-save there" },
	{ "ip6tables", "it looks like commands for a shell; run them in a network namespace of their own and use iptables-save there" },
	{ "sudo ", "it looks like commands for a shell; run them in a network namespace of their own and use iptables-save there" },
	{ "table ", "it looks like the output of nft list ruleset; use iptables-save" },
	{ "flush ruleset", "it looks like rules for nft; fw-lint reads what iptables-save prints" },
	{ "<?xml", "it looks like XML, such as a zone of firewalld; use iptables-save" },
	{ "<zone", "it looks like a zone of firewalld; use iptables-save" },
	{ "<", "it looks like HTML; save the rules themselves, not the page around them" },
	{ "{", "it looks like JSON; use iptables-save" },
};

static bool begins_with(const struct line *line, const char *text)
{
	size_t at = 0, len = strlen(text);

	while (at < line->len && (line->text[at] == ' ' || line->text[at] == '\t'))
		at++;
	return line->len - at >= len && memcmp(line->text + at, text, len) == 0;
}

static const char *looks_like(const struct line *line)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (begins_with(line, rows[i].begins))
			return rows[i].advice;
	return NULL;
}

bool foreign_text(const struct stream *stream, struct diag_log *log)
{
	const struct line *first = NULL;
	const char *advice = NULL;
	struct where where;
	unsigned bad = 0;

	if (stream->tables.len > 0)
		return false;
	for (size_t i = 0; i < stream->lines.len && bad < 3; i++) {
		const struct line *line = &stream->lines.item[i];

		if (line->kind == LINE_BLANK)
			continue;
		advice = advice != NULL ? advice : looks_like(line);
		first = first == NULL && line->kind == LINE_BAD ? line : first;
		bad += line->kind == LINE_BAD;
	}
	if (first == NULL || (advice == NULL && (begins_with(first, "-") || begins_with(first, ":") || begins_with(first, "["))))
		return false;
	where = stream_where(stream, first, 1, first->len);
	diag_add(log, DIAG_STRUCTURE, &where, NULL, "this is no iptables-restore text: %s",
		 advice != NULL ? advice : "it has no table such as *filter; use iptables-save");
	return true;
}
