/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The groups of ports that all builders use. */
#include "profile/build.h"

#include <stdlib.h>

/* The kernel's limit for a multiport match (XT_MULTI_PORTS). A range counts as two ports. */
#define MULTIPORT_MAX 15

static const char *proto_word(struct profile *profile, int proto)
{
	switch (proto) {
	case PROTO_TCP:
		return "tcp";
	case PROTO_UDP:
		return "udp";
	case PROTO_SCTP:
		return "sctp";
	case PROTO_ICMP:
		return "icmp";
	case PROTO_ICMP6:
		return "ipv6-icmp";
	case 50:
		return "esp";
	case 51:
		return "ah";
	case 47:
		return "gre";
	case 2:
		return "igmp";
	default:
		return profile_textf(profile, "%d", proto);
	}
}

static void print_range(struct strbuf *out, const struct ports *ports)
{
	strbuf_printf(out, "%u", ports->first);
	if (ports->last != ports->first)
		strbuf_printf(out, ":%u", ports->last);
}

static bool group_add(struct profile *profile, struct port_groups *out, int proto, struct strbuf *text,
		      const char *original)
{
	struct port_group group = { .proto = proto, .family = proto_family(proto), .original = original };

	group.text = profile_take(profile, text);
	return group.text != NULL && (vec_push(&out->list, group) || profile_memory(profile));
}

/* Adds `count` ports of one protocol as one match. */
static bool group_ports(struct profile *profile, const struct ports *const list[], size_t count,
			enum port_form form, struct port_groups *out)
{
	const char *word = proto_word(profile, list[0]->proto), *comma = "";
	const char *side = form == PORTS_SOURCE ? "sport" : "dport";
	struct strbuf text = STRBUF_INIT;

	if (word == NULL)
		return false;
	strbuf_printf(&text, "-p %s", word);
	if (count == 1 && !list[0]->any) {
		strbuf_printf(&text, " -m %s --%s ", word, side);
		print_range(&text, list[0]);
	} else if (count > 1) {
		strbuf_printf(&text, " -m multiport --%ss ", side);
		for (size_t i = 0; i < count; i++) {
			strbuf_puts(&text, comma);
			print_range(&text, list[i]);
			comma = ",";
		}
	}
	return group_add(profile, out, list[0]->proto, &text, NULL);
}

/* Adds a match for the port before Docker translates it. The conntrack match takes one port or range. */
static bool group_original(struct profile *profile, const struct ports *ports, struct port_groups *out)
{
	const char *word = proto_word(profile, ports->proto), *original = NULL;
	struct strbuf text = STRBUF_INIT;

	if (word == NULL)
		return false;
	strbuf_printf(&text, "-p %s", word);
	if (!ports->any)
		original =
			ports->first == ports->last
				? profile_textf(profile, "--ctorigdstport %u --ctdir ORIGINAL", ports->first)
				: profile_textf(profile, "--ctorigdstport %u:%u --ctdir ORIGINAL",
						ports->first, ports->last);
	return group_add(profile, out, ports->proto, &text, original);
}

/* Collects the ports that fit into one multiport match with item `at`, and marks them in `taken`. */
static size_t group_collect(const struct port_list *ports, size_t at, bool unaddressed, bool *taken,
			    const struct ports *group[MULTIPORT_MAX])
{
	const struct ports *first = &ports->list.item[at];
	size_t count = 0, room = MULTIPORT_MAX;

	for (size_t i = at; i < ports->list.len; i++) {
		const struct ports *next = &ports->list.item[i];
		size_t takes = next->first == next->last ? 1 : 2;

		if (taken[i] || next->unaddressed != unaddressed || next->proto != first->proto ||
		    next->any != first->any || takes > room)
			continue;
		taken[i] = true;
		group[count++] = next;
		room -= takes;
		if (next->any)
			break;
	}
	return count;
}

bool groups_make(struct profile *profile, const struct port_list *ports, bool unaddressed,
		 enum port_form form, struct port_groups *out)
{
	struct strbuf nothing = STRBUF_INIT;
	bool *taken, good = true;

	*out = (struct port_groups){ .list = { 0 } };
	if (ports->list.len == 0)
		return group_add(profile, out, PROTO_ANY, &nothing, NULL);
	taken = calloc(ports->list.len, sizeof(*taken));
	if (taken == NULL)
		return profile_memory(profile);
	for (size_t i = 0; good && i < ports->list.len; i++) {
		const struct ports *group[MULTIPORT_MAX];

		if (taken[i] || ports->list.item[i].unaddressed != unaddressed)
			continue;
		if (form == PORTS_ORIGINAL)
			good = group_original(profile, &ports->list.item[i], out);
		else
			good = group_ports(profile, group, group_collect(ports, i, unaddressed, taken, group),
					   form, out);
	}
	free(taken);
	return good;
}
