/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Logs that anyone can fill, and prefixes that the kernel cuts. */
#include "check/checks.h"
#include "check/questions.h"
#include "text/word.h"

#include <ctype.h>
#include <linux/netfilter/xt_LOG.h>
#include <string.h>

#define LOG_PREFIX_MAX   29 /* struct xt_log_info */
#define NFLOG_PREFIX_MAX 63 /* struct xt_nflog_info */
#define WAYS_MAX         1000 /* calls looked at for one rule: chains that call each other twice have more ways than can be gone */

static bool is_limited(const struct rule *rule)
{
	for (const struct extension *match = rule->matches; match != NULL; match = match->next)
		if (match_limits(match))
			return true;
	return false;
}

/* Only packets of connections that exist, or of lo: nobody outside can send many. */
static bool is_inner(const struct meaning *m, const struct program_rule *rule)
{
	uint32_t lo = space_number(&m->program->world->space, FIELD_IN, value_of_name("lo"));

	for (unsigned b = 0; b < rule->box_count; b++) {
		const struct box *box = &m->program->boxes.item[rule->first_box + b];
		bool fresh = false;

		for (enum ct_state state = CT_NEW; state <= CT_INVALID; state++) {
			uint32_t number = space_number(&m->program->world->space, FIELD_CT, ct_value(state, false, false, false));

			fresh |= number >= box->dim[FIELD_CT].lo && number <= box->dim[FIELD_CT].hi;
		}
		if (fresh && !(box->dim[FIELD_IN].lo == lo && box->dim[FIELD_IN].hi == lo))
			return false;
	}
	return true;
}

/* Is there a way from INPUT or FORWARD to the chain on which nothing limits or narrows to known connections? */
static bool open_way(const struct meaning *m, const struct program_chain *chain, unsigned *ways)
{
	if (chain->chain->hook != 0)
		return (chain->chain->hook & (HOOK_INPUT | HOOK_FORWARD)) != 0;
	for (size_t i = 0; i < chain->callers.len && ++*ways < WAYS_MAX; i++)
		if (!is_limited(chain->callers.item[i]->rule) && !is_inner(m, chain->callers.item[i]) &&
		    m->reach->rules[chain->callers.item[i]->serial].fate == FATE_ALIVE &&
		    open_way(m, chain->callers.item[i]->chain, ways))
			return true;
	return false;
}

/* A rule in front that takes what is too much: drop or leave, by a limit. */
static bool limited_before(const struct program_rule *rule)
{
	for (unsigned i = 0; i < rule->index; i++)
		if (is_limited(rule->chain->rules[i].rule) && rule->chain->rules[i].effect != EFFECT_NONE)
			return true;
	return false;
}

static void check_limit(const struct meaning *m, const struct program_rule *rule)
{
	unsigned ways = 0;

	if (m->reach->rules[rule->serial].fate != FATE_ALIVE || is_limited(rule->rule) || is_inner(m, rule) ||
	    limited_before(rule) || !open_way(m, rule->chain, &ways))
		return;
	for (unsigned i = 0; i < rule->cond_count; i++)
		if (rule->conds[i].kind == COND_UNKNOWN)
			return; /* a set, an owner: not everyone */
	meaning_rule(m, DIAG_LOG_NO_LIMIT, rule->rule,
		     "anyone can fill the log: no -m limit or -m hashlimit");
}

static void check_prefix(const struct meaning *m, const struct program_rule *rule, unsigned max)
{
	const struct line *line = &m->ruleset->stream->lines.item[rule->rule->line];
	struct words words = { .count = 0 };
	unsigned column;

	if (words_split(&words, line->text, line->len, &column) == WORD_FINE)
		for (unsigned i = 0; i + 1 < words.count; i++)
			if ((strcmp(words.item[i].text, "--log-prefix") == 0 || strcmp(words.item[i].text, "--nflog-prefix") == 0) &&
			    strlen(words.item[i + 1].text) > max)
				meaning_rule(m, DIAG_LOG_PREFIX_CUT, rule->rule, "prefix truncated to %u bytes: "
					"\"%.*s\"",
					     max, (int)max, words.item[i + 1].text);
	words_free(&words);
}

/* The kernel puts IN= right behind it. NFLOG's readers have their own format. */
static void check_blank(const struct meaning *m, const struct program_rule *rule)
{
	const struct xt_log_info *info = (const void *)rule->rule->target->data;
	size_t len = rule->rule->target->size >= sizeof(*info) ? strnlen(info->prefix, sizeof(info->prefix)) : 0;

	if (len > 0 && isalnum((unsigned char)info->prefix[len - 1]))
		meaning_rule(m, DIAG_LOG_PREFIX_NO_SPACE, rule->rule, "missing space: the log will read "
			"\"%.*sIN=...\"",
			     (int)len, info->prefix);
}

void check_logs(const struct meaning *m)
{
	for (unsigned i = 0; i < m->program->rule_count; i++) {
		const struct program_rule *rule = m->program->rules[i];
		const char *target = rule->rule->target != NULL ? rule->rule->target->kind->real_name : "";
		bool log = strcmp(target, "LOG") == 0;

		if (!log && strcmp(target, "NFLOG") != 0)
			continue;
		if (log)
			check_blank(m, rule);
		check_limit(m, rule);
		check_prefix(m, rule, log ? LOG_PREFIX_MAX : NFLOG_PREFIX_MAX);
	}
}
