/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The options of a rule: limit, max and log become steps; when, until and by become matches of all steps. */
#include "profile/build.h"
#include "text/word.h"

#include <string.h>

static const enum family families[] = { FAMILY_IPV4, FAMILY_IPV6 };

/* The default of --hashlimit-htable-expire in milliseconds. Shorter times need no option. */
#define HASHLIMIT_EXPIRE_MS 10000

/* The steps in the making. The add_ functions set `failed` instead of returning an error. */
struct maker {
	struct profile *profile;
	const struct statement *st;
	const struct rule_options *options;
	enum direction dir;
	bool tcp, other; /* the packets can be TCP, can be another protocol */
	const char *id;
	struct steps *steps;
	bool failed;
};

static void step_add(struct maker *m, struct rule_step step)
{
	if (step.match == NULL || step.target == NULL || !vec_push(&m->steps->list, step)) {
		profile_memory(m->profile);
		m->failed = true;
	}
}

/* The prefix of one source: an IPv4 address, or an IPv6 /64, the least that a customer of a provider gets. */
static unsigned source_mask(enum family family)
{
	return family == FAMILY_IPV4 ? 32 : 64;
}

/*
 * The list of a ban holds sources. The mask belongs to the list, not to the rule (net/netfilter/xt_recent.c),
 * and both families share the names of lists. So each family has a list of its own.
 */
static const char *ban_list(struct maker *m, enum family family, const char *what)
{
	if (family == FAMILY_IPV4)
		return profile_textf(m->profile, "-m recent %s --name fw-ban%s --rsource", what, m->id + 2);
	return profile_textf(m->profile,
			     "-m recent %s --name fw-ban6%s --mask ffff:ffff:ffff:ffff:: --rsource", what,
			     m->id + 2);
}

static void add_ban(struct maker *m)
{
	const char *check = profile_textf(m->profile, "--rcheck --seconds %u", m->options->limit.ban);

	for (size_t i = 0; check != NULL && i < ARRAY_LEN(families); i++)
		step_add(m, (struct rule_step){ .family = families[i],
					   .state = true,
					   .target = "DROP",
					   .match = ban_list(m, families[i], check) });
}

static const char *rate_text(struct profile *profile, const struct rate *rate)
{
	struct strbuf text = STRBUF_INIT;

	rate_print(&text, rate);
	return profile_take(profile, &text);
}

static void add_log(struct maker *m)
{
	const struct rate *rate = &m->options->log.rate;
	const char *text = rate_text(m->profile, rate);
	struct strbuf target = STRBUF_INIT;

	if (text == NULL)
		return;
	if (m->options->log.nflog >= 0)
		strbuf_printf(&target, "NFLOG --nflog-group %d", m->options->log.nflog);
	else
		strbuf_puts(&target, "LOG");
	if (m->options->log.prefix[0] != '\0') {
		strbuf_puts(&target, m->options->log.nflog >= 0 ? " --nflog-prefix " : " --log-prefix ");
		word_quote(&target, m->options->log.prefix);
	}
	step_add(m, (struct rule_step){ .family = FAMILY_BOTH,
				   .state = true,
				   .match = profile_textf(m->profile, "-m limit --limit %s --limit-burst %u",
							  text, rate->burst),
				   .target = profile_take(m->profile, &target) });
}

/* Adds a step that rejects, with a TCP reset where the packets are TCP. */
static void add_reject(struct maker *m, enum family family, bool state, const char *match, bool note)
{
	struct rule_step step = {
		.family = family, .state = state, .match = match, .note = note, .target = "REJECT"
	};

	if (m->tcp && m->other)
		step.target = reject_target(m->profile);
	else if (m->tcp)
		step.target = "REJECT --reject-with tcp-reset";
	step.tcp_only = m->tcp && !m->other;
	step_add(m, step);
}

static void add_max(struct maker *m)
{

	if (m->options->max.total) {
		add_reject(m, FAMILY_BOTH, true,
			   profile_textf(
				   m->profile,
				   "-m connlimit --connlimit-above %u --connlimit-mask 0 --connlimit-saddr",
				   m->options->max.count),
			   false);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		add_reject(m, families[i], true,
			   profile_textf(
				   m->profile,
				   "-m connlimit --connlimit-above %u --connlimit-mask %u --connlimit-saddr",
				   m->options->max.count, source_mask(families[i])),
			   false);
}

/*
 * A hashlimit table exists as long as a rule names it, and keeps the rate with which it was created. A rule
 * that is loaded again with the same name and another rate would use the old rate
 * (net/netfilter/xt_hashlimit.c, htable_find_get; tried). So the name contains the rate.
 */
static const char *limit_name(struct maker *m)
{
	struct strbuf name = STRBUF_INIT;

	strbuf_printf(&name, "%s-", m->id);
	rate_print_short(&name, &m->options->limit.rate);
	strbuf_printf(&name, "%u", m->options->limit.burst);
	return profile_take(m->profile, &name);
}

/* Accepts connections within the limit. */
static void add_limit(struct maker *m)
{
	const struct rule_options *options = m->options;
	const char *rate = rate_text(m->profile, &options->limit.rate), *name = limit_name(m), *expire = "";
	unsigned long refill = rate_refill_ms(&options->limit.rate, options->limit.burst);

	if (options->limit.total) {
		step_add(m, (struct rule_step){ .family = FAMILY_BOTH,
					   .state = true,
					   .target = "ACCEPT",
					   .note = true,
					   .match = profile_textf(m->profile,
								  "-m limit --limit %s --limit-burst %u",
								  rate, options->limit.burst) });
		return;
	}
	/*
	 * If the kernel forgot a source before its bucket is full again, the source would start with a full
	 * bucket.
	 */
	if (refill > HASHLIMIT_EXPIRE_MS)
		expire = profile_textf(m->profile, " --hashlimit-htable-expire %lu", refill);
	for (size_t i = 0; rate != NULL && name != NULL && expire != NULL && i < ARRAY_LEN(families); i++)
		step_add(m, (struct rule_step){ .family = families[i],
					   .state = true,
					   .target = "ACCEPT",
					   .note = true,
					   .match = profile_textf(
						   m->profile,
						   "-m hashlimit --hashlimit-upto %s --hashlimit-burst %u "
						   "--hashlimit-mode srcip --hashlimit-srcmask %u "
						   "--hashlimit-name %s%s",
						   rate, options->limit.burst, source_mask(families[i]), name,
						   expire) });
}

/* Denies connections above the limit. With "ban", also puts the source on the list. */
static void add_excess(struct maker *m)
{
	const char *denied = denied_target(m->profile, m->dir);
	bool state =
		m->dir != DIR_IN; /* in other directions, other packets can reach this step */

	for (size_t i = 0; m->options->limit.ban > 0 && i < ARRAY_LEN(families); i++)
		step_add(m, (struct rule_step){ .family = families[i],
					   .state = state,
					   .target = denied,
					   .match = ban_list(m, families[i], "--set") });
	if (m->options->limit.ban == 0)
		step_add(m, (struct rule_step){
				    .family = FAMILY_BOTH, .state = state, .match = "", .target = denied });
}

static bool limit_fits(struct profile *profile, const struct rule_options *options)
{
	if (options->limit.at.line > 0 && options->limit.total &&
	    (options->limit.burst > RATE_BURST_MAX || !rate_fits_limit(&options->limit.rate, options->limit.burst))) {
		profile_error(profile, &options->limit.at,
			      "a burst of %u is more than iptables can count at this rate", options->limit.burst);
		return false;
	}
	if (options->log.at.line > 0 && !rate_fits_limit(&options->log.rate, options->log.rate.burst)) {
		profile_error(profile, &options->log.at, "this rate is slower than iptables can count");
		return false;
	}
	return true;
}

bool steps_make(struct profile *profile, const struct statement *st, const struct rule_options *options,
		enum verdict verdict, enum direction dir, const struct port_groups *groups, struct steps *out)
{
	struct maker m = { .profile = profile, .st = st, .options = options, .dir = dir, .steps = out };

	*out = (struct steps){ .state = verdict == VERDICT_ALLOW };
	m.id = statement_id(profile, st);
	if (m.id == NULL || !limit_fits(profile, options))
		return false;
	for (size_t i = 0; i < groups->list.len; i++) {
		int proto = groups->list.item[i].proto;

		m.tcp = m.tcp || proto == PROTO_TCP || proto == PROTO_ANY;
		m.other = m.other || proto != PROTO_TCP;
	}
	if (options->limit.ban > 0)
		add_ban(&m);
	if (options->log.at.line > 0)
		add_log(&m);
	if (options->max.at.line > 0)
		add_max(&m);
	if (verdict == VERDICT_REJECT) {
		add_reject(&m, FAMILY_BOTH, false, "", true);
	} else if (verdict == VERDICT_DENY) {
		step_add(&m,
			 (struct rule_step){ .family = FAMILY_BOTH, .match = "", .target = "DROP", .note = true });
	} else if (options->limit.at.line > 0) {
		add_limit(&m);
		add_excess(&m);
	} else {
		step_add(&m, (struct rule_step){ .family = FAMILY_BOTH,
					    .state = true,
					    .match = "",
					    .target = "ACCEPT",
					    .note = true });
	}
	/* For a docker zone, return instead of accepting: Docker's own rules must see the packet too. */
	for (size_t i = 0; dir == DIR_DOCKER && i < out->list.len; i++)
		if (strcmp(out->list.item[i].target, "ACCEPT") == 0)
			out->list.item[i].target = "RETURN";
	return !m.failed && !profile->failed;
}

/* Prints the time match. Its times are in UTC, as in the kernel. */
static void print_time(struct strbuf *text, const struct rule_options *options)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	const char *comma = "";
	unsigned stop = options->when.stop == 86400 ? 86399 : options->when.stop;

	strbuf_puts(text, "-m time");
	if (options->when.at.line > 0)
		strbuf_printf(text, " --timestart %02u:%02u:00 --timestop %02u:%02u:%02u",
			      options->when.start / 3600, options->when.start / 60 % 60, stop / 3600,
			      stop / 60 % 60, stop % 60);
	if (options->when.at.line > 0 && options->when.days != 0x7f) {
		strbuf_puts(text, " --weekdays ");
		for (int i = 0; i < 7; i++)
			if ((options->when.days & 1U << i) != 0) {
				strbuf_printf(text, "%s%s", comma, days[i]);
				comma = ",";
			}
		/* The hours after midnight belong to the day on which the time began. */
		if (options->when.start > options->when.stop)
			strbuf_puts(text, " --contiguous");
	}
	if (options->until.date != NULL)
		strbuf_printf(text, " --datestop %sT23:59:59", options->until.date);
}

const char *options_extra(struct profile *profile, const struct rule_options *options)
{
	struct strbuf text = STRBUF_INIT;

	if (options->when.at.line > 0 || options->until.date != NULL)
		print_time(&text, options);
	if (options->by.at.line > 0)
		strbuf_printf(&text, "%s-m owner --%s-owner %s", text.len > 0 ? " " : "",
			      options->by.group ? "gid" : "uid", options->by.name.text);
	return profile_take(profile, &text);
}
