/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Prints what a compiled profile contains besides its stream. */
#include "profile/service.h"
#include "profile/state.h"

#include <string.h>

/* Prints the directives of one kind, without the word of the kind. */
static void print_head(const struct profile *profile, const char *word, struct strbuf *out)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < profile->out.head.len; i++)
		if (strncmp(profile->out.head.item[i].text, word, len) == 0)
			strbuf_printf(out, "%s\n", profile->out.head.item[i].text + len);
}

void profile_print_sysctls(const struct profile *profile, struct strbuf *out)
{
	print_head(profile, "sysctl ", out);
}

void profile_print_modules(const struct profile *profile, struct strbuf *out)
{
	print_head(profile, "module ", out);
}

void profile_print_services(struct strbuf *out)
{
	for (size_t i = 0; i < builtin_service_count; i++) {
		const struct builtin_service *service = &builtin_services[i];
		const char *at = service->ports;

		strbuf_printf(out, "%-16s ", service->name);
		/* "link" is a mark for the compiler. */
		for (const char *link; (link = strstr(at, "link ")) != NULL; at = link + 5)
			strbuf_add(out, at, (size_t)(link - at));
		strbuf_printf(out, "%s", at);
		if (service->helper != NULL)
			strbuf_printf(out, " helper %s", service->helper);
		strbuf_printf(out, "  # %s\n", service->about);
	}
}

/* Whether this line of the profile made the rule. NULL stands for the frame. */
static bool made_by(const struct where *origin, const struct where *line)
{
	if (origin == NULL || line == NULL)
		return origin == line;
	return origin->line == line->line && strcmp(origin->file, line->file) == 0;
}

/* Prints the rules that one line made, each after the name of its table. */
static void explain_line(const struct profile *profile, const struct where *line, struct strbuf *out)
{
	size_t before = out->len;

	for (int table = 0; table < TABLE_COUNT; table++)
		for (int phase = 0; phase < PHASE_COUNT; phase++)
			for (size_t i = 0; i < profile->out.table[table].phase[phase].rules.len; i++) {
				const struct out_rule *rule =
					&profile->out.table[table].phase[phase].rules.item[i];

				if (!made_by(rule->origin, line) ||
				    (rule->family & profile->options->family) == 0)
					continue;
				strbuf_printf(out, "    %-6s  ", output_table_name((enum out_table)table));
				output_print_rule(rule, profile->options->family, out);
			}
	for (size_t i = 0; i < profile->out.sets.len; i++) {
		const struct out_set *set = &profile->out.sets.item[i];

		if (line == NULL || !made_by(set->origin, line))
			continue;
		if (set->nets != NULL)
			strbuf_printf(out, "    ipset   %s, %zu networks\n", set->name, addr_set_count(set->nets, set->family));
		else
			strbuf_printf(out, "    ipset   %s, filled by another program\n", set->name);
	}
	for (size_t i = 0; i < profile->out.tail.len; i++)
		if (line != NULL && made_by(profile->out.tail.item[i].origin, line))
			strbuf_printf(out, "    %s\n", profile->out.tail.item[i].text);
	if (out->len == before)
		strbuf_puts(out, "    (makes no rule)\n");
}

void profile_print_explanation(const struct profile *profile, struct strbuf *out)
{
	strbuf_puts(out, "rules that every profile gets\n");
	explain_line(profile, NULL, out);
	for (const struct statement *st = profile->statements.first; st != NULL; st = st->next) {
		strbuf_printf(out, "\n%s:%u: %.*s\n", st->where.file, st->where.line,
			      (int)st->where.source_len, st->where.source);
		explain_line(profile, &st->where, out);
		if (st->kind == STATEMENT_MARK && st->mark.uplink.text != NULL)
			strbuf_printf(out,
				      "    needs, with ip and with ip -6, a table whose default route is by \"%s\":\n"
				      "    ip rule add fwmark 0x%lx/0x%lx lookup TABLE\n",
				      st->mark.uplink.text, st->mark.value, st->mark.mask);
	}
	if (profile->out.head.len > 0)
		strbuf_puts(out, "\ndirectives\n");
	for (size_t i = 0; i < profile->out.head.len; i++)
		strbuf_printf(out, "    %s\n", profile->out.head.item[i].text);
}
