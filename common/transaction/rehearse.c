/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Loads the rules into a scratch network namespace, where no packet passes, and reads them back. This shows what the
 * kernel refuses or changes.
 */
#include "transaction/internal.h"

#include <errno.h>

static bool restore_in(struct transaction *t, const struct door *scratch)
{
	struct strbuf programs[FAMILIES] = { t->family[0].text, t->family[1].text };
	struct refusal refusals[FAMILIES] = { REFUSAL_INIT, REFUSAL_INIT };
	bool good = true;

	scratch->restore(scratch->self, t->request.families, t->request.counters ? RESTORE_COUNTED : RESTORE_FLUSH, programs,
			 refusals);
	for (int i = 0; i < FAMILIES; i++) {
		if (!family_has(t->request.families, i))
			continue;
		if (refusals[i].refused) {
			report_refusal(t, i, &programs[i], &refusals[i], scratch);
			good = false;
		}
		refusal_free(&refusals[i]);
	}
	return good;
}

/* In the scratch namespace, exactly these rules must be in force. */
static bool compare(struct transaction *t, int family, const struct text_rules *now)
{
	struct difference difference;
	enum in_force in_force;

	if (rules_verify(&t->family[family].wanted, NULL, now, false, &in_force, &difference) != 0)
		return diag_memory(t->log) == 0;
	if (in_force == IN_FORCE && rules_equal(&t->family[family].wanted, now))
		return true;
	if (in_force == IN_FORCE)
		difference.what = "the rules in force differ from those that were loaded";
	report_difference(t, family, &difference);
	return false;
}

static bool read_back(struct transaction *t, const struct door *scratch)
{
	struct strbuf texts[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	struct text_rules now[FAMILIES] = { { .tables = { 0 } }, { .tables = { 0 } } };
	struct text_rules *rules[FAMILIES] = { &now[0], &now[1] };
	bool good = scratch->save(scratch->self, t->request.families, texts, t->log) == 0;

	for (int i = 0; i < FAMILIES; i++)
		if (good && family_has(t->request.families, i))
			good = rules_read(rules[i], "the rehearsed rules", strbuf_text(&texts[i]), texts[i].len, t->log);
	good = good && rules_canon(t, t->request.families, rules);
	for (int i = 0; i < FAMILIES; i++) {
		if (good && family_has(t->request.families, i))
			good = compare(t, i, &now[i]);
		rules_free(&now[i]);
		strbuf_free(&texts[i]);
	}
	return good;
}

bool rehearse(struct transaction *t, bool may_move)
{
	struct door scratch = { .self = NULL };
	int err;
	bool good;

	phase(t, "rehearsing");
	err = t->door->scratch(t->door->self, may_move, &scratch);
	if (err != 0) {
		struct strbuf hint = STRBUF_INIT;

		if (t->hooks.namespace_hint != NULL)
			t->hooks.namespace_hint(err, &hint);
		diag_system(t->log, err, "cannot create a network namespace for the rehearsal%s%s", hint.len > 0 ? "; " : "", strbuf_text(&hint));
		strbuf_free(&hint);
		return false;
	}
	good = rehearse_sets(t, &scratch) && restore_in(t, &scratch) && read_back(t, &scratch);
	scratch.close(scratch.self);
	return good;
}
