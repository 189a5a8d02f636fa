/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The rules that every profile gets, before and after its own rules. */
#include "profile/build.h"
#include "profile/service.h"
#include "text/word.h"

#include <fnmatch.h>
#include <string.h>

static const char *const chains[DIR_DOCKER] = {
	[DIR_IN] = "INPUT", [DIR_OUT] = "OUTPUT", [DIR_FORWARD] = "FORWARD"
};
static const char *const denied_chains[DIR_COUNT] = {
	[DIR_IN] = "fw-denied-in",
	[DIR_OUT] = "fw-denied-out",
	[DIR_FORWARD] = "fw-denied-fwd",
	[DIR_DOCKER] = "fw-denied-fwd",
};

/* Adds a rule of the frame, which belongs to no line of the profile. */
static void frame_rule(struct profile *profile, enum phase phase, enum family family, const char *chain,
		       const char *text)
{
	output_rule(&profile->out, TABLE_FILTER, phase, family, chain, NULL, text);
}

const char *log_match(struct profile *profile, const struct log_setting *log)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, "-m limit --limit ");
	rate_print(&text, &log->rate);
	if (log->burst > 0)
		strbuf_printf(&text, " --limit-burst %u", log->burst);
	return profile_take(profile, &text);
}

/* The prefix with %c as the chain. */
const char *log_target(struct profile *profile, const struct log_setting *log, const char *chain)
{
	struct strbuf prefix = STRBUF_INIT, text = STRBUF_INIT;
	const char *mark = strstr(log->prefix, "%c"), *copy;

	if (mark != NULL)
		strbuf_printf(&prefix, "%.*s%s%s", (int)(mark - log->prefix), log->prefix, chain, mark + 2);
	else
		strbuf_puts(&prefix, log->prefix);
	if (log->nflog >= 0)
		strbuf_printf(&text, "NFLOG --nflog-group %d", log->nflog);
	else
		strbuf_puts(&text, "LOG");
	if (prefix.len > 0) {
		strbuf_puts(&text, log->nflog >= 0 ? " --nflog-prefix " : " --log-prefix ");
		word_quote(&text, strbuf_text(&prefix));
	}
	copy = profile_text(profile, strbuf_text(&text), text.len);
	strbuf_free(&prefix);
	strbuf_free(&text);
	return copy;
}

/* Adds one rule that logs, to any chain. */
static void log_rule(struct profile *profile, const struct log_setting *log, enum out_table table,
		     enum phase phase, const char *chain, const char *shown)
{
	const char *match = log_match(profile, log), *target = log_target(profile, log, shown);
	const char *text =
		match != NULL && target != NULL ? profile_textf(profile, "%s -j %s", match, target) : NULL;

	if (text != NULL)
		output_rule(&profile->out, table, phase, FAMILY_BOTH, chain,
			    log->where.line > 0 ? &log->where : NULL, text);
}

const char *denied_target(struct profile *profile, enum direction dir)
{
	enum direction side = dir == DIR_DOCKER ? DIR_FORWARD : dir;

	if (profile->settings.log[LOG_DENIED].off)
		return "DROP";
	profile->used.denied[side] = true;
	output_chain(&profile->out, TABLE_FILTER, denied_chains[side]);
	return denied_chains[side];
}

const char *reject_target(struct profile *profile)
{
	if (!profile->used.reject) {
		profile->used.reject = true;
		output_chain(&profile->out, TABLE_FILTER, "fw-reject");
		frame_rule(profile, PHASE_DENIED, FAMILY_BOTH, "fw-reject",
			   "-p tcp -j REJECT --reject-with tcp-reset");
		frame_rule(profile, PHASE_DENIED, FAMILY_BOTH, "fw-reject", "-j REJECT");
	}
	return "fw-reject";
}

/*
 * What IPv6 needs: neighbour discovery (RFC 4861; the hop limit of 255 proves that no router forwarded the
 * packet), multicast listener queries (RFC 3810), errors (RFC 4890), and echo requests unless `ping` is off.
 */
static void frame_icmpv6(struct profile *profile)
{
	static const int neighbour[] = { 133, 134, 135, 136 }, errors[] = { 1, 2, 3, 4 };
	const char *chain = "fw-icmpv6", *text;

	for (size_t i = 0; i < ARRAY_LEN(neighbour); i++) {
		text = profile_textf(profile,
				     "-m hl --hl-eq 255 -m icmp6 -p ipv6-icmp --icmpv6-type %d -j ACCEPT",
				     neighbour[i]);
		if (text != NULL)
			frame_rule(profile, PHASE_IN_FRAME, FAMILY_IPV6, chain, text);
	}
	frame_rule(profile, PHASE_IN_FRAME, FAMILY_IPV6, chain,
		   "-s fe80::/10 -m icmp6 -p ipv6-icmp --icmpv6-type 130 -j ACCEPT");
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		text = profile_textf(profile, "-m icmp6 -p ipv6-icmp --icmpv6-type %d -j ACCEPT", errors[i]);
		if (text != NULL)
			frame_rule(profile, PHASE_IN_FRAME, FAMILY_IPV6, chain, text);
	}
	if (!profile->settings.ping_off)
		frame_rule(profile, PHASE_IN_FRAME, FAMILY_IPV6, chain,
			   "-m icmp6 -p ipv6-icmp --icmpv6-type 128 -j ACCEPT");
}

/*
 * Drops echo requests above the rate. This comes before the state rules: all but the first echo request are
 * ESTABLISHED, so a limit after those rules would count nothing (tried). The name of the table contains the
 * rate, see limit_name.
 */
static void frame_ping_limit(struct profile *profile, enum family family, const char *match)
{
	const struct rate *rate = &profile->settings.ping;
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "%s -m hashlimit --hashlimit-above ", match);
	rate_print(&text, rate);
	strbuf_printf(&text,
		      " --hashlimit-burst %u --hashlimit-mode srcip --hashlimit-srcmask %d --hashlimit-name "
		      "fw-ping-",
		      rate->burst, family == FAMILY_IPV4 ? 32 : 64);
	rate_print_short(&text, rate);
	strbuf_printf(&text, "%u -j DROP", rate->burst);
	if (text.failed)
		profile_memory(profile);
	else
		output_rule(&profile->out, TABLE_FILTER, PHASE_IN_FRAME, family, "INPUT",
			    profile->settings.ping_at.line > 0 ? &profile->settings.ping_at : NULL,
			    strbuf_text(&text));
	strbuf_free(&text);
}

static void frame_ping_limits(struct profile *profile)
{
	if (profile->settings.ping_off)
		return;
	frame_ping_limit(profile, FAMILY_IPV4, "-p icmp -m icmp --icmp-type echo-request");
	frame_ping_limit(profile, FAMILY_IPV6, "-p ipv6-icmp -m icmp6 --icmpv6-type 128");
}

static void frame_icmp(struct profile *profile)
{
	if (!profile->settings.ping_off)
		frame_rule(profile, PHASE_IN_FRAME, FAMILY_IPV4, "INPUT",
			   "-p icmp -m icmp --icmp-type echo-request -j ACCEPT");
	output_chain(&profile->out, TABLE_FILTER, "fw-icmpv6");
	frame_rule(profile, PHASE_IN_FRAME, FAMILY_IPV6, "INPUT", "-p ipv6-icmp -j fw-icmpv6");
	/*
	 * A DHCPv6 reply comes from another address than the request went to, so conntrack does not relate the
	 * two.
	 */
	frame_rule(profile, PHASE_IN_FRAME, FAMILY_IPV6, "INPUT",
		   "-d fe80::/10 -p udp -m udp --dport 546 -j ACCEPT");
	frame_icmpv6(profile);
}

/* The two state rules of a direction, and the rule of `strict syn`. */
static void frame_state(struct profile *profile, enum phase phase, const char *chain)
{
	const char *invalid = profile->settings.log[LOG_INVALID].off ? "DROP" : "fw-invalid";
	const char *text = profile_textf(profile, "-m conntrack --ctstate INVALID -j %s", invalid);

	frame_rule(profile, phase, FAMILY_BOTH, chain,
		   "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
	if (text != NULL)
		frame_rule(profile, phase, FAMILY_BOTH, chain, text);
	if (profile->settings.strict_at.line > 0)
		output_rule(&profile->out, TABLE_FILTER, phase, FAMILY_BOTH, chain,
			    &profile->settings.strict_at,
			    "-p tcp -m tcp ! --syn -m conntrack --ctstate NEW -j DROP");
}

static void frame_invalid(struct profile *profile)
{
	const struct log_setting *log = &profile->settings.log[LOG_INVALID];

	if (log->off)
		return;
	output_chain(&profile->out, TABLE_FILTER, "fw-invalid");
	log_rule(profile, log, TABLE_FILTER, PHASE_IN_FRAME, "fw-invalid", "INVALID");
	output_rule(&profile->out, TABLE_FILTER, PHASE_IN_FRAME, FAMILY_BOTH, "fw-invalid",
		    log->where.line > 0 ? &log->where : NULL, "-j DROP");
}

/* Without these rules, a host that denies its output loses its neighbours, its multicast groups and its DHCP leases. */
static void frame_out(struct profile *profile)
{
	static const int reports[] = { 131, 132, 143 }; /* of MLDv1 (RFC 2710) and MLDv2 */

	frame_rule(profile, PHASE_OUT_FRAME, FAMILY_BOTH, "OUTPUT", "-o lo -j ACCEPT");
	frame_rule(profile, PHASE_OUT_FRAME, FAMILY_BOTH, "OUTPUT",
		   "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
	frame_rule(profile, PHASE_OUT_FRAME, FAMILY_IPV6, "OUTPUT",
		   "-p ipv6-icmp -m hl --hl-eq 255 -j ACCEPT");
	for (size_t i = 0; i < ARRAY_LEN(reports); i++) {
		const char *text = profile_textf(profile, "-p ipv6-icmp -m icmp6 --icmpv6-type %d -j ACCEPT", reports[i]);

		if (text != NULL)
			frame_rule(profile, PHASE_OUT_FRAME, FAMILY_IPV6, "OUTPUT", text);
	}
	/* A renewal is sent by UDP; only the first request passes beside the rules. */
	frame_rule(profile, PHASE_OUT_FRAME, FAMILY_IPV4, "OUTPUT", "-p udp -m udp --sport 68 --dport 67 -j ACCEPT");
	frame_rule(profile, PHASE_OUT_FRAME, FAMILY_IPV6, "OUTPUT",
		   "-s fe80::/10 -p udp -m udp --sport 546 --dport 547 -j ACCEPT");
}

/*
 * Docker calls DOCKER-USER before its own rules. From there, fw-docker gets the packets that go to Docker's
 * bridges.
 */
static void frame_docker(struct profile *profile)
{
	static const char *const rules[] = {
		"-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN",
		"-i docker0 -j RETURN",
		"-i br-+ -j RETURN",
		"-o docker0 -j fw-docker",
		"-o br-+ -j fw-docker",
	};

	output_chain(&profile->out, TABLE_FILTER, "DOCKER-USER");
	output_chain(&profile->out, TABLE_FILTER, "fw-docker");
	frame_rule(profile, PHASE_FORWARD_FRAME, FAMILY_BOTH, "FORWARD", "-j DOCKER-USER");
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		frame_rule(profile, PHASE_DOCKER_FRAME, FAMILY_BOTH, "DOCKER-USER", rules[i]);
}

static bool has_docker(const struct profile *profile)
{
	for (const struct zone *zone = profile->zones; zone != NULL; zone = zone->next)
		if (zone->docker)
			return true;
	return false;
}

/* Adds the rules before those of the statements. */
void build_frame(struct profile *profile)
{
	const struct settings *settings = &profile->settings;

	for (int dir = 0; dir < DIR_DOCKER; dir++)
		output_policy(&profile->out, TABLE_FILTER, chains[dir],
			      settings->policy[dir] == VERDICT_ALLOW ? "ACCEPT" : "DROP");
	if (has_docker(profile))
		frame_docker(profile);
	if (settings->frame_off)
		return;
	frame_rule(profile, PHASE_IN_FRAME, FAMILY_BOTH, "INPUT", "-i lo -j ACCEPT");
	frame_ping_limits(profile);
	frame_state(profile, PHASE_IN_FRAME, "INPUT");
	frame_icmp(profile);
	frame_invalid(profile);
	if (!settings->log[LOG_DENIED].off && settings->policy[DIR_IN] != VERDICT_ALLOW)
		output_chain(&profile->out, TABLE_FILTER, "fw-denied-in");
	if (settings->policy[DIR_OUT] != VERDICT_ALLOW)
		frame_out(profile);
}

static void denied_rules(struct profile *profile, enum direction dir, const char *chain)
{
	const struct log_setting *log = &profile->settings.log[LOG_DENIED];
	const struct where *at = log->where.line > 0 ? &log->where : NULL;
	struct output *out = &profile->out;

	/* Drop broadcast and multicast packets without a log line: they are not aimed at this host. */
	if (dir == DIR_IN && !log->off && chain != chains[DIR_IN])
		output_rule(out, TABLE_FILTER, PHASE_DENIED, FAMILY_BOTH, chain, at,
			    "-m pkttype ! --pkt-type unicast -j DROP");
	if (!log->off)
		log_rule(profile, log, TABLE_FILTER, PHASE_DENIED, chain, chains[dir]);
	if (profile->settings.policy[dir] == VERDICT_REJECT) {
		at = &profile->settings.policy_at[dir];
		output_rule(out, TABLE_FILTER, PHASE_DENIED, FAMILY_BOTH, chain, at,
			    "-p tcp -j REJECT --reject-with tcp-reset");
		output_rule(out, TABLE_FILTER, PHASE_DENIED, FAMILY_BOTH, chain, at, "-j REJECT");
	} else {
		output_rule(out, TABLE_FILTER, PHASE_DENIED, FAMILY_BOTH, chain, at, "-j DROP");
	}
}

/*
 * Adds the rules after those of the statements, for packets that were not allowed. While nft replaces tables, a
 * policy alone lets packets pass for some microseconds. So every chain that denies ends in a rule that denies, unless the
 * frame is off.
 */
void build_denied(struct profile *profile)
{
	static const enum direction order[] = { DIR_IN, DIR_FORWARD, DIR_OUT };
	const struct log_setting *log = &profile->settings.log[LOG_DENIED];
	bool docker = has_docker(profile);

	if (!profile->settings.frame_off && (profile->used.direction[DIR_FORWARD] || docker))
		frame_state(profile, PHASE_FORWARD_FRAME, "FORWARD");
	if (docker) {
		const char *text = profile_textf(profile, "-j %s", denied_target(profile, DIR_DOCKER));

		if (text != NULL)
			frame_rule(profile, PHASE_DENIED, FAMILY_BOTH, "fw-docker", text);
	}
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		enum direction dir = order[i];
		bool denies = profile->settings.policy[dir] != VERDICT_ALLOW;
		bool apart = profile->used.denied[dir] ||
			     (dir == DIR_IN && denies && !log->off && !profile->settings.frame_off);
		const char *jump = profile_textf(profile, "-j %s", denied_chains[dir]);

		if (apart && denies && jump != NULL)
			output_rule(&profile->out, TABLE_FILTER, PHASE_DENIED, FAMILY_BOTH, chains[dir],
				    log->where.line > 0 ? &log->where : NULL, jump);
		if (apart)
			denied_rules(profile, dir, denied_chains[dir]);
		else if (denies && !profile->settings.frame_off)
			denied_rules(profile, dir, chains[dir]);
	}
}

static void head(struct profile *profile, const char *text)
{
	if (text != NULL)
		output_head(&profile->out, text);
}

/* The modules of a helper. It needs the module for NAT only if the profile translates addresses. */
static void head_helper(struct profile *profile, const struct helper_kind *kind)
{
	head(profile, profile_textf(profile, "module nf_conntrack_%s", kind->module));
	if (kind->nat && profile->used.nat)
		head(profile, profile_textf(profile, "module nf_nat_%s",
					    strcmp(kind->module, "snmp") == 0 ? "snmp_basic" : kind->module));
}

/*
 * fw-load takes kept chains from the rules in force, even if the stream has rules for them. A docker zone fills
 * DOCKER-USER itself, so "DOCKER*" becomes patterns for all names that start with DOCKER, except DOCKER-USER.
 */
static void print_keep(struct profile *profile, const struct name *name, struct strbuf *text)
{
	static const char ours[] = "DOCKER-USER";
	size_t len = strlen(name->text), prefix = strcspn(name->text, "*?[\\");

	if (!has_docker(profile) || fnmatch(name->text, ours, 0) != 0) {
		strbuf_printf(text, " %s", name->text);
		return;
	}
	if (prefix + 1 < len)
		profile_error(profile, &name->where,
			      "\"%s\" matches DOCKER-USER, which the docker zone fills: write a pattern "
			      "whose only \"*\" is at its end",
			      name->text);
	else if (prefix == len)
		profile_error(profile, &name->where,
			      "DOCKER-USER cannot be kept: the docker zone fills it");
	/*
	 * For each length: the name that ends there, and the names that differ in the next letter. Then all
	 * longer names.
	 */
	for (size_t i = prefix; prefix + 1 == len && i < strlen(ours); i++)
		strbuf_printf(text, i > 0 ? " %.*s %.*s[!%c]*" : "%.*s %.*s[!%c]*", (int)i, ours, (int)i,
			      ours, ours[i]);
	if (prefix + 1 == len)
		strbuf_printf(text, " %s?*", ours);
}

/* Readers take lines of at most 10238 bytes. A zone with so many interfaces stays without a name. */
#define DIRECTIVE_MAX 10000

/* Tells other programs the names of the zones, in the order of the profile. */
static void head_zones(struct profile *profile)
{
	size_t count = 0;

	for (const struct zone *zone = profile->zones; zone != NULL; zone = zone->next)
		count++;
	for (size_t left = count; left > 0; left--) {
		const struct zone *zone = profile->zones; /* the last one is first */
		struct strbuf text = STRBUF_INIT;

		for (size_t i = 1; i < left; i++)
			zone = zone->next;
		strbuf_printf(&text, "zone %s", zone->name.text);
		for (size_t i = 0; i < zone->iface_count; i++)
			strbuf_printf(&text, " %s", zone->ifaces[i]);
		if (text.len <= DIRECTIVE_MAX)
			head(profile, profile_take(profile, &text));
		strbuf_free(&text);
	}
}

void build_directives(struct profile *profile)
{
	struct strbuf text = STRBUF_INIT;

	for (const struct statement *st = profile->statements.first; st != NULL; st = st->next)
		for (const struct item *item = st->kind == STATEMENT_HELPER ? st->helper.what : NULL;
		     item != NULL; item = item->next) {
			const char *name = service_helper(profile, item->service.text);

			if (name != NULL && helper_kind_find(name) != NULL)
				head_helper(profile, helper_kind_find(name));
		}
	for (const struct sysctl_setting *setting = profile->settings.sysctls; setting != NULL;
	     setting = setting->next)
		head(profile, profile_textf(profile, "sysctl %s=%s", setting->key, setting->value));
	if ((profile->used.forwards & FAMILY_IPV4) != 0 && (profile->options->family & FAMILY_IPV4) != 0)
		head(profile, "sysctl net.ipv4.ip_forward=1");
	if ((profile->used.forwards & FAMILY_IPV6) != 0 && (profile->options->family & FAMILY_IPV6) != 0)
		head(profile, "sysctl net.ipv6.conf.all.forwarding=1");
	head_zones(profile);
	if (profile->settings.keep.count == 0)
		return;
	strbuf_puts(&text, "keep");
	for (size_t i = 0; i < profile->settings.keep.count; i++)
		print_keep(profile, &profile->settings.keep.item[i], &text);
	if (strcmp(strbuf_text(&text), "keep") != 0)
		head(profile, strbuf_text(&text));
	strbuf_free(&text);
}
