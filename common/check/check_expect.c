/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `#@ expect`: a promise of the policy, proved for all packets that it speaks of, or refuted with one.
 *
 *	expect allow|deny [PROTOCOL [PORT[-PORT]]] [from ADDRESS[/LEN]] [in IF] [to ADDRESS[/LEN]] [out IF]
 *
 * It is about the first packet of a connection that is for this host, or with `to` or `out` one that
 * is forwarded. `allow`: none of them is dropped. `deny`: none is accepted. What cannot be asked so is
 * passed over. Without `in` a denied packet comes in by an interface that no rule names: what is let in
 * from lo or from a bridge that has a rule of its own is not what such a promise is about.
 */
#include "check/meaning_checks.h"
#include "text/word.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

struct promise {
	bool allow, forwarded, good;
	bool other_family;
	unsigned proto;
	unsigned first, last; /* ports; last 0: any */
	struct range src, dst;
	bool has_src, has_dst;
	const char *in, *out;
};

static bool read_network(enum family family, const char *text, struct range *range, bool *other)
{
	enum family of = strchr(text, ':') != NULL ? FAMILY_IPV6 : FAMILY_IPV4;
	unsigned width = of == FAMILY_IPV6 ? 128 : 32;
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	unsigned long prefix = slash != NULL ? strtoul(slash + 1, NULL, 10) : width;
	char addr_part[INET6_ADDRSTRLEN];
	unsigned char addr[16];
	field_value low;

	*other = of != family;
	if (len >= sizeof(addr_part) || prefix > width)
		return false;
	memcpy(addr_part, text, len);
	addr_part[len] = '\0';
	if (inet_pton(of == FAMILY_IPV6 ? AF_INET6 : AF_INET, addr_part, addr) != 1)
		return false;
	low = prefix == 0 ? field_max(FIELD_SRC, of) : ((field_value)1 << (width - prefix)) - 1;
	range->lo = value_of_addr(addr, of) & ~low;
	range->hi = range->lo | low;
	return true;
}

static unsigned proto_number(const char *name)
{
	if (strcmp(name, "tcp") == 0)
		return IPPROTO_TCP;
	return strcmp(name, "udp") == 0 ? IPPROTO_UDP : 0;
}

/* The word behind a key. */
static void read_pair(struct promise *promise, enum family family, const char *key, const char *value)
{
	bool other = false;

	if (strcmp(key, "from") == 0)
		promise->good = promise->has_src = read_network(family, value, &promise->src, &other);
	else if (strcmp(key, "to") == 0)
		promise->good = promise->has_dst = read_network(family, value, &promise->dst, &other);
	else if (strcmp(key, "in") == 0)
		promise->in = value;
	else if (strcmp(key, "out") == 0)
		promise->out = value;
	else
		promise->good = false;
	promise->other_family |= other;
	promise->forwarded |= strcmp(key, "to") == 0 || strcmp(key, "out") == 0;
}

/* words: "#@" "expect" ... */
static struct promise read_promise(const struct words *words, enum family family)
{
	struct promise promise = { .good = words->count >= 5 };
	unsigned at = 4;
	char *end;

	if (!promise.good)
		return promise;
	promise.allow = strcmp(words->item[2].text, "allow") == 0;
	promise.proto = proto_number(words->item[3].text);
	promise.first = (unsigned)strtoul(words->item[at].text, &end, 10);
	promise.last = *end == '-' ? (unsigned)strtoul(end + 1, &end, 10) : promise.first;
	promise.good = promise.proto != 0 && end != words->item[at].text && *end == '\0' &&
		       (promise.allow || strcmp(words->item[2].text, "deny") == 0);
	for (at++; at < words->count && promise.good; at += 2) {
		if (at + 1 == words->count)
			promise.good = false;
		else
			read_pair(&promise, family, words->item[at].text, words->item[at + 1].text);
	}
	return promise;
}

static field_value input_of(const struct promise *promise)
{
	return value_of_name(promise->in != NULL ? promise->in : "any0");
}

/* All packets that the promise is about, whose way in lies between these two. */
static struct question ask_promise(const struct meaning *m, const struct promise *promise, field_value in_first,
				   field_value in_last)
{
	struct question question = question_at(m, "filter", promise->forwarded ? HOOK_FORWARD : HOOK_INPUT);

	question_state(&question, CT_NEW);
	question_field(&question, FIELD_PROTO, promise->proto, promise->proto);
	question_field(&question, FIELD_DPORT, promise->first, promise->last);
	if (promise->proto == IPPROTO_TCP)
		question_field(&question, FIELD_FLAGS, 0x02, 0x02);
	if (promise->has_src)
		question_field(&question, FIELD_SRC, promise->src.lo, promise->src.hi);
	if (promise->has_dst)
		question_field(&question, FIELD_DST, promise->dst.lo, promise->dst.hi);
	question_field(&question, FIELD_IN, in_first, in_last);
	if (promise->out != NULL)
		question_field(&question, FIELD_OUT, value_of_name(promise->out), value_of_name(promise->out));
	return question;
}

static bool none_accepted(const struct question *question, struct packet *some)
{
	return question_accepted(question, some) == MAY_NEVER;
}

/*
 * A promise that something is allowed, without a way in, is about other hosts: that lo may is no
 * keeping of it. So it is asked on both sides of lo's name.
 */
static bool allow_refuted(const struct meaning *m, const struct promise *promise, struct packet *some)
{
	field_value lo = value_of_name("lo"), in = promise->in != NULL ? value_of_name(promise->in) : 0;
	struct question below = ask_promise(m, promise, promise->in != NULL ? in : 0, promise->in != NULL ? in : lo - 1);
	struct question above = ask_promise(m, promise, promise->in != NULL ? in : lo + 1,
					    promise->in != NULL ? in : field_max(FIELD_IN, m->ruleset->family));

	if (!none_accepted(&below, some) || !none_accepted(&above, some))
		return false;
	return question_dropped(&below, some) == MAY_SOMETIMES || question_dropped(&above, some) == MAY_SOMETIMES;
}

static bool deny_refuted(const struct meaning *m, const struct promise *promise, struct packet *some)
{
	struct question question = ask_promise(m, promise, input_of(promise), input_of(promise));

	return question_accepted(&question, some) == MAY_SOMETIMES;
}

/*
 * deny is refuted by one packet that may be accepted. allow, where rules may limit or choose by what is
 * not known here, only when none is ever accepted: that is what its writer would notice.
 */
static void check_promise(const struct meaning *m, size_t index, const struct promise *promise)
{
	const struct line *line = &m->ruleset->stream->lines.item[index];
	struct where where = stream_where(m->ruleset->stream, line, 0, 0);
	struct where origin = stream_origin_where(m->ruleset->stream, line);
	struct packet some = { .family = FAMILY_NONE };
	struct strbuf text = STRBUF_INIT;
	bool refuted = promise->allow ? allow_refuted(m, promise, &some) : deny_refuted(m, promise, &some);

	if (!refuted)
		return;
	packet_text(&text, &some);
	diag_add(m->log, DIAG_EXPECT, &where, &origin, "this promise is not kept for IPv%d: %s %s",
		 m->ruleset->family == FAMILY_IPV6 ? 6 : 4, strbuf_text(&text),
		 promise->allow ? "is dropped, as all such packets are" : "may be accepted");
	strbuf_free(&text);
}

/* Calls use for each promise that can be asked of this family. */
static void each_promise(const struct ruleset *ruleset, void (*use)(void *ctx, size_t line, const struct promise *promise),
			 void *ctx)
{
	const struct stream *stream = ruleset->stream;
	struct words words = { .count = 0 };
	unsigned column;

	for (size_t i = 0; i < stream->lines.len; i++) {
		const char *args;
		size_t len;
		struct promise promise;

		if (!line_directive(&stream->lines.item[i], "expect", &args, &len) ||
		    words_split(&words, stream->lines.item[i].text, stream->lines.item[i].len, &column) != WORD_FINE)
			continue;
		promise = read_promise(&words, ruleset->family);
		if (promise.good && !promise.other_family)
			use(ctx, i, &promise);
	}
	words_free(&words);
}

static void use_promise(void *ctx, size_t line, const struct promise *promise)
{
	check_promise(ctx, line, promise);
}

void check_expect(struct meaning *m)
{
	each_promise(m->ruleset, use_promise, m);
}

static void note_range(struct space *space, enum field field, field_value lo, field_value hi)
{
	struct range range = { lo, hi };
	struct cond cond = { .kind = COND_RANGES, .field = field, .other = FIELD_COUNT, .ranges = &range, .range_count = 1 };

	space_note(space, &cond);
}

static void note_promise(void *ctx, size_t line, const struct promise *promise)
{
	struct space *space = ctx;

	(void)line;
	note_range(space, FIELD_DPORT, promise->first, promise->last);
	if (promise->has_src)
		note_range(space, FIELD_SRC, promise->src.lo, promise->src.hi);
	if (promise->has_dst)
		note_range(space, FIELD_DST, promise->dst.lo, promise->dst.hi);
	space_note_value(space, FIELD_IN, input_of(promise));
	if (promise->out != NULL)
		space_note_value(space, FIELD_OUT, value_of_name(promise->out));
}

void check_expect_note(const struct ruleset *ruleset, struct space *space)
{
	each_promise(ruleset, note_promise, space);
}
