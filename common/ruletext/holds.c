/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/merge.h"

#include <string.h>

/* Are our rules of want in live, in the same order? Any other rules may be between them. */
static bool chain_holds(const struct text_chain *want, const struct text_chain *live)
{
	size_t at = 0;

	if (live == NULL || (want->policy == NULL) != (live->policy == NULL) ||
	    (want->policy != NULL && strcmp(want->policy, live->policy) != 0))
		return false;
	for (size_t i = 0; i < want->rules.len; i++) {
		if (want->rules.item[i].foreign)
			continue;
		while (at < live->rules.len && !piece_equal(&live->rules.item[at].text, &want->rules.item[i].text))
			at++;
		if (at++ == live->rules.len)
			return false;
	}
	return true;
}

bool merge_holds(const struct text_rules *want, const struct text_rules *live)
{
	for (size_t t = 0; t < want->tables.len; t++) {
		const struct text_table *table = &want->tables.item[t], *other = rules_table(live, table->name);

		if (other == NULL && table_blank(table))
			continue;
		for (size_t c = 0; c < table->chains.len; c++) {
			const struct text_chain *chain = &table->chains.item[c];

			if (chain->ours && (other == NULL || !chain_holds(chain, table_chain(other, chain->name))))
				return false;
		}
	}
	return true;
}
