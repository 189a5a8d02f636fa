/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* iptables' own options of a rule: which may stand how often, what they mean, and what cannot be said in a ruleset. */
#include "model/builtin.h"
#include "model/kinds.h"
#include "model/xt.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Those that may stand only once in a line; a place in it is a bit of door.seen. */
static const char once[] = "sdpjiofcvnx0";

/* Notes an option that may stand only once, and whether `!` may stand before it. */
static void seen_once(int c, bool may_invert, unsigned invert_bit)
{
	unsigned bit = 1U << (strchr(once, c == 'g' ? 'j' : c) - once);

	door_blame_option();
	if ((door.seen & bit) != 0)
		xtables_error(PARAMETER_PROBLEM, "--%s (-%c) given twice", base_option_name(c), c);
	door.seen |= bit;
	if (door.invert && !may_invert)
		xtables_error(PARAMETER_PROBLEM, "`!' cannot stand before --%s", base_option_name(c));
	if (door.invert)
		door.command->rule.invert |= invert_bit;
	door.blame = 0;
}

/*
 * The value of one of iptables' own options. Before 1.8.10 it must be a word of its own: iptables took all of the word
 * in which the value ends, so that -ptcp was the protocol "-ptcp".
 */
static const char *lone_value(int c, const char *value, unsigned word)
{
	if (door.release < RELEASE_1_8_10 && door.words->item[word].text != value)
		xtables_error(PARAMETER_PROBLEM, "iptables wants a blank before the value of --%s: write --%s %s",
			      base_option_name(c), base_option_name(c), value);
	return value;
}

static bool more_words(void)
{
	return optind < door.argc && door.argv[optind][0] != '-' && door.argv[optind][0] != '!';
}

static void read_match(const char *name)
{
	struct xtables_match *match;
	const char *near;

	if (door.invert) {
		door_blame_option();
		xtables_error(PARAMETER_PROBLEM, "`!' cannot stand before --match; put it before the option that it negates");
	}
	match = xtables_find_match(name, XTF_TRY_LOAD, &door.matches);
	near = match == NULL ? kinds_near_match(name) : NULL;
	if (match == NULL)
		xtables_error(PARAMETER_PROBLEM, "unknown match `%s': no such extension is installed%s%s%s", name,
			      near != NULL ? "; did you mean " : "", near != NULL ? near : "", near != NULL ? "?" : "");
	door_add_match(match);
}

static void read_jump(int c)
{
	struct command *command = door.command;
	const char *name = lone_value(c, optarg, (unsigned)optind - 2);

	seen_once(c, false, 0);
	command->rule.is_goto = c == 'g';
	command->jumpto = name;
	command->jump_word = (unsigned)optind - 2;
	if (name[0] == '\0' || strpbrk(name, " \t\n") != NULL)
		xtables_error(PARAMETER_PROBLEM, "`%s' cannot be the name of a target", name);
	if (strlen(name) > STREAM_CHAIN_MAX)
		xtables_error(PARAMETER_PROBLEM, "names of targets and chains have at most %d bytes", STREAM_CHAIN_MAX);
	if (c == 'g') {
		if (door.family == FAMILY_IPV6)
			door.entry.v6.ipv6.flags |= IP6T_F_GOTO;
		else
			door.entry.v4.ip.flags |= IPT_F_GOTO;
		return;
	}
	door.target = xtables_find_target(name, XTF_TRY_LOAD);
	command->is_extension = door.target != NULL;
	if (door.target == NULL)
		return; /* a chain, or unknown: who knows the chains decides */
	door_add_target(door.target, name);
}

static void read_protocol(void)
{
	const char *name = lone_value('p', optarg, (unsigned)optind - 2);
	unsigned proto, invert = 0;
	size_t len = strlen(name);

	seen_once('p', true, INVERT_PROTO);
	if (len >= sizeof(door.protocol))
		xtables_error(PARAMETER_PROBLEM, "unknown protocol \"%s\" specified", name);
	for (size_t i = 0; i <= len; i++)
		door.protocol[i] = (char)tolower((unsigned char)name[i]);
	door.has_protocol = true;
	proto = xtables_parse_protocol(door.protocol);
	if (proto == 0 && door.invert)
		xtables_error(PARAMETER_PROBLEM, "rule would never match protocol");
	door.command->rule.proto = proto;
	if (door.invert)
		invert = XT_INV_PROTO;
	if (door.family == FAMILY_IPV6) {
		door.entry.v6.ipv6.proto = (uint16_t)proto;
		door.entry.v6.ipv6.invflags |= (uint8_t)invert;
		if (proto != 0)
			door.entry.v6.ipv6.flags |= IP6T_F_PROTO;
	} else {
		door.entry.v4.ip.proto = (uint16_t)proto;
		door.entry.v4.ip.invflags |= (uint8_t)invert;
	}
}

static void read_interface(int c)
{
	const char *name = door.release < RELEASE_1_8_10 ? door.argv[optind - 1] : optarg; /* of -ieth0, once, "-ieth0" */
	char *to = c == 'i' ? door.command->rule.in : door.command->rule.out;

	seen_once(c, true, c == 'i' ? INVERT_IN : INVERT_OUT);
	*(c == 'i' ? &door.in_word : &door.out_word) = door.option_word;
	if (name[0] == '\0')
		xtables_error(PARAMETER_PROBLEM, "Empty interface is likely to be undesired");
	if (strlen(name) >= IFNAMSIZ)
		xtables_error(PARAMETER_PROBLEM, "interface name `%s' must be shorter than IFNAMSIZ (%d)", name, IFNAMSIZ);
	memcpy(to, name, strlen(name) + 1);
	if (door.family == FAMILY_IPV6)
		memcpy(c == 'i' ? door.entry.v6.ipv6.iniface : door.entry.v6.ipv6.outiface, to, IFNAMSIZ);
	else
		memcpy(c == 'i' ? door.entry.v4.ip.iniface : door.entry.v4.ip.outiface, to, IFNAMSIZ);
}

/* libxtables' arrays become networks in the arena. Its memory is lost when the arena is full: the run ends then. */
static void keep_networks(struct network **to, unsigned count, void *addresses, void *masks)
{
	size_t size = door.family == FAMILY_IPV6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);

	*to = arena_alloc(door.arena, count * sizeof(**to));
	for (unsigned i = 0; *to != NULL && i < count; i++) {
		memcpy(&(*to)[i].addr, (char *)addresses + i * size, size);
		memcpy(&(*to)[i].mask, (char *)masks + i * size, size);
	}
	free(addresses);
	free(masks);
	if (*to == NULL)
		xtables_error(RESOURCE_PROBLEM, "out of memory");
}

/* Addresses are understood when all of the line is read: one marked for the other family may say anything. */
static void read_address(int c)
{
	seen_once(c, true, c == 's' ? INVERT_SRC : INVERT_DST);
	*(c == 's' ? &door.src_text : &door.dst_text) = optarg;
	*(c == 's' ? &door.src_word : &door.dst_word) = (unsigned)optind - 2;
}

static void parse_networks(int c, const char *text, unsigned word, struct network **to, unsigned *count)
{
	bool inverted = (door.command->rule.invert & (c == 's' ? INVERT_SRC : INVERT_DST)) != 0;
	void *addresses = NULL, *masks = NULL;

	if (text == NULL)
		return;
	door.blame = word + 1;
	lone_value(c, text, word);
	if (door.family == FAMILY_IPV6)
		xtables_ip6parse_multiple(text, (struct in6_addr **)&addresses, (struct in6_addr **)&masks, count);
	else
		xtables_ipparse_multiple(text, (struct in_addr **)&addresses, (struct in_addr **)&masks, count);
	keep_networks(to, *count, addresses, masks);
	if (*count > 1 && inverted)
		xtables_error(PARAMETER_PROBLEM, "! not allowed with multiple source or destination IP addresses");
	if (*count > 1 && door.command->verb == 'R')
		xtables_error(PARAMETER_PROBLEM, "one rule can only be replaced by one: not by several addresses");
	door.blame = 0;
}

void door_read_addresses(void)
{
	struct command *command = door.command;

	parse_networks('s', door.src_text, door.src_word, &command->src, &command->src_count);
	parse_networks('d', door.dst_text, door.dst_word, &command->dst, &command->dst_count);
}

/* As sscanf reads %llu, and iptables with it: a sign, text behind and numbers too big are taken. */
static bool read_counter(const char *text, unsigned long long *to)
{
	const char *digits = text;

	while (isspace((unsigned char)*digits))
		digits++;
	if (*digits == '+' || *digits == '-')
		digits++;
	*to = strtoull(text, NULL, 10);
	return isdigit((unsigned char)*digits);
}

static void read_counters(const char *packets)
{
	const char *bytes = packets[0] != '\0' ? strchr(packets + 1, ',') : NULL;
	struct rule *rule = &door.command->rule;

	seen_once('c', false, 0);
	if (bytes != NULL)
		bytes++;
	else if (more_words())
		bytes = door.argv[optind++];
	else
		xtables_error(PARAMETER_PROBLEM, "-c requires packet and byte counter");
	if (!read_counter(packets, &rule->counters.packets) || !read_counter(bytes, &rule->counters.bytes))
		xtables_error(PARAMETER_PROBLEM, "-c counters are not numeric");
	rule->has_counters = true;
}

static void read_fragment(void)
{
	seen_once('f', true, INVERT_FRAGMENT);
	if (door.family == FAMILY_IPV6)
		xtables_error(PARAMETER_PROBLEM, "-f is for IPv4 only; IPv6 has -m frag");
	door.command->rule.fragment = true;
	door.entry.v4.ip.flags |= IPT_F_FRAG;
}

static void read_rule_number(void)
{
	if (!more_words())
		return;
	if (!xtables_strtoui(door.argv[optind], NULL, &door.command->number, 1, INT32_MAX))
		xtables_error(PARAMETER_PROBLEM, "Invalid rule number `%s'", door.argv[optind]);
	optind++;
}

/* -Z goes together with -L or -S: then all of them is looking at. */
static bool may_join(int verb, int other)
{
	return (verb == 'Z' && (other == 'L' || other == 'S')) || (other == 'Z' && (verb == 'L' || verb == 'S'));
}

/* -N is particular about names, and -E since 1.8.10; `:` lines take more. The name ends in the word before optind. */
static void check_new_name(const char *name)
{
	door.blame = (unsigned)optind - 1;
	if (name[0] == '-' || name[0] == '!')
		xtables_error(PARAMETER_PROBLEM, "a chain's name cannot begin with `%c'", name[0]);
	if (strpbrk(name, " \t\n\v\f\r") != NULL)
		xtables_error(PARAMETER_PROBLEM, "a chain's name holds no blank");
	if (strlen(name) <= STREAM_CHAIN_MAX && !is_verdict(name) &&
	    xtables_find_target(name, XTF_TRY_LOAD) != NULL)
		xtables_error(PARAMETER_PROBLEM, "`%s' is the name of a target: choose another one for the chain", name);
	door.blame = 0;
}

static void read_second_name(int c)
{
	if (!more_words())
		xtables_error(PARAMETER_PROBLEM, "-%c requires a chain and a %s", c, c == 'P' ? "policy" : "new name");
	door.command->second = door.argv[optind++];
	if (c == 'E' && door.release >= RELEASE_1_8_10)
		check_new_name(door.command->second);
}

static void read_verb(int c)
{
	struct command *command = door.command;

	if (door.invert)
		xtables_error(PARAMETER_PROBLEM, "unexpected ! flag before --%s", base_option_name(c));
	if (command->verb != 0 && !may_join(c, command->verb))
		xtables_error(PARAMETER_PROBLEM, "one command in a line: -%c cannot stand with -%c", c, command->verb);
	command->verb = (char)c;
	command->verb_word = door.option_word;
	command->chain = optarg;
	if (command->chain == NULL && more_words()) /* F, L, S, X, Z: the chain may follow as its own word */
		command->chain = door.argv[optind++];
	command->chain_word = (unsigned)optind - 2;
	if (strchr("IRDLSZ", c) != NULL)
		read_rule_number();
	if (c == 'R' && command->number == 0)
		xtables_error(PARAMETER_PROBLEM, "-R requires a rule number");
	if (c == 'N')
		check_new_name(optarg);
	if (c == 'P' || c == 'E')
		read_second_name(c);
}

/* Which of iptables' own options cannot stand with the command: iptables(8) has no list, these were tried. */
static const char *barred_options(void)
{
	switch (door.command->verb) {
	case 'A': case 'I': case 'R':
		return "nx0";
	case 'C':
		return "nx0c";
	case 'D':
		return door.command->number == 0 ? "nx0c" : "sdpjiofcnx0";
	case 'L':
		return "sdpjiofc";
	case 'P':
		return "sdpjiofnx0";
	default:
		return "sdpjiofcnx0";
	}
}

void door_check_options(void)
{
	const char *barred = barred_options();

	for (; *barred != '\0'; barred++)
		if ((door.seen & 1U << (strchr(once, *barred) - once)) != 0)
			xtables_error(PARAMETER_PROBLEM, "-%c cannot stand with --%s", door.command->verb,
				      base_option_name(*barred));
}

/* Options for a person at a command line: -v is taken in a ruleset too, the others are not. */
static void read_no_rule(int c)
{
	door.command->no_rule = (char)c;
	door.command->no_rule_word = door.option_word;
	if (c == 'v' && (door.seen & 1U << (strchr(once, 'v') - once)) != 0)
		return;
	if (c == 'v') {
		seen_once(c, false, 0);
		return;
	}
	door_blame_option();
	if (strchr("twW", c) != NULL)
		xtables_error(PARAMETER_PROBLEM, "--%s cannot be used in a ruleset, only on iptables' command line",
			      base_option_name(c));
	xtables_error(PARAMETER_PROBLEM, "--%s has no place in a ruleset", base_option_name(c));
}

void door_read_option(int c)
{
	switch (c) {
	case 'A': case 'I': case 'R': case 'D': case 'C': case 'N': case 'X': case 'P': case 'E': case 'F': case 'Z':
	case 'L': case 'S':
		read_verb(c);
		break;
	case 's': case 'd':
		read_address(c);
		break;
	case 'i': case 'o':
		read_interface(c);
		break;
	case 'j': case 'g':
		read_jump(c);
		break;
	case 'p':
		read_protocol();
		break;
	case 'm':
		read_match(optarg);
		break;
	case 'f':
		read_fragment();
		break;
	case 'c':
		read_counters(optarg);
		break;
	case 'n': case 'x': case '0':
		seen_once(c, false, 0);
		break;
	case '4': case '6':
		door.command->other_family = c == (door.family == FAMILY_IPV6 ? '4' : '6');
		break;
	default:
		read_no_rule(c);
	}
}
