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

/* Ports of one protocol that fit into one match. */
struct port_batch {
	const struct ports *port[MULTIPORT_MAX];
	size_t count, room; /* room: how many more ports fit */
};

/* Adds the ports, unless there is no room for them. */
static bool batch_add(struct port_batch *batch, const struct ports *ports)
{
	size_t takes = ports->first == ports->last ? 1 : 2;

	if (takes > batch->room)
		return false;
	batch->room -= takes;
	batch->port[batch->count++] = ports;
	return true;
}

/* Prints " -m tcp --dport 80" or " -m multiport --dports 80,443". `named`: the match of the protocol is there already. */
static void print_batch(struct strbuf *out, const struct port_batch *batch, const char *word, const char *side, bool named)
{
	const char *comma = "";

	if (batch->count == 1) {
		if (!named)
			strbuf_printf(out, " -m %s", word);
		strbuf_printf(out, " --%s ", side);
		print_range(out, batch->port[0]);
		return;
	}
	strbuf_printf(out, " -m multiport --%ss ", side);
	for (size_t i = 0; i < batch->count; i++) {
		strbuf_puts(out, comma);
		print_range(out, batch->port[i]);
		comma = ",";
	}
}

static bool group_add(struct profile *profile, struct port_groups *out, int proto, struct strbuf *text,
		      const char *original)
{
	struct port_group group = { .proto = proto, .family = proto_family(proto), .original = original };

	group.text = profile_take(profile, text);
	return group.text != NULL && (vec_push(&out->list, group) || profile_memory(profile));
}

/* Where groups go, and what all of them have in common. */
struct grouping {
	struct profile *profile;
	enum port_form form;
	const struct item *sources; /* NULL: any */
	struct port_groups *out;
};

/*
 * Adds a group for a batch of destination ports (count 0: any), or several, if there are more source ports than fit into
 * one match.
 */
static bool group_batch(const struct grouping *to, int proto, const struct port_batch *batch, const char *original)
{
	const char *word = proto_word(to->profile, proto);
	const char *side = to->form == PORTS_SOURCE ? "sport" : "dport";
	const struct item *source = to->sources;

	if (word == NULL)
		return false;
	do {
		struct port_batch from = { .room = MULTIPORT_MAX };
		struct strbuf text = STRBUF_INIT;

		while (source != NULL && batch_add(&from, &source->ports))
			source = source->next;
		strbuf_printf(&text, "-p %s", word);
		if (from.count > 0)
			print_batch(&text, &from, word, "sport", false);
		if (batch->count > 0)
			print_batch(&text, batch, word, side, from.count == 1);
		if (!group_add(to->profile, to->out, proto, &text, original))
			return false;
	} while (source != NULL);
	return true;
}

/* Adds a match for the port before Docker translates it. The conntrack match takes one port or range. */
static bool group_original(const struct grouping *to, const struct ports *ports)
{
	const struct port_batch none = { .count = 0 };
	const char *original = NULL;

	if (!ports->any)
		original =
			ports->first == ports->last
				? profile_textf(to->profile, "--ctorigdstport %u --ctdir ORIGINAL", ports->first)
				: profile_textf(to->profile, "--ctorigdstport %u:%u --ctdir ORIGINAL",
						ports->first, ports->last);
	return group_batch(to, ports->proto, &none, original);
}

/* Collects the ports that fit into one multiport match with item `at`, and marks them in `taken`. */
static struct port_batch group_collect(const struct port_list *ports, size_t at, bool unaddressed, bool *taken)
{
	const struct ports *first = &ports->list.item[at];
	struct port_batch batch = { .room = MULTIPORT_MAX };

	taken[at] = true;
	for (size_t i = at; i < ports->list.len && !first->any; i++) {
		const struct ports *next = &ports->list.item[i];

		if ((taken[i] && i > at) || next->unaddressed != unaddressed || next->proto != first->proto || next->any)
			continue;
		taken[i] = batch_add(&batch, next);
	}
	return batch;
}

/* Adds a group for each ICMP type, and for each code of a type that is not named as a whole. */
static bool group_icmp(const struct grouping *to, const struct ports *ports)
{
	const char *match = ports->proto == PROTO_ICMP ? "-p icmp -m icmp --icmp-type" : "-p ipv6-icmp -m icmp6 --icmpv6-type";
	bool good = true;

	for (unsigned at = ports->first; good && at <= ports->last; at++) {
		struct strbuf text = STRBUF_INIT;

		strbuf_printf(&text, "%s %u", match, at >> 8);
		if (at == ICMP_CODE(at >> 8, 0U) && (at | 255) <= ports->last)
			at |= 255;
		else
			strbuf_printf(&text, "/%u", at & 255);
		good = group_add(to->profile, to->out, ports->proto, &text, NULL);
	}
	return good;
}

bool rule_proto_has_ports(int proto)
{
	return proto == PROTO_TCP || proto == PROTO_UDP || proto == PROTO_SCTP;
}

/* Whether all packets of the statement have ports, if it names source ports. */
static bool sources_fit(struct profile *profile, const struct port_list *ports, const struct end *from)
{
	bool fit = ports->list.len > 0;

	if (from == NULL || from->ports == NULL)
		return true;
	for (size_t i = 0; i < ports->list.len; i++)
		fit = fit && rule_proto_has_ports(ports->list.item[i].proto);
	if (!fit)
		profile_error(profile, &from->ports_at, "only tcp, udp and sctp have ports: write the protocol before \"from\"");
	return fit;
}

bool groups_make(struct profile *profile, const struct port_list *ports, bool unaddressed,
		 enum port_form form, const struct end *from, struct port_groups *out)
{
	struct grouping to = { .profile = profile, .form = form, .sources = from != NULL ? from->ports : NULL, .out = out };
	struct strbuf nothing = STRBUF_INIT;
	bool *taken, good = true;

	*out = (struct port_groups){ .list = { 0 } };
	if (!sources_fit(profile, ports, from))
		return false;
	if (ports->list.len == 0)
		return group_add(profile, out, PROTO_ANY, &nothing, NULL);
	taken = calloc(ports->list.len, sizeof(*taken));
	if (taken == NULL)
		return profile_memory(profile);
	for (size_t i = 0; good && i < ports->list.len; i++) {
		struct port_batch batch;

		if (taken[i] || ports->list.item[i].unaddressed != unaddressed)
			continue;
		if (is_icmp(ports->list.item[i].proto) && !ports->list.item[i].any) {
			good = group_icmp(&to, &ports->list.item[i]);
			continue;
		}
		if (form == PORTS_ORIGINAL) {
			good = group_original(&to, &ports->list.item[i]);
			continue;
		}
		batch = group_collect(ports, i, unaddressed, taken);
		good = group_batch(&to, ports->list.item[i].proto, &batch, NULL);
	}
	free(taken);
	return good;
}
