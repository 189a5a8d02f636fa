/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/blame.h"
#include "check/callgraph.h"
#include "check/checks.h"
#include "check/kernel_check.h"
#include "model/builtin.h"
#include "model/ext.h"
#include "model/kinds.h"

#include <linux/netfilter/xt_tcpudp.h>
#include <string.h>

static void list_names(struct strbuf *out, unsigned bits, unsigned count, const char *(*name_of)(unsigned))
{
	bool any = false;

	for (unsigned i = 0; i < count; i++) {
		if ((bits & 1U << i) == 0)
			continue;
		bits &= ~(1U << i);
		strbuf_puts(out, !any ? "" : bits == 0 ? " and " : ", ");
		strbuf_puts(out, name_of(i));
		any = true;
	}
}

static const char *table_name(unsigned number)
{
	return table_names[number];
}

void kernel_say(const struct kernel_check *check, enum diag_id id, const struct extension *extension, const char *text)
{
	const struct line *line = &check->ruleset->stream->lines.item[check->rule->line];
	struct where at = blame_extension(check->ruleset, check->rule, extension);
	struct where origin = stream_origin_where(check->ruleset->stream, line);

	diag_add(check->log, id, &at, &origin, "%s", text);
}

void kernel_want_hooks(const struct kernel_check *check, const struct extension *extension, const char *what,
		       unsigned allowed)
{
	struct strbuf text = STRBUF_INIT;
	unsigned wrong = check->hooks & ~allowed;
	/* What depends on options is asked of nf_tables with the hook of the rule's own chain, and a user's has none. */
	bool legacy = what[0] != '\0' && check->chain->hook == 0;

	if (wrong == 0)
		return;
	strbuf_printf(&text, "%s%s%s is allowed in ", extension->kind->name, what[0] != '\0' ? " " : "", what);
	list_names(&text, allowed, HOOK_COUNT, hook_name);
	strbuf_puts(&text, " only, but this rule is ");
	strbuf_puts(&text, check->chain->hook != 0 ? "in " : "called from ");
	list_names(&text, wrong, HOOK_COUNT, hook_name);
	strbuf_puts(&text, legacy ? ": iptables-legacy rejects it, nf_tables accepts it" : ": the kernel rejects the "
		"table");
	kernel_say(check, legacy ? DIAG_KERNEL_BACKEND : DIAG_KERNEL_HOOK, extension, strbuf_text(&text));
	strbuf_free(&text);
}

/* False when it can stand nowhere in this table, so that more about places would be noise. */
static bool want_tables(const struct kernel_check *check, const struct extension *extension,
			const struct kernel_demands *known)
{
	struct strbuf text = STRBUF_INIT;

	if (known->tables == 0 || (known->tables & check->table_bit) != 0)
		return true;
	strbuf_printf(&text, "%s is allowed in table ", extension->kind->name);
	list_names(&text, known->tables, (unsigned)table_count, table_name);
	strbuf_printf(&text, " only, not in %s: %s", check->table->name,
		      known->legacy_only ? "iptables-legacy rejects it, nf_tables accepts it" : "the kernel rejects "
			"it; move the rule");
	kernel_say(check, known->legacy_only ? DIAG_KERNEL_BACKEND : DIAG_KERNEL_TABLE, extension, strbuf_text(&text));
	strbuf_free(&text);
	return known->legacy_only;
}

static bool has_protocol(const struct rule *rule, const unsigned char *protocols, size_t count)
{
	for (size_t i = 0; i < count && protocols[i] != 0; i++)
		if (rule->proto == protocols[i])
			return true;
	return false;
}

/* Ports of tcp and udp are nf_tables' own by now, and it takes them with a negated -p; legacy does not. */
static bool is_native(const struct extension *extension)
{
	const struct xt_tcp *tcp = (const void *)extension->data;
	const struct xt_udp *udp = (const void *)extension->data;

	if (strcmp(extension->kind->real_name, "tcp") == 0 && extension->size >= sizeof(*tcp))
		return tcp->option == 0 && (tcp->spts[0] != 0 || tcp->spts[1] != UINT16_MAX || tcp->dpts[0] != 0 ||
					    tcp->dpts[1] != UINT16_MAX || tcp->flg_mask != 0);
	return strcmp(extension->kind->real_name, "udp") == 0 && extension->size >= sizeof(*udp) &&
	       (udp->spts[0] != 0 || udp->spts[1] != UINT16_MAX || udp->dpts[0] != 0 || udp->dpts[1] != UINT16_MAX);
}

void kernel_want_protocols(const struct kernel_check *check, const struct extension *extension, const char *what,
			   const unsigned char *protocols, size_t count)
{
	struct strbuf text = STRBUF_INIT;
	bool negated = (check->rule->invert & INVERT_PROTO) != 0;
	bool one = has_protocol(check->rule, protocols, count);
	bool legacy = one && negated && is_native(extension);

	if (protocols[0] == 0 || (one && !negated))
		return;
	strbuf_printf(&text, "%s%s%s needs ", extension->kind->name, what[0] != '\0' ? " " : "", what);
	for (size_t i = 0; i < count && protocols[i] != 0; i++)
		strbuf_printf(&text, "%s-p %s", i == 0 ? "" : " or ", ext_protocol_name(protocols[i]));
	strbuf_printf(&text, " in the same rule%s: %s", negated ? " without `!`" : "",
		      legacy ? "iptables-legacy rejects it, nf_tables accepts it" : "the kernel rejects it");
	kernel_say(check, legacy ? DIAG_KERNEL_BACKEND : DIAG_KERNEL_PROTO, extension, strbuf_text(&text));
	strbuf_free(&text);
}

static void say_removed(const struct kernel_check *check, const struct extension *extension,
			const struct kernel_demands *known)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "%s was removed in Linux %s: use %s", extension->kind->name, known->removed, known->instead);
	kernel_say(check, DIAG_REMOVED_EXTENSION, extension, strbuf_text(&text));
	strbuf_free(&text);
}

static void say_text(const struct kernel_check *check, enum diag_id id, const struct extension *extension,
		     const char *before, const char *after)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "%s%s", before, after);
	kernel_say(check, id, extension, strbuf_text(&text));
	strbuf_free(&text);
}

static void check_extension(const struct kernel_check *check, const struct extension *extension)
{
	const struct kernel_demands *known = kernel_demands_of(extension->kind->real_name, extension->kind->target);

	if (known == NULL) {
		say_text(check, DIAG_KERNEL_UNKNOWN, extension, extension->kind->name,
			 " is unknown to fw-lint: not checked");
		return;
	}
	if (known->removed != NULL) {
		say_removed(check, extension, known);
		return;
	}
	if ((known->families & check->ruleset->family) == 0) {
		say_text(check, DIAG_KERNEL_FAMILY, extension, extension->kind->name,
			 check->ruleset->family == FAMILY_IPV6 ? " exists for IPv4 only: the kernel rejects it" :
								 " exists for IPv6 only: the kernel rejects it");
		return;
	}
	if (want_tables(check, extension, known) && known->hooks != 0)
		kernel_want_hooks(check, extension, "", known->hooks);
	if (known->protocols_in == FAMILY_NONE || known->protocols_in == check->ruleset->family)
		kernel_want_protocols(check, extension, "", known->protocols, KERNEL_PROTOCOLS);
	if (known->needs != NULL)
		say_text(check, DIAG_KERNEL_NEEDS, extension, "requires ", known->needs);
	kernel_check_data(check, extension);
}

static void check_rule(const struct kernel_check *check)
{
	kernel_check_rule(check);
	for (const struct extension *at = check->rule->matches; at != NULL; at = at->next)
		check_extension(check, at);
	if (check->rule->target != NULL)
		check_extension(check, check->rule->target);
}

static void check_table(struct kernel_check *check)
{
	struct callgraph graph;

	for (unsigned i = 0; i < table_count; i++)
		if (strcmp(check->table->name, table_names[i]) == 0)
			check->table_bit = 1U << i;
	if (!callgraph_make(&graph, check->table))
		diag_memory(check->log);
	else
		for (size_t i = 0; i < graph.nodes.len; i++) {
			check->chain = graph.nodes.item[i].chain;
			check->hooks = graph.nodes.item[i].hooks;
			for (size_t r = 0; r < check->chain->rules.len; r++) {
				check->rule = check->chain->rules.item[r];
				check_rule(check);
			}
		}
	callgraph_free(&graph);
}

void check_kernel(const struct ruleset *ruleset, struct diag_log *log)
{
	struct kernel_check check = { .ruleset = ruleset, .log = log };

	for (size_t t = 0; t < ruleset->tables.len; t++) {
		check.table = ruleset->tables.item[t];
		check_table(&check);
	}
}
