/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Rules that no packet gets to, chains that nothing calls, rules that say again what was said. */
#include "check/checks.h"
#include "check/questions.h"
#include "meaning/roots.h"

#include <string.h>

/* What the rules do with the packets, where all do the same. */
static const char *common_verdict(const struct roots *roots)
{
	const char *name = roots->count > 0 ? rule_target_name(roots->rule[0]->rule) : "";

	for (unsigned i = 1; i < roots->count; i++)
		if (strcmp(name, rule_target_name(roots->rule[i]->rule)) != 0)
			return "";
	return name;
}

static void add_lines(const struct meaning *m, struct strbuf *out, const struct roots *roots)
{
	strbuf_puts(out, roots->count + roots->more == 1 ? "line " : "lines ");
	for (unsigned i = 0; i < roots->count; i++)
		strbuf_printf(out, "%s%u", i == 0 ? "" : i + 1 == roots->count && roots->more == 0 ? " and " : ", ",
			      rule_line(m->program, roots->rule[i]->rule));
	if (roots->more > 0)
		strbuf_printf(out, " and %u more", roots->more);
}

static bool has_counted_match(const struct rule *rule)
{
	for (const struct extension *match = rule->matches; match != NULL; match = match->next)
		if (match_is_counted(match))
			return true;
	return false;
}

/* -f, or a match on what only later fragments have. */
static bool asks_for_fragments(const struct program_rule *rule)
{
	for (unsigned i = 0; i < rule->cond_count; i++)
		if (rule->conds[i].field == FIELD_FRAGMENT && rule->conds[i].range_count == 1 && rule->conds[i].ranges[0].lo > 0)
			return true;
	return false;
}

/* A finding about an unreachable rule, with the lines that are the reason. */
static void report(const struct meaning *m, const struct program_rule *rule, const struct roots *roots, struct strbuf *text)
{
	struct diag finding = { .id = DIAG_DEAD_RULE, .level = diag_kinds[DIAG_DEAD_RULE].level, .text = strbuf_text(text) };

	for (unsigned i = 0; i < roots->count && roots->count + roots->more <= DIAG_CAUSES; i++)
		finding.causes[i] = rule_line(m->program, roots->rule[i]->rule);
	meaning_finding(m, rule->rule, &finding);
	strbuf_free(text);
}

/* Where each rule that is the reason stands in the same chain, it matches what this one matches; else it stops it on the way. */
static bool in_one_chain(const struct program_rule *rule, const struct roots *roots)
{
	for (unsigned i = 0; i < roots->count; i++)
		if (roots->rule[i]->chain != rule->chain)
			return false;
	return true;
}

static void report_dead(const struct meaning *m, const struct program_rule *rule)
{
	struct roots roots = roots_of(m->reach, rule);
	const char *verdict = common_verdict(&roots);
	struct strbuf text = STRBUF_INIT;
	bool inside = m->reach->rules[rule->serial].fate == FATE_DEAD && in_one_chain(rule, &roots);

	if (inside) {
		strbuf_puts(&text, "unreachable: ");
		add_lines(m, &text, &roots);
		strbuf_printf(&text, "%s every packet that this rule matches", roots.count + roots.more == 1 ? " matches" : " together match");
		if (verdict[0] != '\0')
			strbuf_printf(&text, " (%s)", verdict);
	} else {
		strbuf_printf(&text, "unreachable: no packet that this rule matches gets this far in chain %s", rule->chain->chain->name);
		if (roots.count > 0)
			strbuf_puts(&text, ": see ");
		if (roots.count > 0)
			add_lines(m, &text, &roots);
	}
	report(m, rule, &roots, &text);
	if (inside && has_counted_match(rule->rule))
		meaning_rule(m, DIAG_LIMIT_AFTER_ACCEPT, rule->rule, "this limit has no effect: move it before line %u",
			     rule_line(m->program, roots.rule[0]->rule));
}

/* A match that no packet satisfies: the name, as the rule has it. NULL: there is none. */
static const char *never_matching(const struct program_rule *rule)
{
	for (unsigned i = 0; i < rule->cond_count; i++)
		if (rule->conds[i].kind == COND_RANGES && rule->conds[i].range_count == 0 && rule->conds[i].match != NULL)
			return rule->conds[i].match->kind->name;
	return NULL;
}

static const char *why_never(const struct program_rule *rule)
{
	unsigned hooks = rule->chain->hooks;
	bool no_out = (hooks & ~(unsigned)(HOOK_PREROUTING | HOOK_INPUT)) == 0;
	bool no_in = hooks == HOOK_OUTPUT;

	if (rule->rule->out[0] != '\0' && no_out)
		return ": packets in this chain have no output interface yet";
	if (rule->rule->in[0] != '\0' && no_in)
		return ": packets from this host have no input interface";
	if (strcmp(rule->chain->table->table->name, "nat") == 0)
		return ": nat only sees NEW and RELATED packets";
	return ": its conditions contradict each other";
}

static void check_rule(const struct meaning *m, const struct program_rule *rule)
{
	const struct reach_rule *found = &m->reach->rules[rule->serial];

	if (meaning_is_frame(m, rule))
		return;
	switch (found->fate) {
	case FATE_DEAD: case FATE_OUTSIDE:
		report_dead(m, rule);
		break;
	case FATE_NEVER:
		if (m->program->tracked && asks_for_fragments(rule)) { /* harmless, and in many old scripts */
			meaning_rule(m, DIAG_DEAD_RULE, rule->rule,
				     "unreachable: connection tracking reassembles fragments before any rule sees "
				     "them");
			break;
		}
		if (never_matching(rule) != NULL)
			meaning_rule(m, DIAG_IMPOSSIBLE_MATCH, rule->rule, "never matches: -m %s can never match here",
				     never_matching(rule));
		else
			meaning_rule(m, DIAG_IMPOSSIBLE_MATCH, rule->rule, "never matches%s", why_never(rule));
		break;
	default:
		break;
	}
}

/* --- chains ------------------------------------------------------------------------------------------- */

static void check_chain(const struct meaning *m, const struct program_chain *chain)
{
	if (chain->hooks != 0 || chain->chain->hook != 0 || chain->looped || chain->count == 0)
		return;
	if (chain->callers.len == 0)
		meaning_chain(m, DIAG_UNREACHABLE_CHAIN, chain, "unreachable: no rule jumps to chain %s (%u rule%s)",
			      chain->chain->name, chain->count, chain->count == 1 ? "" : "s");
	else
		meaning_chain(m, DIAG_UNREACHABLE_CHAIN, chain,
			      "unreachable: chain %s is called only from unreachable rules (%u rule%s)",
			      chain->chain->name, chain->count, chain->count == 1 ? "" : "s");
}

/* --- the same again ----------------------------------------------------------------------------------- */

/* A packet that is logged or marked twice is a fault; a second verdict only costs time. */
static void report_duplicate(const struct meaning *m, const struct program_rule *rule, const struct rule *before)
{
	struct diag finding = { .id = DIAG_DUPLICATE_RULE, .level = rule->rule->target != NULL ? LEVEL_WARNING : LEVEL_INFO };
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "same as line %u", rule_line(m->program, before));
	finding.text = strbuf_text(&text);
	meaning_finding(m, rule->rule, &finding);
	strbuf_free(&text);
}

/* Neighbours only: what stands further apart may be meant, and what is dead is said to be so already. */
static void check_duplicates(const struct meaning *m, const struct program_chain *chain)
{
	for (unsigned i = 1; i < chain->count; i++) {
		const struct program_rule *rule = &chain->rules[i];
		const struct rule *before = chain->rules[i - 1].rule;
		bool counts_only = rule->rule->target == NULL && rule->rule->verdict == NULL && rule->rule->jump == NULL;

		if (m->reach->rules[rule->serial].fate == FATE_ALIVE && !counts_only && !rule->writes &&
		    !has_counted_match(rule->rule) &&
		    rule_same(rule->rule, before))
			report_duplicate(m, rule, before);
	}
}

/* Programs that put their jumps in at their start: what was saved with them is loaded, and then they start. */
static bool is_tool_chain(const char *name)
{
	static const char *const tools[] = { "f2b-", "fail2ban-", "DOCKER", "KUBE-", "cali-", "CNI-", "LIBVIRT_", "ufw-", "NETAVARK" };

	for (size_t i = 0; i < ARRAY_LEN(tools); i++)
		if (strncmp(name, tools[i], strlen(tools[i])) == 0)
			return true;
	return false;
}

static void check_tool_jump(const struct meaning *m, const struct program_chain *chain, const struct program_rule *rule)
{
	if (rule->to == NULL || !is_tool_chain(rule->to->chain->name))
		return;
	for (unsigned i = 0; i < rule->index; i++) {
		if (!rule_same(chain->rules[i].rule, rule->rule))
			continue;
		meaning_rule(m, DIAG_STALE_TOOL_CHAIN, rule->rule, "%s is already called by line %u: probably a "
								   "saved jump and a fresh one", rule->to->chain->name, rule_line(m->program, chain->rules[i].rule));
		return;
	}
}

/* What could not be decided is said once, so that silence means what it says. */
static void count_undecided(const struct meaning *m)
{
	unsigned count = 0;

	for (unsigned i = 0; i < m->program->rule_count; i++)
		if (m->reach->rules[i].fate == FATE_UNDECIDED && !m->program->rules[i]->chain->looped)
			count++;
	if (count > 0)
		diag_add(m->log, DIAG_UNDECIDED, NULL, NULL,
			 "%u rules not analysed: the analysis reached its limit", count);
}

void check_dead(const struct meaning *m)
{
	for (unsigned i = 0; i < m->program->rule_count; i++)
		check_rule(m, m->program->rules[i]);
	for (unsigned t = 0; t < m->program->table_count; t++) {
		for (unsigned c = 0; c < m->program->tables[t].count; c++) {
			check_chain(m, &m->program->tables[t].chains[c]);
			check_duplicates(m, &m->program->tables[t].chains[c]);
			for (unsigned i = 1; i < m->program->tables[t].chains[c].count; i++)
				check_tool_jump(m, &m->program->tables[t].chains[c], &m->program->tables[t].chains[c].rules[i]);
		}
	}
	count_undecided(m);
}
