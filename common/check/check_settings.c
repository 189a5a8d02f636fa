/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Rules and the kernel's settings: what forwarding, the connection table and the interfaces there must be for them. */
#include "check/checks.h"
#include "check/questions.h"

#include <string.h>

/* Fuller than this, and a burst of new connections finds no room. */
#define FULL_PERCENT 80
/* Entries that a bucket holds on average at most: each packet's connection is looked for in one. */
#define BUCKET_MAX   4
#define DAY          86400

/* --- forwarding ---------------------------------------------------------------------------------------- */

static bool is_for_forwarding(const struct program_rule *rule)
{
	return rule->effect == EFFECT_NAT && strcmp(rule->chain->table->table->name, "nat") == 0 &&
	       (rule->chain->hooks == HOOK_PREROUTING || rule->chain->hooks == HOOK_POSTROUTING) &&
	       strcmp(rule->rule->target->kind->real_name, "REDIRECT") != 0;
}

/* A host may rewrite its own packets, too, and need no forwarding: what is said of the kernel must be of routers. */
static bool is_router(const struct meaning *m, const struct program_rule *nat)
{
	const struct program_chain *forward = program_hook(m->program, "filter", HOOK_FORWARD);
	bool by_source = false;

	for (unsigned i = 0; i < nat->cond_count; i++)
		by_source |= nat->conds[i].field == FIELD_SRC;
	for (unsigned i = 0; forward != NULL && i < forward->count; i++)
		if (forward->rules[i].effect == EFFECT_ACCEPT || forward->rules[i].to != NULL)
			return true;
	return by_source && nat->chain->hooks == HOOK_POSTROUTING;
}

/* The running kernel may be told to forward later; a text that turns it off contradicts itself. */
static void report_forwarding(const struct meaning *m, const struct program_rule *rule, bool live, const char *setting)
{
	struct diag finding = { .id = DIAG_NAT_NO_FORWARDING, .level = live ? LEVEL_WARNING : LEVEL_ERROR };
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, live ? "NAT for forwarded packets, but forwarding is off: %s is 0 in the running kernel" :
				    "NAT for forwarded packets, but `#@ sysctl` turns %s off", setting);
	finding.text = strbuf_text(&text);
	meaning_finding(m, rule->rule, &finding);
	strbuf_free(&text);
}

static void check_forwarding(const struct meaning *m)
{
	bool ipv6 = m->ruleset->family == FAMILY_IPV6;
	struct setting_value value = setting_value(m->ruleset->stream, m->live, ipv6 ? SETTING_FORWARD6 : SETTING_FORWARD4);

	if (!value.known || value.number != 0)
		return;
	for (unsigned i = 0; i < m->program->rule_count; i++) {
		if (!is_for_forwarding(m->program->rules[i]) || (value.live && !is_router(m, m->program->rules[i])))
			continue;
		report_forwarding(m, m->program->rules[i], value.live, setting_names[ipv6 ? SETTING_FORWARD6 : SETTING_FORWARD4]);
		return;
	}
}

/* --- the connection table ------------------------------------------------------------------------------ */

static void report(const struct meaning *m, const struct setting_value *about, const char *format, ...) printf_like(3, 4);

/* At the line that sets it, or about the machine. */
static void report(const struct meaning *m, const struct setting_value *about, const char *format, ...)
{
	struct where where = { .file = NULL };
	struct strbuf text = STRBUF_INIT;
	va_list args;

	if (about->line != NULL)
		where = meaning_where(m, about->line);
	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	diag_add(m->log, DIAG_CONNTRACK_CAPACITY, &where, NULL, "%s", strbuf_text(&text));
	strbuf_free(&text);
}

static struct setting_value value_of(const struct meaning *m, enum setting setting)
{
	return setting_value(m->ruleset->stream, m->live, setting);
}

static void check_capacity(const struct meaning *m)
{
	struct setting_value count = value_of(m, SETTING_CT_COUNT), max = value_of(m, SETTING_CT_MAX);
	struct setting_value buckets = value_of(m, SETTING_CT_BUCKETS), stay = value_of(m, SETTING_CT_ESTABLISHED);

	if (max.known && buckets.known && buckets.number > 0 && (max.line != NULL || buckets.line != NULL) &&
	    max.number / BUCKET_MAX > buckets.number)
		report(m, max.line != NULL ? &max : &buckets,
		       "%lu connections in %lu buckets: more than %d per bucket is slow; set nf_conntrack_buckets to "
		       "a quarter of nf_conntrack_max", max.number, buckets.number, BUCKET_MAX);
	if (!count.live || !max.known || max.number == 0 || count.number / 100.0 <= max.number / 100.0 * FULL_PERCENT / 100)
		return;
	report(m, &max, "connection table: %lu of %lu entries used; a full table drops new connections: raise "
			"nf_conntrack_max", count.number, max.number);
	if (stay.known && stay.number > DAY)
		report(m, &stay, "idle connections stay for %lu days: set nf_conntrack_tcp_timeout_established=7440", stay.number / DAY);
}

/* --- interfaces ---------------------------------------------------------------------------------------- */

/* There is none of this name, and there are some that begin so: a + may be missing. */
static const char *longer_name(const struct check_live *live, const char *name)
{
	const char *longer = NULL;

	for (size_t i = 0; i < live->interface_count; i++) {
		if (strcmp(live->interfaces[i], name) == 0)
			return NULL;
		if (strncmp(live->interfaces[i], name, strlen(name)) == 0)
			longer = live->interfaces[i];
	}
	return longer;
}

static void check_interfaces(const struct meaning *m, const struct rule *rule)
{
	const char *names[] = { rule->in, rule->out };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t len = strlen(names[i]);
		const char *longer = len > 0 && names[i][len - 1] != '+' ? longer_name(m->live, names[i]) : NULL;

		if (longer != NULL)
			meaning_rule(m, DIAG_WILDCARD_IFACE, rule, "interface %s does not exist but %s does: did you "
								   "mean %s+?", names[i],
				     longer, names[i]);
	}
}

void check_settings(const struct meaning *m)
{
	check_forwarding(m);
	if (m->program->tracked)
		check_capacity(m);
	for (unsigned i = 0; i < m->program->rule_count && m->live->known; i++)
		check_interfaces(m, m->program->rules[i]->rule);
}
