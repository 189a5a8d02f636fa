/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/parse.h"

#include <stdint.h>
#include <string.h>

/* Whether this is the first line with the setting. If not, reports an error with the place of the first. */
static bool first_time(struct profile_parser *ps, const struct where *before, const struct where *now)
{
	if (before->line == 0)
		return true;
	profile_error(ps->profile, now, "this is already set at %s:%u", before->file, before->line);
	return false;
}

bool parse_strict(struct profile_parser *ps, struct statement *st)
{
	if (!first_time(ps, &ps->profile->settings.strict_at, &st->where))
		return false;
	ps->profile->settings.strict_at = st->where;
	return expect_word(ps, "syn");
}

bool parse_frame(struct profile_parser *ps, struct statement *st)
{
	if (!first_time(ps, &ps->profile->settings.frame_at, &st->where))
		return false;
	ps->profile->settings.frame_at = st->where;
	ps->profile->settings.frame_off = true;
	return expect_word(ps, "off");
}

bool parse_ping(struct profile_parser *ps, struct statement *st)
{
	struct settings *settings = &ps->profile->settings;

	if (!first_time(ps, &settings->ping_at, &st->where))
		return false;
	settings->ping_at = st->where;
	settings->ping_off = accept_word(ps, "off");
	if (settings->ping_off)
		return true;
	if (peek(ps)->kind != TOKEN_WORD)
		return fail_expected(ps, "\"off\" or a rate such as 2/s");
	return parse_rate(ps, &settings->ping);
}

bool parse_default(struct profile_parser *ps, struct statement *st)
{
	static const char *const sides[DIR_DOCKER] = {
		[DIR_IN] = "in", [DIR_OUT] = "out", [DIR_FORWARD] = "forward"
	};
	static const char *const verdicts[] = {
		[VERDICT_ALLOW] = "allow", [VERDICT_DENY] = "deny", [VERDICT_REJECT] = "reject"
	};
	struct settings *settings = &ps->profile->settings;
	size_t side = 0, verdict = 0;

	while (side < ARRAY_LEN(sides) && !accept_word(ps, sides[side]))
		side++;
	if (side == ARRAY_LEN(sides))
		return fail_expected(ps, "\"in\", \"out\" or \"forward\"");
	while (verdict < ARRAY_LEN(verdicts) && !accept_word(ps, verdicts[verdict]))
		verdict++;
	if (verdict == ARRAY_LEN(verdicts))
		return fail_expected(ps, "\"allow\", \"deny\" or \"reject\"");
	if (!first_time(ps, &settings->policy_at[side], &st->where))
		return false;
	settings->policy[side] = (enum verdict)verdict;
	settings->policy_at[side] = st->where;
	return true;
}

static bool parse_log_options(struct profile_parser *ps, struct log_setting *log)
{
	static const char *const words[] = { "burst", "prefix", "nflog" };

	for (;;) {
		if (accept_word(ps, "burst")) {
			if (!parse_number(ps, "a burst", 1, RATE_BURST_MAX, &log->burst))
				return false;
		} else if (accept_word(ps, "prefix")) {
			if (!parse_prefix(ps, &log->prefix))
				return false;
		} else if (accept_word(ps, "nflog")) {
			unsigned group;

			if (!parse_number(ps, "a group", 0, 65535, &group))
				return false;
			log->nflog = (int)group;
		} else {
			return expect_end(ps, words, ARRAY_LEN(words));
		}
	}
}

bool parse_log(struct profile_parser *ps, struct statement *st)
{
	static const char *const kinds[LOG_KINDS] = { "denied", "invalid", "blocked" };
	struct log_setting *log;
	struct where at = token_where(ps, peek(ps));
	size_t kind = 0;

	while (kind < LOG_KINDS && !accept_word(ps, kinds[kind]))
		kind++;
	if (kind == LOG_KINDS)
		return fail_unknown(ps, "log", kinds, LOG_KINDS);
	log = &ps->profile->settings.log[kind];
	if (!first_time(ps, &log->where, &at))
		return false;
	log->where = st->where;
	log->off = accept_word(ps, "off");
	if (log->off)
		return true;
	if (peek(ps)->kind != TOKEN_WORD)
		return fail_expected(ps, "\"off\" or a rate such as 5/m");
	if (!parse_rate(ps, &log->rate))
		return false;
	at = token_where(ps, peek(ps));
	if (!parse_log_options(ps, log))
		return false;
	/* %c becomes at most FORWARD, the longest name of a chain that logs. */
	if (strstr(log->prefix, "%c") != NULL && strlen(log->prefix) - 2 + strlen("FORWARD") > 29) {
		profile_error(ps->profile, &at,
			      "a log prefix has at most 29 bytes, this one has %zu when %%c is FORWARD",
			      strlen(log->prefix) - 2 + strlen("FORWARD"));
		return false;
	}
	return true;
}

/*
 * The kernel counts timeouts in jiffies in an int. With 1000 a second, its highest rate, this is the longest time. A
 * timeout of 0 would be accepted, and forget each connection before its answer.
 */
#define TIMEOUT_MAX 2147483

/* nf_conntrack_hash_resize: the pointers of the table, a multiple of a page of them, have fewer bytes than INT_MAX. */
#define BUCKETS_MAX 268434944

/*
 * The keys of "conntrack", their names in net.netfilter (kernel: Documentation/networking/nf_conntrack-sysctl.rst), and
 * the values that every kernel accepts.
 */
static const struct {
	const char *key, *sysctl;
	unsigned long low, high;
} conntrack_keys[] = {
	{ "max", "max", 0, INT32_MAX },
	{ "buckets", "buckets", 1, BUCKETS_MAX },
	{ "expect-max", "expect_max", 1, INT32_MAX },
	{ "acct", "acct", 0, 1 },
	{ "timestamp", "timestamp", 0, 1 },
	{ "checksum", "checksum", 0, 1 },
	{ "log-invalid", "log_invalid", 0, 255 },
	{ "generic", "generic_timeout", 1, TIMEOUT_MAX },
	{ "icmp", "icmp_timeout", 1, TIMEOUT_MAX },
	{ "icmpv6", "icmpv6_timeout", 1, TIMEOUT_MAX },
	{ "gre", "gre_timeout", 1, TIMEOUT_MAX },
	{ "gre-stream", "gre_timeout_stream", 1, TIMEOUT_MAX },
	{ "udp", "udp_timeout", 1, TIMEOUT_MAX },
	{ "udp-stream", "udp_timeout_stream", 1, TIMEOUT_MAX },
	{ "tcp-loose", "tcp_loose", 0, 1 },
	{ "tcp-be-liberal", "tcp_be_liberal", 0, 1 },
	{ "tcp-max-retrans", "tcp_max_retrans", 0, 255 },
	{ "tcp-syn-sent", "tcp_timeout_syn_sent", 1, TIMEOUT_MAX },
	{ "tcp-syn-recv", "tcp_timeout_syn_recv", 1, TIMEOUT_MAX },
	{ "tcp-established", "tcp_timeout_established", 1, TIMEOUT_MAX },
	{ "tcp-fin-wait", "tcp_timeout_fin_wait", 1, TIMEOUT_MAX },
	{ "tcp-close-wait", "tcp_timeout_close_wait", 1, TIMEOUT_MAX },
	{ "tcp-last-ack", "tcp_timeout_last_ack", 1, TIMEOUT_MAX },
	{ "tcp-time-wait", "tcp_timeout_time_wait", 1, TIMEOUT_MAX },
	{ "tcp-close", "tcp_timeout_close", 1, TIMEOUT_MAX },
	{ "tcp-unacknowledged", "tcp_timeout_unacknowledged", 1, TIMEOUT_MAX },
	{ "sctp-established", "sctp_timeout_established", 1, TIMEOUT_MAX },
};

static bool parse_conntrack_key(struct profile_parser *ps, struct sysctl_setting **out)
{
	const char *words[ARRAY_LEN(conntrack_keys)];
	struct sysctl_setting *setting = profile_alloc(ps->profile, sizeof(*setting));
	size_t key = 0;
	struct strbuf what = STRBUF_INIT;
	unsigned value;
	bool good;

	if (setting == NULL)
		return false;
	setting->where = token_where(ps, peek(ps));
	for (size_t i = 0; i < ARRAY_LEN(conntrack_keys); i++)
		words[i] = conntrack_keys[i].key;
	while (key < ARRAY_LEN(conntrack_keys) && !accept_word(ps, conntrack_keys[key].key))
		key++;
	if (key == ARRAY_LEN(conntrack_keys))
		return fail_unknown(ps, "conntrack key", words, ARRAY_LEN(words));
	strbuf_printf(&what, "a number for \"%s\"", conntrack_keys[key].key);
	good = parse_number(ps, strbuf_text(&what), conntrack_keys[key].low, conntrack_keys[key].high, &value);
	strbuf_free(&what);
	if (!good)
		return false;
	setting->key =
		profile_textf(ps->profile, "net.netfilter.nf_conntrack_%s", conntrack_keys[key].sysctl);
	setting->value = profile_textf(ps->profile, "%u", value);
	for (; *out != NULL; out = &(*out)->next)
		if (setting->key != NULL && strcmp((*out)->key, setting->key) == 0 &&
		    !first_time(ps, &(*out)->where, &setting->where))
			return false;
	*out = setting;
	return setting->key != NULL && setting->value != NULL;
}

bool parse_conntrack(struct profile_parser *ps, struct statement *st)
{
	(void)st;
	do
		if (!parse_conntrack_key(ps, &ps->profile->settings.sysctls))
			return false;
	while (accept_kind(ps, TOKEN_COMMA));
	return true;
}

/* Doubles the array when it is full, because the arena cannot free the old one. */
static bool names_add(struct profile *profile, struct names *names, const char *text, struct where where)
{
	size_t count = names->count;

	if ((count & (count - 1)) == 0) {
		struct name *grown = profile_alloc(profile, (count == 0 ? 1 : 2 * count) * sizeof(*grown));

		if (grown == NULL)
			return false;
		if (count > 0)
			memcpy(grown, names->item, count * sizeof(*grown));
		names->item = grown;
	}
	names->item[names->count++] = (struct name){ text, where };
	return true;
}

/* Names of chains, or patterns such as DOCKER*. */
bool parse_keep(struct profile_parser *ps, struct statement *st)
{
	struct names *keep = &ps->profile->settings.keep;

	(void)st;
	do {
		const char *text = peek(ps)->text;

		if (peek(ps)->kind != TOKEN_WORD)
			return fail_expected(ps, "the name of a chain, or a pattern such as DOCKER*");
		if (strlen(text) > 28 || text[0] == '-')
			return fail_here(ps, "\"%s\" is not a chain name", text);
		if (!names_add(ps->profile, keep, text, token_where(ps, peek(ps))))
			return false;
		advance(ps);
	} while (accept_kind(ps, TOKEN_COMMA));
	return true;
}
