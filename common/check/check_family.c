/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/check_family.h"

#include <netinet/in.h>

static void check_rule(const struct ruleset *ruleset, const struct rule *rule, struct diag_log *log)
{
	const struct line *line = &ruleset->stream->lines.item[rule->line];
	unsigned alien = ruleset->family == FAMILY_IPV6 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	struct where at = stream_where(ruleset->stream, line, 0, 0);
	struct where origin = stream_origin_where(ruleset->stream, line);

	if (rule->proto == alien && (rule->invert & INVERT_PROTO) == 0 && line->families == FAMILY_BOTH)
		diag_add(log, DIAG_SYNTAX, &at, &origin, "%s is the other family's protocol",
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
