/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/shape.h"

#include <arpa/inet.h>
#include <endian.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <string.h>

enum {
	EXPRS = 128, /* iptables writes no rule with more expressions */
	ATTRS = 16,
	IPV4_FRAGMENT = 6,
	IPV4_PROTOCOL = 9, /* 1.8.11 compares this, earlier versions meta l4proto */
	TCP_FLAGS = 13,
	PORT_MAX = 65535,
	TCP_FLAGS_KNOWN = 0x3f, /* FIN SYN RST PSH ACK URG */
	LIMIT_BURST_MAX = 10000,
	NFLOG_PREFIX_SIZE = 64,
};

struct expr {
	const char *name;
	const struct nlattr *attr[ATTRS]; /* by type; NULL: missing */
	bool unknown;                     /* has attributes of other types too */
};

struct native_rule {
	struct expr expr[EXPRS];
	size_t len;
	bool ipv6;
	const char *chain; /* which contains the rule */
	unsigned protocol; /* transport protocol, once a condition has compared it; 0: none has */
	unsigned asked;    /* what the conditions so far compared: 1 << enum subject */
	bool limited;      /* a limit counts packets ... */
	unsigned asked_before_limit; /* ... that match these conditions */
};

enum subject {
	SUBJECT_MARK,
	SUBJECT_IN,
	SUBJECT_OUT,
	SUBJECT_PROTOCOL,
	SUBJECT_SOURCE,
	SUBJECT_DESTINATION,
	SUBJECT_FRAGMENT,
	SUBJECT_SOURCE_PORT,
	SUBJECT_DESTINATION_PORT,
	SUBJECT_FLAGS,
};

/* What one -m tcp or -m udp compares. */
#define TRANSPORT (1u << SUBJECT_SOURCE_PORT | 1u << SUBJECT_DESTINATION_PORT | 1u << SUBJECT_FLAGS)

/*
 * If two conditions compare the same thing, iptables-nft-save shows only the last. It shows matches in their order, but
 * after all other conditions: a limit after a condition would count fewer packets than one before it.
 */
static const char *order_fault(struct native_rule *rule, unsigned subjects)
{
	bool again = (rule->asked & subjects) != 0;

	rule->asked |= subjects;
	if (again)
		return "two conditions about the same thing";
	if (!rule->limited || (subjects & 1u << SUBJECT_MARK) != 0)
		return NULL;
	if ((subjects & TRANSPORT) == 0 || (rule->asked_before_limit & TRANSPORT) != 0)
		return "a limit before a condition that iptables writes before limits";
	return NULL;
}

/* --- reading ------------------------------------------------------------------------------------------ */

static void read_data(const struct nlattr *data, struct expr *expr)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, data) {
		if (mnl_attr_get_type(attr) < ATTRS)
			expr->attr[mnl_attr_get_type(attr)] = attr;
		else
			expr->unknown = true;
	}
}

static void read_expr(const struct nlattr *from, struct expr *expr)
{
	const struct nlattr *attr;

	*expr = (struct expr){ .name = "" };
	mnl_attr_for_each_nested(attr, from) {
		if (mnl_attr_get_type(attr) == NFTA_EXPR_NAME && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			expr->name = mnl_attr_get_str(attr);
		else if (mnl_attr_get_type(attr) == NFTA_EXPR_DATA)
			read_data(attr, expr);
	}
}

static bool read_rule(const struct nlattr *expressions, struct native_rule *rule)
{
	const struct nlattr *attr;

	rule->len = 0;
	if (expressions == NULL)
		return true;
	mnl_attr_for_each_nested(attr, expressions) {
		if (rule->len == EXPRS)
			return false;
		read_expr(attr, &rule->expr[rule->len++]);
	}
	return true;
}

static bool is(const struct native_rule *rule, size_t i, const char *name)
{
	return i < rule->len && strcmp(rule->expr[i].name, name) == 0;
}

static uint32_t number(const struct expr *expr, unsigned type)
{
	const struct nlattr *attr = expr->attr[type];

	return attr != NULL && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0 ? ntohl(mnl_attr_get_u32(attr)) : 0;
}

/* Does the expression have only attributes of this mask (1 << type)? */
static bool has_only(const struct expr *expr, unsigned mask)
{
	for (unsigned type = 0; type < ATTRS; type++)
		if (expr->attr[type] != NULL && (mask & 1u << type) == 0)
			return false;
	return !expr->unknown;
}

/* The bytes of an NFTA_DATA_VALUE. */
struct bytes {
	const unsigned char *at;
	size_t len;
};

static struct bytes bytes_of(const struct expr *expr, unsigned type)
{
	struct bytes bytes = { NULL, 0 };
	const struct nlattr *attr;

	if (expr->attr[type] == NULL)
		return bytes;
	mnl_attr_for_each_nested(attr, expr->attr[type])
		if (mnl_attr_get_type(attr) == NFTA_DATA_VALUE)
			bytes = (struct bytes){ mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr) };
	return bytes;
}

static bool is_zero(struct bytes bytes)
{
	for (size_t n = 0; n < bytes.len; n++)
		if (bytes.at[n] != 0)
			return false;
	return true;
}

/* Does the value have bits outside the mask? Such a comparison is never true, but iptables drops these bits. */
static bool exceeds(struct bytes value, struct bytes mask)
{
	for (size_t n = 0; n < value.len && n < mask.len; n++)
		if ((value.at[n] & ~mask.at[n]) != 0)
			return true;
	return value.len != mask.len;
}

static unsigned port_of(struct bytes bytes)
{
	return bytes.len == 2 ? (unsigned)bytes.at[0] << 8 | bytes.at[1] : 0;
}

/* Is this expression a plain mask, without inversion or shift? */
static bool is_mask(const struct native_rule *rule, size_t i)
{
	const struct expr *expr = &rule->expr[i];

	return is(rule, i, "bitwise") && number(expr, NFTA_BITWISE_OP) == NFT_BITWISE_BOOL &&
	       expr->attr[NFTA_BITWISE_MASK] != NULL && is_zero(bytes_of(expr, NFTA_BITWISE_XOR));
}

static const char *protocol_fault(struct native_rule *rule, struct bytes value)
{
	rule->protocol = value.len == 1 ? value.at[0] : 0;
	return rule->protocol != 0 ? NULL : "protocol 0, which iptables reads as all protocols";
}

/* --- conditions: each reads from *i on. NULL: it has a known form, and *i is after it -------------------- */

static bool is_equality(const struct native_rule *rule, size_t i)
{
	uint32_t op;

	if (!is(rule, i, "cmp"))
		return false;
	op = number(&rule->expr[i], NFTA_CMP_OP);
	return op == NFT_CMP_EQ || op == NFT_CMP_NEQ;
}

/*
 * A complete name ends with a zero byte, a prefix does not. iptables cannot write a complete name like `lo+', and an
 * unquoted name must be a word.
 */
static const char *interface_fault(const struct native_rule *rule, uint32_t key, struct bytes name)
{
	const char *chain = rule->chain;
	size_t len = 0;

	while (len < name.len && name.at[len] > ' ' && name.at[len] < 0x7f && strchr("\"'\\!", name.at[len]) == NULL)
		len++;
	if (len == 0 || name.at[0] == '-')
		return "an interface name that iptables cannot write";
	if (len < name.len && name.at[len - 1] == '+')
		return "an interface whose name ends in +";
	for (size_t n = len; n < name.len; n++)
		if (name.at[n] != '\0')
			return "an interface name that iptables cannot write";
	if (key == NFT_META_OIFNAME ? strcmp(chain, "INPUT") == 0 || strcmp(chain, "PREROUTING") == 0 :
				      strcmp(chain, "OUTPUT") == 0 || strcmp(chain, "POSTROUTING") == 0)
		return "an interface that iptables does not allow in this chain";
	return NULL;
}

static enum subject meta_subject(uint32_t key)
{
	return key == NFT_META_MARK    ? SUBJECT_MARK :
	       key == NFT_META_IIFNAME ? SUBJECT_IN :
	       key == NFT_META_OIFNAME ? SUBJECT_OUT :
					 SUBJECT_PROTOCOL;
}

static const char *meta_fault(struct native_rule *rule, size_t *i)
{
	const struct expr *meta = &rule->expr[(*i)++];
	uint32_t key = number(meta, NFTA_META_KEY);
	bool interface = key == NFT_META_IIFNAME || key == NFT_META_OIFNAME;
	struct bytes compared;
	const char *fault;

	if (!has_only(meta, 1u << NFTA_META_DREG | 1u << NFTA_META_KEY))
		return "a meta statement";
	if (!interface && key != NFT_META_MARK && key != NFT_META_L4PROTO)
		return "a meta key that iptables does not use";
	fault = order_fault(rule, 1u << meta_subject(key));
	if (fault != NULL)
		return fault;
	if (key == NFT_META_MARK && is_mask(rule, *i))
		++*i;
	if (interface && !is(rule, *i, "cmp"))
		return NULL; /* -i + */
	if (!is_equality(rule, *i))
		return "a comparison of meta data that iptables does not make";
	compared = bytes_of(&rule->expr[(*i)++], NFTA_CMP_DATA);
	if (interface)
		return interface_fault(rule, key, compared);
	if (key == NFT_META_L4PROTO) /* also for ! -p tcp, as iptables writes it */
		return protocol_fault(rule, compared);
	return NULL;
}

struct payload_field {
	bool address, fragment, protocol, port, ports, flags;
	unsigned subjects; /* 1 << enum subject */
};

static unsigned subjects_of(const struct payload_field *at, uint32_t offset, bool ipv6)
{
	if (at->address)
		return 1u << (offset == (ipv6 ? 8u : 12u) ? SUBJECT_SOURCE : SUBJECT_DESTINATION);
	if (at->ports)
		return 1u << SUBJECT_SOURCE_PORT | 1u << SUBJECT_DESTINATION_PORT;
	if (at->port)
		return 1u << (offset == 0 ? SUBJECT_SOURCE_PORT : SUBJECT_DESTINATION_PORT);
	return 1u << (at->fragment ? SUBJECT_FRAGMENT : at->protocol ? SUBJECT_PROTOCOL : SUBJECT_FLAGS);
}

static struct payload_field place_of(const struct native_rule *rule, const struct expr *payload)
{
	uint32_t base = number(payload, NFTA_PAYLOAD_BASE), at = number(payload, NFTA_PAYLOAD_OFFSET), len = number(payload, NFTA_PAYLOAD_LEN);
	bool network = base == NFT_PAYLOAD_NETWORK_HEADER, transport = base == NFT_PAYLOAD_TRANSPORT_HEADER;

	struct payload_field place = {
		.address = network && (rule->ipv6 ? (at == 8 || at == 24) && len <= 16 : (at == 12 || at == 16) && len <= 4),
		.fragment = network && !rule->ipv6 && at == IPV4_FRAGMENT && len == 2,
		.protocol = network && !rule->ipv6 && at == IPV4_PROTOCOL && len == 1,
		.port = transport && (at == 0 || at == 2) && len == 2,
		.ports = transport && at == 0 && len == 4,
		.flags = transport && at == TCP_FLAGS && len == 1,
	};

	place.subjects = subjects_of(&place, at, rule->ipv6);
	return place;
}

/* iptables-nft-save cannot show a range of all ports or of none, and clamps a port beyond the end. */
static const char *port_fault(const struct expr *compare)
{
	unsigned from = port_of(bytes_of(compare, NFTA_CMP_DATA));

	if (strcmp(compare->name, "range") == 0)
		return port_of(bytes_of(compare, NFTA_RANGE_FROM_DATA)) > 0 || port_of(bytes_of(compare, NFTA_RANGE_TO_DATA)) < PORT_MAX ?
			       NULL :
			       "a range of all ports";
	switch (number(compare, NFTA_CMP_OP)) {
	case NFT_CMP_EQ:
	case NFT_CMP_NEQ:
		return NULL;
	case NFT_CMP_LTE: /* --dport :N */
	case NFT_CMP_GT:  /* ! --dport :N */
		return from < PORT_MAX ? NULL : "a range of all ports, or none";
	case NFT_CMP_LT:
		return from > 1 ? NULL : "a range of no port, or of one";
	case NFT_CMP_GTE:
		return from > 0 ? NULL : "a range of all ports";
	default:
		return "a comparison that iptables does not make";
	}
}

/* Judges the comparison that follows a field. mask: what the field was masked with; mask.len 0: not masked. */
static const char *compare_fault(struct native_rule *rule, const struct payload_field *at, size_t i, struct bytes mask)
{
	static const unsigned char offset[] = { 0x1f, 0xff };
	const struct expr *cmp = &rule->expr[i];
	struct bytes value;
	uint32_t op;

	if (at->port)
		return is(rule, i, "cmp") || is(rule, i, "range") ? port_fault(cmp) : "a lookup in a set or map";
	if (!is(rule, i, "cmp"))
		return "a lookup in a set or map";
	value = bytes_of(cmp, NFTA_CMP_DATA);
	op = number(cmp, NFTA_CMP_OP);
	if (op != NFT_CMP_EQ && (op != NFT_CMP_NEQ || at->ports)) /* 1.8.9 joins two negated ports in one, 1.8.11 does not */
		return "a comparison that iptables does not make";
	if (at->protocol)
		return protocol_fault(rule, value);
	if (at->flags && (mask.len != 1 || value.len != 1 || mask.at[0] == 0 || ((mask.at[0] | value.at[0]) & ~TCP_FLAGS_KNOWN) != 0))
		return "TCP flags that iptables does not know";
	if (at->fragment && (mask.len != sizeof(offset) || memcmp(mask.at, offset, sizeof(offset)) != 0 || !is_zero(value)))
		return "a match of fragments that iptables does not use";
	if (at->address && mask.len > 0 && (is_zero(mask) || exceeds(value, mask)))
		return "a mask that iptables does not use";
	return NULL;
}

static const char *payload_fault(struct native_rule *rule, size_t *i)
{
	const struct expr *payload = &rule->expr[(*i)++];
	struct payload_field at = place_of(rule, payload);
	struct bytes mask = { NULL, 0 };
	const char *fault;

	if (!has_only(payload, 1u << NFTA_PAYLOAD_DREG | 1u << NFTA_PAYLOAD_BASE | 1u << NFTA_PAYLOAD_OFFSET | 1u << NFTA_PAYLOAD_LEN) ||
	    !(at.address || at.fragment || at.protocol || at.port || at.ports || at.flags))
		return "a field of the packet that iptables does not match";
	fault = order_fault(rule, at.subjects);
	if (fault != NULL)
		return fault;
	if ((at.port || at.ports) && rule->protocol != IPPROTO_TCP && rule->protocol != IPPROTO_UDP)
		return "a port without -p tcp or -p udp";
	if (at.flags && rule->protocol != IPPROTO_TCP)
		return "TCP flags without -p tcp";
	if (is_mask(rule, *i)) {
		if (at.port || at.ports || at.protocol)
			return "a mask on a port or protocol";
		mask = bytes_of(&rule->expr[(*i)++], NFTA_BITWISE_MASK);
	} else if (at.fragment || at.flags) {
		return "a fragment offset or TCP flags without a mask";
	}
	return compare_fault(rule, &at, (*i)++, mask);
}

/* 0: missing */
static uint64_t long_number(const struct expr *expr, unsigned type)
{
	const struct nlattr *attr = expr->attr[type];

	return attr != NULL && mnl_attr_validate(attr, MNL_TYPE_U64) >= 0 ? be64toh(mnl_attr_get_u64(attr)) : 0;
}

/*
 * Does iptables show this rate unchanged? It stores the time between two packets, in fractions of a second, and
 * computes the rate from that, so it shows only some rates unchanged.
 */
static bool is_kept(uint64_t rate, uint64_t unit)
{
	static const uint64_t units[] = { 86400, 3600, 60, 1 };
	enum { SCALE = 10000 }; /* XT_LIMIT_SCALE */
	uint64_t period = rate != 0 && unit <= units[0] ? SCALE * unit / rate : 0;
	size_t i = 1;

	if (period == 0)
		return false;
	while (i < ARRAY_LEN(units) && period <= SCALE * units[i] && SCALE * units[i] / period >= SCALE * units[i] % period)
		i++;
	return unit == units[i - 1] && rate == SCALE * unit / period;
}

static const char *limit_fault(struct native_rule *rule, const struct expr *limit)
{
	uint32_t burst = number(limit, NFTA_LIMIT_BURST);

	rule->asked_before_limit = rule->asked;
	rule->limited = true;
	if (!has_only(limit, 1u << NFTA_LIMIT_RATE | 1u << NFTA_LIMIT_UNIT | 1u << NFTA_LIMIT_BURST | 1u << NFTA_LIMIT_TYPE |
				     1u << NFTA_LIMIT_FLAGS) ||
	    number(limit, NFTA_LIMIT_TYPE) != NFT_LIMIT_PKTS || number(limit, NFTA_LIMIT_FLAGS) != 0 || burst == 0 || burst > LIMIT_BURST_MAX)
		return "a limit that iptables does not know";
	return is_kept(long_number(limit, NFTA_LIMIT_RATE), long_number(limit, NFTA_LIMIT_UNIT)) ? NULL : "a rate that iptables rounds";
}

static const char *condition_fault(struct native_rule *rule, size_t *i)
{
	const struct expr *expr = &rule->expr[*i];

	if (is(rule, *i, "meta"))
		return meta_fault(rule, i);
	if (is(rule, *i, "payload"))
		return payload_fault(rule, i);
	++*i;
	if (strcmp(expr->name, "match") == 0)
		return has_only(expr, 1u << NFTA_MATCH_NAME | 1u << NFTA_MATCH_REV | 1u << NFTA_MATCH_INFO) ? NULL : "a malformed match";
	if (strcmp(expr->name, "limit") == 0)
		return limit_fault(rule, expr);
	return "an expression that iptables does not use, or no counter";
}

/* --- after the counter: nothing, or one target or verdict ---------------------------------------------- */

static bool is_verdict(const struct expr *immediate)
{
	const struct nlattr *data = immediate->attr[NFTA_IMMEDIATE_DATA], *verdict, *attr;

	if (data == NULL)
		return false;
	mnl_attr_for_each_nested(verdict, data) {
		if (mnl_attr_get_type(verdict) != NFTA_DATA_VERDICT)
			continue;
		mnl_attr_for_each_nested(attr, verdict)
			if (mnl_attr_get_type(attr) == NFTA_VERDICT_CODE && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
				return (int32_t)ntohl(mnl_attr_get_u32(attr)) != NFT_CONTINUE;
	}
	return false;
}

/* -j TRACE: sets nftrace of the packet to 1. */
static bool is_trace(const struct native_rule *rule, size_t i)
{
	struct bytes value = bytes_of(&rule->expr[i], NFTA_IMMEDIATE_DATA);

	return is(rule, i + 1, "meta") && number(&rule->expr[i + 1], NFTA_META_KEY) == NFT_META_NFTRACE &&
	       rule->expr[i + 1].attr[NFTA_META_SREG] != NULL && value.len > 0 && value.at[0] == 1;
}

/* -j NFLOG, whose prefix must fit between quotes on one line. */
static bool is_nflog(const struct expr *log)
{
	const struct nlattr *prefix = log->attr[NFTA_LOG_PREFIX];
	const char *text = prefix != NULL && mnl_attr_validate(prefix, MNL_TYPE_NUL_STRING) >= 0 ? mnl_attr_get_str(prefix) : "";

	for (size_t n = 0; text[n] != '\0'; n++)
		if ((unsigned char)text[n] < ' ' || text[n] == 0x7f)
			return false;
	return log->attr[NFTA_LOG_GROUP] != NULL && strlen(text) < NFLOG_PREFIX_SIZE &&
	       has_only(log, 1u << NFTA_LOG_GROUP | 1u << NFTA_LOG_PREFIX | 1u << NFTA_LOG_SNAPLEN | 1u << NFTA_LOG_QTHRESHOLD);
}

static const char *action_fault(const struct native_rule *rule, size_t i)
{
	size_t left = rule->len - i;

	if (left == 0 || (left == 1 && is(rule, i, "target")))
		return NULL;
	if (is(rule, i, "immediate") && (left == 1 ? is_verdict(&rule->expr[i]) : left == 2 && is_trace(rule, i)))
		return NULL;
	if (left == 1 && is(rule, i, "log") && is_nflog(&rule->expr[i]))
		return NULL;
	return "a statement that iptables does not know";
}

const char *shape_fault(const struct nlattr *expressions, bool ipv6, const char *chain)
{
	struct native_rule rule;
	const char *fault = NULL;
	size_t i = 0;

	rule.ipv6 = ipv6;
	rule.chain = chain;
	rule.limited = false;
	rule.asked = rule.asked_before_limit = rule.protocol = 0;
	if (!read_rule(expressions, &rule))
		return "more expressions than iptables writes";
	while (fault == NULL && i < rule.len && !is(&rule, i, "counter"))
		fault = condition_fault(&rule, &i);
	if (fault != NULL)
		return fault;
	return i == rule.len ? "no counter" : action_fault(&rule, i + 1);
}

/* The chain in the verdict of an expression; NULL: none. */
static const char *verdict_chain(const struct nlattr *data)
{
	const struct nlattr *verdict, *attr;

	mnl_attr_for_each_nested(verdict, data) {
		if (mnl_attr_get_type(verdict) != NFTA_DATA_VERDICT)
			continue;
		mnl_attr_for_each_nested(attr, verdict)
			if (mnl_attr_get_type(attr) == NFTA_VERDICT_CHAIN && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
				return mnl_attr_get_str(attr);
	}
	return NULL;
}

const char *shape_jump(const struct nlattr *expressions)
{
	const struct nlattr *attr;
	const char *chain = NULL;

	if (expressions == NULL)
		return NULL;
	mnl_attr_for_each_nested(attr, expressions) {
		struct expr expr;

		read_expr(attr, &expr);
		if (strcmp(expr.name, "immediate") == 0 && expr.attr[NFTA_IMMEDIATE_DATA] != NULL)
			chain = verdict_chain(expr.attr[NFTA_IMMEDIATE_DATA]);
		if (chain != NULL)
			return chain;
	}
	return NULL;
}

/* --- writing ------------------------------------------------------------------------------------------ */

static void write_expr(const struct expr *expr, struct strbuf *out)
{
	bool xtables = strcmp(expr->name, "match") == 0 || strcmp(expr->name, "target") == 0;

	strbuf_printf(out, " [%s", expr->name);
	for (unsigned type = 0; type < ATTRS && strcmp(expr->name, "counter") != 0; type++) {
		const struct nlattr *attr = expr->attr[type];
		const unsigned char *bytes = attr != NULL ? mnl_attr_get_payload(attr) : NULL;

		if (attr == NULL || (xtables && type == NFTA_MATCH_INFO))
			continue;
		strbuf_printf(out, " %u=", type);
		for (unsigned n = 0; n < mnl_attr_get_payload_len(attr); n++)
			strbuf_printf(out, "%02x", bytes[n]);
	}
	strbuf_puts(out, expr->unknown ? " ...]" : "]");
}

void shape_write(const struct nlattr *expressions, struct strbuf *out)
{
	const struct nlattr *attr;

	if (expressions == NULL)
		return;
	mnl_attr_for_each_nested(attr, expressions) {
		struct expr expr;

		read_expr(attr, &expr);
		write_expr(&expr, out);
	}
}
