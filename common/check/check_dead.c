/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that no packet gets to, chains that nothing calls, rules that say again what was said. */
#include "check/checks.h"
#include "check/questions.h"

#include <string.h>

/* What the takers do with the packets, where all do the same. */
static const char *common_verdict(const struct reach_rule *found)
{
	const char *name = rule_target_name(found->killers[0]->rule);

	for (unsigned i = 1; i < found->killer_count && i < REACH_KILLERS; i++)
		if (strcmp(name, rule_target_name(found->killers[i]->rule)) != 0)
			return "";
	return name;
}

static void add_lines(const struct meaning *m, struct strbuf *out, const struct reach_rule *found)
{
	unsigned shown = found->killer_count < REACH_KILLERS ? found->killer_count : REACH_KILLERS;

	strbuf_puts(out, found->killer_count == 1 ? "line " : "lines ");
	for (unsigned i = 0; i < shown; i++)
		strbuf_printf(out, "%s%u", i == 0 ? "" : i + 1 == found->killer_count ? " and " : ", ",
			      rule_line(m->program, found->killers[i]->rule));
	if (found->killer_count > shown)
		strbuf_printf(out, " and %u more", found->killer_count - shown);
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

static void report_dead(const struct meaning *m, const struct program_rule *rule, const struct reach_rule *found)
{
	struct strbuf lines = STRBUF_INIT;
	const char *verdict = common_verdict(found);

	add_lines(m, &lines, found);
	meaning_rule(m, DIAG_DEAD_RULE, rule->rule, "no packet gets to this rule: %s%s all that it matches%s%s%s",
		     strbuf_text(&lines), found->killer_count == 1 ? " takes" : " together take",
		     verdict[0] != '\0' ? " (" : "", verdict, verdict[0] != '\0' ? ")" : "");
	if (has_counted_match(rule->rule))
		meaning_rule(m, DIAG_LIMIT_AFTER_ACCEPT, rule->rule,
			     "this limit is never asked: it must stand in front of line %u to work",
			     rule_line(m->program, found->killers[0]->rule));
	strbuf_free(&lines);
}

/* Dead where it stands, though not by the rules of its own chain alone. */
static void report_outside(const struct meaning *m, const struct program_rule *rule, const struct reach_rule *found)
{
	struct strbuf lines = STRBUF_INIT;

	if (found->killer_count > 0) {
		strbuf_puts(&lines, ": see ");
		add_lines(m, &lines, found);
	}
	meaning_rule(m, DIAG_DEAD_RULE, rule->rule,
		     "no packet gets to this rule: those that it matches are taken, or kept out of chain %s, earlier%s",
		     rule->chain->chain->name, strbuf_text(&lines));
	strbuf_free(&lines);
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
		return ": no output interface is known yet in this chain";
	if (rule->rule->in[0] != '\0' && no_in)
		return ": what this host sends has no input interface";
	if (strcmp(rule->chain->table->table->name, "nat") == 0)
		return ": nat sees new and related packets only, and these conditions ask for others or exclude each other";
	return ": its conditions exclude each other";
}

static void check_rule(const struct meaning *m, const struct program_rule *rule)
{
	const struct reach_rule *found = &m->reach->rules[rule->serial];

	if (meaning_is_frame(m, rule))
		return;
	switch (found->fate) {
	case FATE_DEAD:
		report_dead(m, rule, found);
		break;
	case FATE_OUTSIDE:
		report_outside(m, rule, found);
		break;
	case FATE_NEVER:
		if (m->program->tracked && asks_for_fragments(rule)) { /* harmless, and in many old scripts */
			meaning_rule(m, DIAG_DEAD_RULE, rule->rule,
				     "no packet gets to this rule: connection tracking puts fragments together before any rule sees them");
			break;
		}
		if (never_matching(rule) != NULL)
			meaning_rule(m, DIAG_IMPOSSIBLE_MATCH, rule->rule, "this rule matches no packet: -m %s never does, as it stands here",
				     never_matching(rule));
		else
			meaning_rule(m, DIAG_IMPOSSIBLE_MATCH, rule->rule, "this rule matches no packet%s", why_never(rule));
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
		meaning_chain(m, DIAG_UNREACHABLE_CHAIN, chain, "no rule leads to chain %s: its %u rules do nothing",
			      chain->chain->name, chain->count);
	else
		meaning_chain(m, DIAG_UNREACHABLE_CHAIN, chain,
			      "chain %s is called only from chains that no packet gets to: its %u rules do nothing",
			      chain->chain->name, chain->count);
}

/* --- the same again ----------------------------------------------------------------------------------- */

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
			meaning_rule(m, DIAG_DUPLICATE_RULE, rule->rule, "the same rule as line %u",
				     rule_line(m->program, before));
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
		meaning_rule(m, DIAG_STALE_TOOL_CHAIN, rule->rule, "%s is called by line %u already: a jump that was saved, and one that "
			     "its program put in again", rule->to->chain->name, rule_line(m->program, chain->rules[i].rule));
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
			 "%u rules were too much for the budget: whether a packet gets to them is not known", count);
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
