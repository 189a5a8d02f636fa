/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/build.h"

#include <string.h>

/* Reads hosts and services that no statement uses too, so that errors in them are reported. */
static void build_definitions(struct profile *profile)
{
	for (struct hosts *hosts = profile->hosts; hosts != NULL; hosts = hosts->next)
		if (!hosts_load(profile, hosts))
			continue;
	for (const struct service *service = profile->services; service != NULL; service = service->next) {
		struct port_list ports;

		if (!resolve_items(profile, service->items, &ports))
			profile->findings.errors += profile->failed;
		vec_free(&ports.list);
	}
}

bool profile_build(struct profile *profile)
{
	build_frame(profile);
	build_definitions(profile);
	for (const struct statement *st = profile->statements.first; st != NULL && !profile->failed; st = st->next)
		if (!st->broken && !statement_rows[st->kind].build(profile, st))
			continue; /* reported */
	build_denied(profile);
	build_directives(profile);
	if (profile->out.failed)
		profile_memory(profile);
	return profile->findings.errors == 0 && !profile->failed;
}

/* Prints one end of an expectation as an address and an interface, because fw-lint knows no zones. */
static void expect_end_print(struct strbuf *out, const struct selector *sel, const char *address,
			     const char *iface)
{
	if (sel->has_range) {
		strbuf_printf(out, " %s%s ", address, sel->range_not ? " not" : "");
		addr_print(out, &sel->range);
	}
	if (sel->iface != NULL)
		strbuf_printf(out, " %s%s %s", iface, sel->iface_not ? " not" : "", sel->iface);
}

static void expect_ports_print(struct strbuf *out, const struct ports *ports)
{
	static const struct {
		int proto;
		const char *word;
	} words[] = { { PROTO_TCP, "tcp" },
		      { PROTO_UDP, "udp" },
		      { PROTO_SCTP, "sctp" },
		      { PROTO_ICMP, "icmp" },
		      { PROTO_ICMP6, "icmpv6" } };
	size_t i = 0;

	while (i < ARRAY_LEN(words) && words[i].proto != ports->proto)
		i++;
	if (i < ARRAY_LEN(words))
		strbuf_printf(out, " %s", words[i].word);
	else
		strbuf_printf(out, " proto %d", ports->proto);
	if (!ports->any)
		strbuf_printf(out, " %u", ports->first);
	if (!ports->any && ports->last != ports->first)
		strbuf_printf(out, "-%u", ports->last);
}

/*
 * Which packets the expectation is about, where the address and the interface do not tell: an address alone can be
 * one of this host or of another one.
 */
static const char *expect_side(const struct profile_rule *rule, const struct selectors *from, const struct selectors *to,
			       const struct selector *target)
{
	if (rule->to.places == NULL || from->self)
		return "";
	if (to->self)
		return target->has_range ? " local" : "";
	return target->iface == NULL && (!target->has_range || rule->to.places->negated) ? " routed" : "";
}

static void expect_emit(struct profile *profile, const struct statement *st, const struct ports *ports,
			const struct selectors *from, const struct selectors *to)
{
	for (size_t f = 0; f < from->list.len; f++)
		for (size_t t = 0; t < to->list.len; t++) {
			const struct selector *source = &from->list.item[f], *target = &to->list.item[t];
			struct strbuf text = STRBUF_INIT;

			if ((source->family & target->family) == 0)
				continue;
			strbuf_printf(&text, "expect %s",
				      st->rule.verdict == VERDICT_ALLOW ? "allow" : "deny");
			if (ports != NULL)
				expect_ports_print(&text, ports);
			expect_end_print(&text, source, "from", "in");
			if (from->self)
				strbuf_puts(&text, " from self");
			if (!to->docker) {
				expect_end_print(&text, target, "to", "out");
				strbuf_puts(&text, expect_side(&st->rule, from, to, target));
			} else if (t == 0) {
				strbuf_puts(&text, " chain DOCKER-USER");
			} else {
				text.len = 0; /* one line for all bridges of the zone */
			}
			if (text.len > 0)
				output_tail(&profile->out, &st->where, strbuf_text(&text));
			strbuf_free(&text);
		}
}

/* Whether fw-lint can prove something about such packets. Reports an error if not. */
static bool expect_is_known(struct profile *profile, const struct statement *st, const struct port_list *ports,
			    const struct selectors *from, const struct selectors *to)
{
	for (size_t i = 0; i < ports->list.len; i++)
		if (is_icmp(ports->list.item[i].proto) && !ports->list.item[i].any) {
			profile_error(profile, &st->rule.what->where, "\"expect\" does not know ICMP types: leave out the type");
			return false;
		}
	for (const struct selectors *end = from; end != NULL; end = end == from ? to : NULL)
		for (size_t i = 0; i < end->list.len; i++)
			if (end->list.item[i].prefix > 0 || end->list.item[i].over != OVER_ANY) {
				profile_error(profile, end == from ? &st->rule.from.where : &st->rule.to.where,
					      "\"expect\" does not know %s: name an address",
					      end->list.item[i].prefix > 0 ? "suffixes" : "IPsec");
				return false;
			}
	if (from->mac)
		profile_error(profile, &st->rule.from.where, "\"expect\" does not know MAC addresses: name zones or addresses");
	else if (from->except || to->except)
		profile_error(profile, &st->where, "\"expect\" does not support a list of exceptions");
	return !from->mac && !from->except && !to->except;
}

bool build_expect(struct profile *profile, const struct statement *st)
{
	struct selectors from = { 0 }, to = { 0 };
	struct port_list ports;
	bool good = resolve_items(profile, st->rule.what, &ports);

	good = resolve_end(profile, &st->rule.from, FAMILY_BOTH, false, &from) && good;
	good = resolve_end(profile, &st->rule.to, FAMILY_BOTH, false, &to) && good;
	good = good && selectors_flatten(profile, &from) && selectors_flatten(profile, &to);
	good = good && expect_is_known(profile, st, &ports, &from, &to);
	if (good && from.self && from.list.len == 0)
		good = vec_push(&from.list, (struct selector){ .family = FAMILY_BOTH });
	if (good && to.self && to.list.len == 0)
		good = vec_push(&to.list, (struct selector){ .family = FAMILY_BOTH });
	if (good && ports.list.len == 0)
		expect_emit(profile, st, NULL, &from, &to);
	for (size_t i = 0; good && i < ports.list.len; i++)
		expect_emit(profile, st, &ports.list.item[i], &from, &to);
	selectors_free(&from);
	selectors_free(&to);
	vec_free(&ports.list);
	return good;
}
