/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Rules that rely on connection tracking for what it does not do: helpers, untracked packets, INVALID ones. */
#include "check/checks.h"
#include "check/questions.h"
#include "meaning/trace.h"
#include "text/token.h"

#include <linux/netfilter/xt_CT.h>
#include <string.h>

#define HIGH_FIRST 32768 /* where data connections are opened to, unless a server is told otherwise */
#define HIGH_LAST  60999

/* --- helpers ------------------------------------------------------------------------------------------- */

/* What opens further connections, which only the helper can tell to be RELATED. */
static const struct service {
	const char *helper;
	unsigned proto, port, hooks;
	unsigned data; /* the protocol of what is opened besides */
	const char *what;
} services[] = {
	{ "ftp", IPPROTO_TCP, 21, HOOK_INPUT | HOOK_FORWARD, IPPROTO_TCP, "data connections" },
	{ "tftp", IPPROTO_UDP, 69, HOOK_FORWARD, IPPROTO_UDP, "replies from another port" },
	{ "sip", IPPROTO_UDP, 5060, HOOK_INPUT | HOOK_FORWARD, IPPROTO_UDP, "media streams" },
	{ "pptp", IPPROTO_TCP, 1723, HOOK_INPUT | HOOK_FORWARD, IPPROTO_GRE, "the tunnel itself" },
};

/* --helper ftp, and ftp-2121 of the module's parameter ports. */
static bool names_helper(const struct rule *rule, const char *name)
{
	const struct xt_ct_target_info *info = rule->target != NULL ? (const void *)rule->target->data : NULL;
	size_t len = strlen(name);

	return meaning_is_ct(rule) && rule->target->size >= sizeof(*info) && strncmp(info->helper, name, len) == 0 &&
	       (info->helper[len] == '\0' || info->helper[len] == '-');
}

static bool has_helper(const struct meaning *m, const char *name)
{
	for (unsigned i = 0; i < m->program->rule_count; i++)
		if (m->program->rules[i]->chain->hooks != 0 && names_helper(m->program->rules[i]->rule, name))
			return true;
	return false;
}

/* Accepts this very port, by its number. */
static bool names_port(const struct program_rule *rule, const struct service *service)
{
	bool proto = false, port = false;

	for (unsigned i = 0; i < rule->cond_count; i++)
		for (unsigned r = 0; r < rule->conds[i].range_count && rule->conds[i].kind == COND_RANGES; r++) {
			const struct range *range = &rule->conds[i].ranges[r];

			proto |= rule->conds[i].field == FIELD_PROTO && range->lo == service->proto && range->hi == service->proto;
			port |= rule->conds[i].field == FIELD_DPORT && range->lo == service->port && range->hi == service->port;
		}
	return proto && port;
}

/* Nothing but RELATED lets the data pass: as the first packet of a connection it is dropped. */
static bool needs_helper(const struct meaning *m, const struct service *service, enum hook hook, struct packet *dropped)
{
	struct question related = question_at(m, "filter", hook), data = question_at(m, "filter", hook);

	question_state(&related, CT_RELATED);
	question_state(&data, CT_NEW);
	question_field(&data, FIELD_PROTO, service->data, service->data);
	if (service->data != IPPROTO_GRE) {
		question_field(&data, FIELD_DPORT, HIGH_FIRST, HIGH_LAST);
		question_field(&data, FIELD_SPORT, 40000, 40000);
	}
	return outside_accepted(&related, NULL) == MAY_SOMETIMES && outside_accepted(&data, NULL) == MAY_NEVER &&
	       outside_dropped(&data, dropped) == MAY_SOMETIMES;
}

static void check_service(const struct meaning *m, const struct service *service)
{
	struct packet dropped = { .family = FAMILY_NONE };
	struct strbuf text = STRBUF_INIT;

	for (unsigned i = 0; i < m->program->rule_count; i++) {
		const struct program_rule *rule = m->program->rules[i];

		if (rule->effect != EFFECT_ACCEPT || (rule->chain->hooks & service->hooks) != rule->chain->hooks ||
		    rule->chain->hooks == 0 || strcmp(rule->chain->table->table->name, "filter") != 0 ||
		    m->reach->rules[rule->serial].fate != FATE_ALIVE || !names_port(rule, service))
			continue;
		if (has_helper(m, service->helper) ||
		    !needs_helper(m, service, (enum hook)(rule->chain->hooks & -rule->chain->hooks), &dropped))
			return;
		packet_text(&text, &dropped);
		meaning_rule(m, DIAG_CT_HELPER_MISSING, rule->rule,
			     "%s is accepted but its %s will be dropped: add -j CT --helper %s to table raw (since "
			     "Linux 6.0 helpers are never automatic): for example %s", service->helper, service->what,
			     service->helper, strbuf_text(&text));
		strbuf_free(&text);
		return;
	}
}

/* `#@ module nf_conntrack_ftp', and nothing that uses it. */
static void check_modules(const struct meaning *m)
{
	const struct stream *stream = m->ruleset->stream;

	for (size_t i = 0; i < stream->lines.len; i++) {
		const struct line *line = &stream->lines.item[i];
		const char *args;
		size_t len;
		struct token module;

		if (!line_directive(line, "module", &args, &len) && !line_directive(line, "module?", &args, &len))
			continue;
		module = token_after(args, len, 0);
		for (size_t s = 0; s < ARRAY_LEN(services); s++) {
			struct strbuf name = STRBUF_INIT;
			struct where where = meaning_where(m, line);

			strbuf_printf(&name, "nf_conntrack_%s", services[s].helper);
			if (token_is(&module, strbuf_text(&name)) && !has_helper(m, services[s].helper))
				diag_add(m->log, DIAG_CT_HELPER_MISSING, &where, NULL,
					 "the module alone has no effect since Linux 6.0: add -j CT --helper %s to "
					 "table raw",
					 services[s].helper);
			strbuf_free(&name);
		}
	}
}

/* --- untracked ----------------------------------------------------------------------------------------- */

static struct question state_of_box(const struct meaning *m, enum hook hook, const struct box *box, enum ct_state state)
{
	static const enum field kept[] = { FIELD_SRC, FIELD_DST, FIELD_SPORT, FIELD_DPORT, FIELD_PROTO, FIELD_IN, FIELD_ICMP };
	struct question question = question_at(m, "filter", hook);

	question_within(&question, box, kept, ARRAY_LEN(kept));
	question_state(&question, state);
	return question;
}

/* With a state they may pass the hook, and without one never. */
static bool lost_without_state(const struct meaning *m, enum hook hook, const struct box *box, struct packet *dropped)
{
	struct question fresh = state_of_box(m, hook, box, CT_NEW), untracked = state_of_box(m, hook, box, CT_UNTRACKED);
	struct question known = state_of_box(m, hook, box, CT_ESTABLISHED);

	return (outside_accepted(&fresh, NULL) == MAY_SOMETIMES || outside_accepted(&known, NULL) == MAY_SOMETIMES) &&
	       outside_accepted(&untracked, NULL) == MAY_NEVER && outside_dropped(&untracked, dropped) == MAY_SOMETIMES;
}

static bool never_passes(const struct meaning *m, enum hook hook, const struct box *box)
{
	const struct program_chain *chain = program_hook(m->program, "filter", hook);
	struct question untracked = state_of_box(m, hook, box, CT_UNTRACKED);

	/* A FORWARD without a rule is that of a host that forwards nothing. */
	return (chain != NULL && chain->count == 0 && !chain_policy_drops(chain)) || outside_accepted(&untracked, NULL) == MAY_NEVER;
}

static void check_untracked(const struct meaning *m, const struct program_rule *rule)
{
	struct packet dropped = { .family = FAMILY_NONE };
	struct strbuf text = STRBUF_INIT;
	bool lost = false;

	if (!meaning_is_notrack(rule->rule) || rule->fresh || rule->chain->hooks != HOOK_PREROUTING ||
	    m->reach->rules[rule->serial].fate != FATE_ALIVE)
		return;
	for (unsigned b = 0; b < rule->box_count; b++) {
		const struct box *box = &m->program->boxes.item[rule->first_box + b];

		if (box->literal_count > 0 || !never_passes(m, HOOK_INPUT, box) || !never_passes(m, HOOK_FORWARD, box))
			return;
		lost = lost || lost_without_state(m, HOOK_INPUT, box, &dropped) || lost_without_state(m, HOOK_FORWARD, box, &dropped);
	}
	if (!lost)
		return;
	packet_text(&text, &dropped);
	meaning_rule(m, DIAG_CONNTRACK_NOTRACK, rule->rule,
		     "packets become untracked here, but filter accepts them by state only: it drops %s",
		     strbuf_text(&text));
	strbuf_free(&text);
}

/* --- INVALID ------------------------------------------------------------------------------------------- */

static bool drops_all_invalid(const struct program_rule *rule)
{
	const struct cond *cond = &rule->conds[0];
	bool invalid = false, others = false;

	if (rule->effect != EFFECT_DROP || rule->cond_count != 1 || cond->kind != COND_RANGES || cond->field != FIELD_CT)
		return false;
	for (unsigned r = 0; r < cond->range_count; r++)
		for (unsigned value = (unsigned)cond->ranges[r].lo; value <= (unsigned)cond->ranges[r].hi; value++) {
			invalid |= ct_state_of(value) == CT_INVALID;
			others |= ct_state_of(value) != CT_INVALID;
		}
	return invalid && !others;
}

/* A TCP packet out of any connection, taken by a rule without state in front of the one that drops all such. */
static void check_invalid(const struct meaning *m, const struct program_rule *rule)
{
	struct question question = question_at(m, "filter", (enum hook)rule->chain->chain->hook);
	struct tracer tracer = { .program = m->program };
	struct packet packet = { .family = FAMILY_NONE }, sent;
	struct strbuf text = STRBUF_INIT;
	struct trace_result result;

	question_field(&question, FIELD_PROTO, IPPROTO_TCP, IPPROTO_TCP);
	question_field(&question, FIELD_FLAGS, 0x10, 0x10);
	question_state(&question, CT_INVALID);
	if (outside_accepted(&question, &packet) != MAY_SOMETIMES)
		return;
	sent = packet;
	result = trace_packet(&tracer, &sent);
	if (result.outcome != OUTCOME_ACCEPT || result.rule == NULL || result.rule->chain != rule->chain ||
	    result.rule->index > rule->index || result.rule->effect != EFFECT_ACCEPT)
		return;
	packet_text(&text, &packet);
	meaning_rule(m, DIAG_INVALID_LATE, rule->rule, "line %u accepts some INVALID packets first: for example %s",
		     rule_line(m->program, result.rule->rule), strbuf_text(&text));
	strbuf_free(&text);
}

void check_tracking(const struct meaning *m)
{
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		check_service(m, &services[i]);
	check_modules(m);
	for (unsigned i = 0; i < m->program->rule_count; i++) {
		const struct program_rule *rule = m->program->rules[i];

		check_untracked(m, rule);
		if ((rule->chain->chain->hook & (HOOK_INPUT | HOOK_FORWARD)) != 0 && drops_all_invalid(rule) &&
		    strcmp(rule->chain->table->table->name, "filter") == 0 && m->reach->rules[rule->serial].fate == FATE_ALIVE)
			check_invalid(m, rule);
	}
}
