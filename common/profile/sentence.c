/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/sentence.h"
#include "addr/addr.h"
#include "profile/host.h"

#include <stdlib.h>
#include <string.h>

/* The recognised parts of a rule. A rule with any other part becomes a raw line. */
struct rule_parts {
	const char *source, *destination, *in, *out, *proto, *ports, *state, *note, *target, *with,
		*to_source;
};

static const char *const port_protocols[] = { "tcp", "udp", "sctp" };

static bool has_ports(const char *proto)
{
	for (size_t i = 0; i < ARRAY_LEN(port_protocols); i++)
		if (strcmp(proto, port_protocols[i]) == 0)
			return true;
	return false;
}

/* The options that a statement can express, in the order in which fw-gen writes them. */
static const struct option_form {
	const char *words[3]; /* before the value */
	size_t field;
} forms[] = {
	{ { "-s" }, offsetof(struct rule_parts, source) },
	{ { "-d" }, offsetof(struct rule_parts, destination) },
	{ { "-i" }, offsetof(struct rule_parts, in) },
	{ { "-o" }, offsetof(struct rule_parts, out) },
	{ { "-p" }, offsetof(struct rule_parts, proto) },
	{ { "-m", "tcp", "--dport" }, offsetof(struct rule_parts, ports) },
	{ { "-m", "udp", "--dport" }, offsetof(struct rule_parts, ports) },
	{ { "-m", "sctp", "--dport" }, offsetof(struct rule_parts, ports) },
	{ { "-m", "multiport", "--dports" }, offsetof(struct rule_parts, ports) },
	{ { "-m", "conntrack", "--ctstate" }, offsetof(struct rule_parts, state) },
	{ { "-m", "comment", "--comment" }, offsetof(struct rule_parts, note) },
	{ { "-j" }, offsetof(struct rule_parts, target) },
	{ { "--reject-with" }, offsetof(struct rule_parts, with) },
	{ { "--to-source" }, offsetof(struct rule_parts, to_source) },
};

static unsigned form_length(const struct option_form *form)
{
	unsigned length = 0;

	while (length < 3 && form->words[length] != NULL)
		length++;
	return length;
}

static bool form_matches(const struct option_form *form, const struct words *words, unsigned at)
{
	unsigned length = form_length(form);

	if (at + length + 1 > words->count)
		return false;
	for (unsigned i = 0; i < length; i++)
		if (strcmp(words->item[at + i].text, form->words[i]) != 0)
			return false;
	return true;
}

/* Returns false if a word is in none of the forms, or not in the order in which fw-gen writes it. */
static bool rule_read(const struct words *words, unsigned at, struct rule_parts *out)
{
	size_t form = 0;

	while (at < words->count) {
		while (form < ARRAY_LEN(forms) && !form_matches(&forms[form], words, at))
			form++;
		if (form == ARRAY_LEN(forms))
			return false;
		const char **field = (const char **)((char *)out + forms[form].field);

		if (*field != NULL)
			return false;
		at += form_length(&forms[form]);
		*field = words->item[at++].text;
		form++;
	}
	return out->target != NULL;
}

/* Whether all ports are numbers or ranges of numbers. */
static bool ports_are_plain(const char *ports)
{
	return strspn(ports, "0123456789:,") == strlen(ports) && strstr(ports, ",:") == NULL &&
	       strstr(ports, ":,") == NULL && ports[0] != ':' && ports[strlen(ports) - 1] != ':' &&
	       strcmp(ports, "0") != 0;
}

/* Finds the verdict. Returns false if the compiler would write a different rule for it. */
static bool verdict_read(const struct rule_parts *rule, const char **verb)
{
	bool stateful = rule->proto == NULL || has_ports(rule->proto);
	bool state = rule->state != NULL;

	if (state && strcmp(rule->state, "NEW") != 0)
		return false;
	if (strcmp(rule->target, "ACCEPT") == 0 && rule->with == NULL) {
		*verb = "allow";
		return state == stateful;
	}
	if (strcmp(rule->target, "DROP") == 0 && rule->with == NULL) {
		*verb = "deny";
		return !state;
	}
	*verb = "reject";
	if (strcmp(rule->target, "REJECT") != 0 || rule->with == NULL || rule->proto == NULL || state)
		return false;
	if (strcmp(rule->proto, "tcp") == 0)
		return strcmp(rule->with, "tcp-reset") == 0;
	return strcmp(rule->with, "icmp-port-unreachable") == 0 ||
	       strcmp(rule->with, "icmp6-port-unreachable") == 0;
}

static bool proto_word(const struct rule_parts *rule, struct strbuf *out)
{
	static const char *const plain[] = { "icmp", "esp", "ah", "gre", "igmp" };
	const char *proto = rule->proto;

	if (proto == NULL)
		return rule->ports == NULL;
	if (has_ports(proto)) {
		strbuf_printf(out, " %s", proto);
		if (rule->ports == NULL)
			return true;
		strbuf_putc(out, ' ');
		for (const char *c = rule->ports; *c != '\0'; c++)
			strbuf_puts(out, *c == ':' ? "-" : *c == ',' ? ", " : (char[2]){ *c, '\0' });
		return ports_are_plain(rule->ports);
	}
	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (strcmp(proto, plain[i]) == 0) {
			strbuf_printf(out, " %s", proto);
			return rule->ports == NULL;
		}
	if (strcmp(proto, "ipv6-icmp") == 0) {
		strbuf_puts(out, " icmpv6");
		return rule->ports == NULL;
	}
	return false;
}

/* Prints the name of the zone of an interface. The prefix "if-" keeps it apart from reserved words. */
static bool zone_word(struct arena *arena, struct zone_names *zones, const char *iface, struct strbuf *out)
{
	char *copy;

	if (strspn(iface, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") !=
		    strlen(iface) ||
	    strlen(iface) > 15 || iface[0] == '-')
		return false;
	strbuf_printf(out, "if-%s", iface);
	for (size_t i = 0; i < zones->ifaces.len; i++)
		if (strcmp(zones->ifaces.item[i], iface) == 0)
			return true;
	copy = arena_text(arena, iface, strlen(iface));
	return copy != NULL && vec_push(&zones->ifaces, copy);
}

/*
 * Prints "from 192.0.2.0/24 on if-eth0", "from if-eth0" or "from 192.0.2.0/24", or nothing if both are missing.
 */
static bool end_words(struct arena *arena, struct zone_names *zones, const char *word, const char *address,
		      const char *iface, struct strbuf *out)
{
	struct addr_range range;

	if (address == NULL && iface == NULL)
		return true;
	if (address != NULL && (addr_parse(address, &range) != ADDR_FINE || addr_prefix(&range) < 0 || host_is_mapped(&range)))
		return false;
	strbuf_printf(out, " %s ", word);
	if (address != NULL)
		strbuf_puts(out, address);
	if (address != NULL && iface != NULL)
		strbuf_puts(out, " on ");
	return iface == NULL || zone_word(arena, zones, iface, out);
}

/* Prints "to self at 192.0.2.1", or nothing without an address. "self at" takes no networks. */
static bool self_words(const char *word, const char *address, struct strbuf *out)
{
	struct addr_range range;

	if (address == NULL)
		return true;
	if (addr_parse(address, &range) != ADDR_FINE || range.first != range.last || host_is_mapped(&range))
		return false;
	strbuf_printf(out, "%s at ", word);
	addr_print(out, &range);
	return true;
}

/* Whether an address has an interface beside it: without one, a sentence is about this host's own addresses too. */
static bool is_routed(const char *address, const char *iface)
{
	return address == NULL || iface != NULL;
}

/* Prints the ends of a rule. Returns false if no statement can express them in this chain. */
static bool direction_words(struct arena *arena, struct zone_names *zones, const char *chain,
			    const struct rule_parts *rule, struct strbuf *out)
{
	if (strcmp(chain, "INPUT") == 0)
		return rule->out == NULL && end_words(arena, zones, "from", rule->source, rule->in, out) &&
		       self_words(" to self", rule->destination, out);
	if (strcmp(chain, "OUTPUT") == 0) {
		strbuf_puts(out, " from self");
		return rule->in == NULL && self_words("", rule->source, out) &&
		       end_words(arena, zones, "to", rule->destination, rule->out, out);
	}
	if (strcmp(chain, "FORWARD") != 0 || !is_routed(rule->source, rule->in) || !is_routed(rule->destination, rule->out))
		return false;
	if (rule->source == NULL && rule->in == NULL)
		strbuf_puts(out, " from any");
	if (!end_words(arena, zones, "from", rule->source, rule->in, out))
		return false;
	if (rule->destination == NULL && rule->out == NULL)
		strbuf_puts(out, " to any");
	return end_words(arena, zones, "to", rule->destination, rule->out, out);
}

static bool note_words(const struct rule_parts *rule, struct strbuf *out)
{
	if (rule->note == NULL)
		return true;
	strbuf_puts(out, " note \"");
	for (const char *c = rule->note; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			strbuf_putc(out, '\\');
		strbuf_putc(out, *c);
	}
	strbuf_putc(out, '"');
	return strlen(rule->note) <= 255;
}

static bool filter_words(struct arena *arena, struct zone_names *zones, const char *chain,
			 const struct rule_parts *rule, struct strbuf *text)
{
	const char *verb;

	if (rule->to_source != NULL || !verdict_read(rule, &verb))
		return false;
	strbuf_puts(text, verb);
	return proto_word(rule, text) && direction_words(arena, zones, chain, rule, text) &&
	       note_words(rule, text);
}

/* Prints masquerade or snat. The rule must have a source, an output interface and nothing else. */
static bool nat_words(struct arena *arena, struct zone_names *zones, const char *chain,
		      const struct rule_parts *rule, struct strbuf *text)
{
	struct addr_range range, as;
	bool snat = strcmp(rule->target, "SNAT") == 0;

	if (strcmp(chain, "POSTROUTING") != 0 || rule->destination != NULL || rule->in != NULL ||
	    rule->out == NULL || rule->proto != NULL || rule->ports != NULL || rule->state != NULL ||
	    rule->note != NULL || rule->with != NULL)
		return false;
	if ((!snat && strcmp(rule->target, "MASQUERADE") != 0) || snat != (rule->to_source != NULL))
		return false;
	if (rule->source != NULL &&
	    (addr_parse(rule->source, &range) != ADDR_FINE || addr_prefix(&range) < 0))
		return false;
	if (snat && (addr_parse(rule->to_source, &as) != ADDR_FINE || strchr(rule->to_source, '/') != NULL))
		return false;
	strbuf_printf(text, "%s from %s to ", snat ? "snat" : "masquerade",
		      rule->source != NULL ? rule->source : "any");
	if (!zone_word(arena, zones, rule->out, text))
		return false;
	if (snat)
		strbuf_printf(text, " as %s", rule->to_source);
	return true;
}

/* Whether the protocol exists in this family only. */
static bool is_of_family(const char *proto, enum family family)
{
	if (family == FAMILY_IPV6)
		return strcmp(proto, "ipv6-icmp") == 0;
	return strcmp(proto, "icmp") == 0 || strcmp(proto, "igmp") == 0;
}

/* Sets the words that restrict the statement to a family. An address needs none. */
static void family_words(struct sentence *sentence, const struct rule_parts *rule, bool nat)
{
	const char *address = rule->to_source != NULL ? rule->to_source
			      : rule->source != NULL  ? rule->source
						      : rule->destination;
	bool ipv6 = address != NULL && strchr(address, ':') != NULL;

	if (nat && rule->to_source == NULL) {
		sentence->ipv4 = address == NULL || !ipv6 ? "" : NULL;
		sentence->ipv6 = ipv6 ? " both" : NULL;
		sentence->both = address == NULL ? " both" : NULL;
	} else if (address != NULL) {
		*(ipv6 ? &sentence->ipv6 : &sentence->ipv4) = "";
	} else {
		sentence->ipv4 = " only ipv4";
		sentence->ipv6 = " only ipv6";
		sentence->both = "";
	}
	/* iptables takes a protocol of the other family too, but no sentence does. */
	if (rule->proto != NULL && is_of_family(rule->proto, FAMILY_IPV4))
		sentence->ipv6 = sentence->both = NULL;
	if (rule->proto != NULL && is_of_family(rule->proto, FAMILY_IPV6))
		sentence->ipv4 = sentence->both = NULL;
}

struct sentence sentence_make(struct arena *arena, struct zone_names *zones, const char *table,
			      const char *chain, const struct words *words, unsigned first)
{
	struct rule_parts rule = { .source = NULL };
	struct sentence sentence = { .text = NULL };
	struct strbuf text = STRBUF_INIT;
	bool nat = strcmp(table, "nat") == 0, said = false;

	if (!rule_read(words, first, &rule))
		return sentence;
	if (nat)
		said = nat_words(arena, zones, chain, &rule, &text);
	else if (strcmp(table, "filter") == 0)
		said = filter_words(arena, zones, chain, &rule, &text);
	if (said && !text.failed)
		sentence.text = arena_text(arena, strbuf_text(&text), text.len);
	family_words(&sentence, &rule, nat);
	strbuf_free(&text);
	return sentence;
}

void zone_names_print(const struct zone_names *zones, struct strbuf *out)
{
	for (size_t i = 0; i < zones->ifaces.len; i++)
		strbuf_printf(out, "zone if-%s = %s\n", zones->ifaces.item[i], zones->ifaces.item[i]);
}

void zone_names_free(struct zone_names *zones)
{
	vec_free(&zones->ifaces);
}
