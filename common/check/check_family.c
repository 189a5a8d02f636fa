/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/checks.h"
#include "text/token.h"

#include <netinet/in.h>

/* The word behind -p, for the message. */
static struct token protocol_word(const struct line *line)
{
	struct token word = token_after(line->text, line->len, 0);

	while (word.len > 0 && !token_is(&word, "-p") && !token_is(&word, "--protocol"))
		word = token_next(line->text, line->len, &word);
	return token_next(line->text, line->len, &word);
}

static void check_rule(const struct ruleset *ruleset, const struct rule *rule, struct diag_log *log)
{
	const struct line *line = &ruleset->stream->lines.item[rule->line];
	unsigned alien = ruleset->family == FAMILY_IPV6 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	struct token word;
	struct where at;
	struct where origin = stream_origin_where(ruleset->stream, line);

	if (rule->proto != alien || (rule->invert & INVERT_PROTO) != 0 || line->families != FAMILY_BOTH)
		return;
	word = protocol_word(line);
	at = stream_where(ruleset->stream, line, word.len > 0 ? word.column : 0, (unsigned)word.len);
	diag_add(log, DIAG_SYNTAX, &at, &origin, "%s belongs to the other family",
		 alien == IPPROTO_ICMP ? "icmp" : "ipv6-icmp");
}

void check_family(const struct ruleset *ruleset, struct diag_log *log)
{
	for (size_t t = 0; t < ruleset->tables.len; t++) {
		const struct table *table = ruleset->tables.item[t];

		for (size_t c = 0; c < table->chains.len; c++)
			for (size_t r = 0; r < table->chains.item[c]->rules.len; r++)
				check_rule(ruleset, table->chains.item[c]->rules.item[r], log);
	}
}
