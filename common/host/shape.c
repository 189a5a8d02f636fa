/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/shape.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <string.h>

enum {
	EXPRS = 128, /* iptables writes no rule with more */
	ATTRS = 16,
	IPV4_FRAGMENT = 6,
	IPV4_PROTOCOL = 9, /* 1.8.11 looks here, earlier ones at meta l4proto */
	TCP_FLAGS = 13,
};

struct expr {
	const char *name;
	const struct nlattr *attr[ATTRS]; /* by type; NULL: it has none */
	bool unknown;                     /* it has others too */
};

struct rule {
	struct expr expr[EXPRS];
	size_t len;
	bool ipv6;
	unsigned protocol; /* of the transport layer, once a condition has asked for it; 0: none has */
	unsigned asked;    /* what conditions were about: 1 << enum subject */
};

/* iptables-nft-save tells of two conditions about the same thing the last alone. */
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

static bool asks_again(struct rule *rule, unsigned subjects)
{
	bool again = (rule->asked & subjects) != 0;

	rule->asked |= subjects;
	return again;
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

static bool read_rule(const struct nlattr *expressions, struct rule *rule)
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

static bool is(const struct rule *rule, size_t i, const char *name)
{
	return i < rule->len && strcmp(rule->expr[i].name, name) == 0;
}

static uint32_t number(const struct expr *expr, unsigned type)
{
	const struct nlattr *attr = expr->attr[type];

	return attr != NULL && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0 ? ntohl(mnl_attr_get_u32(attr)) : 0;
}

/* Has it no attributes but those of a mask, 1 << type each? */
static bool has_only(const struct expr *expr, unsigned mask)
{
	for (unsigned type = 0; type < ATTRS; type++)
		if (expr->attr[type] != NULL && (mask & 1u << type) == 0)
			return false;
	return !expr->unknown;
}

/* The first byte that a comparison compares with. */
static unsigned compared_byte(const struct expr *cmp)
{
	const struct nlattr *data = cmp->attr[NFTA_CMP_DATA], *attr;

	if (data == NULL)
		return 0;
	mnl_attr_for_each_nested(attr, data)
		if (mnl_attr_get_type(attr) == NFTA_DATA_VALUE && mnl_attr_get_payload_len(attr) > 0)
			return *(const unsigned char *)mnl_attr_get_payload(attr);
	return 0;
}

static bool is_zero(const struct nlattr *data)
{
	const struct nlattr *attr;

	if (data == NULL)
		return false;
	mnl_attr_for_each_nested(attr, data) {
		const unsigned char *bytes = mnl_attr_get_payload(attr);

		for (unsigned n = 0; n < mnl_attr_get_payload_len(attr); n++)
			if (bytes[n] != 0)
				return false;
	}
	return true;
}

/* A mask, and no other bits turned and nothing shifted. */
static bool is_mask(const struct rule *rule, size_t i)
{
	const struct expr *expr = &rule->expr[i];

	return is(rule, i, "bitwise") && number(expr, NFTA_BITWISE_OP) == NFT_BITWISE_BOOL && is_zero(expr->attr[NFTA_BITWISE_XOR]);
}

/* --- conditions, each from *i on; NULL: it has the form, and *i is behind it ------------------------------ */

static bool is_equality(const struct rule *rule, size_t i)
{
	uint32_t op;

	if (!is(rule, i, "cmp"))
		return false;
	op = number(&rule->expr[i], NFTA_CMP_OP);
	return op == NFT_CMP_EQ || op == NFT_CMP_NEQ;
}

static const char *meta_fault(struct rule *rule, size_t *i)
{
	const struct expr *meta = &rule->expr[(*i)++];
	uint32_t key = number(meta, NFTA_META_KEY);

	if (!has_only(meta, 1u << NFTA_META_DREG | 1u << NFTA_META_KEY))
		return "a meta statement";
	if (key != NFT_META_MARK && key != NFT_META_IIFNAME && key != NFT_META_OIFNAME && key != NFT_META_L4PROTO)
		return "a meta key that iptables does not use";
	if (asks_again(rule, 1u << (key == NFT_META_MARK    ? SUBJECT_MARK :
				    key == NFT_META_IIFNAME ? SUBJECT_IN :
				    key == NFT_META_OIFNAME ? SUBJECT_OUT :
							      SUBJECT_PROTOCOL)))
		return "two conditions about the same thing";
	if (key == NFT_META_MARK && is_mask(rule, *i))
		++*i;
	if ((key == NFT_META_IIFNAME || key == NFT_META_OIFNAME) && !is(rule, *i, "cmp"))
		return NULL; /* -i + */
	if (!is_equality(rule, *i))
		return "a comparison of meta data that iptables does not make";
	if (key == NFT_META_L4PROTO) /* also of ! -p tcp, as iptables writes it */
		rule->protocol = compared_byte(&rule->expr[*i]);
	++*i;
	return NULL;
}

struct place {
	bool address, fragment, protocol, port, ports, flags;
	unsigned subjects; /* 1 << enum subject */
};

static unsigned subjects_of(const struct place *at, uint32_t offset, bool ipv6)
{
	if (at->address)
		return 1u << (offset == (ipv6 ? 8u : 12u) ? SUBJECT_SOURCE : SUBJECT_DESTINATION);
	if (at->ports)
		return 1u << SUBJECT_SOURCE_PORT | 1u << SUBJECT_DESTINATION_PORT;
	if (at->port)
		return 1u << (offset == 0 ? SUBJECT_SOURCE_PORT : SUBJECT_DESTINATION_PORT);
	return 1u << (at->fragment ? SUBJECT_FRAGMENT : at->protocol ? SUBJECT_PROTOCOL : SUBJECT_FLAGS);
}

static struct place place_of(const struct rule *rule, const struct expr *payload)
{
	uint32_t base = number(payload, NFTA_PAYLOAD_BASE), at = number(payload, NFTA_PAYLOAD_OFFSET), len = number(payload, NFTA_PAYLOAD_LEN);
	bool network = base == NFT_PAYLOAD_NETWORK_HEADER, transport = base == NFT_PAYLOAD_TRANSPORT_HEADER;

	struct place place = {
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

static const char *payload_fault(struct rule *rule, size_t *i)
{
	const struct expr *payload = &rule->expr[(*i)++];
	struct place at = place_of(rule, payload);
	uint32_t op;

	if (!has_only(payload, 1u << NFTA_PAYLOAD_DREG | 1u << NFTA_PAYLOAD_BASE | 1u << NFTA_PAYLOAD_OFFSET | 1u << NFTA_PAYLOAD_LEN) ||
	    !(at.address || at.fragment || at.protocol || at.port || at.ports || at.flags))
		return "a field of the packet that iptables does not look at";
	if (asks_again(rule, at.subjects))
		return "two conditions about the same thing";
	if ((at.port || at.ports) && rule->protocol != IPPROTO_TCP && rule->protocol != IPPROTO_UDP)
		return "a port without -p tcp or -p udp";
	if (at.flags && rule->protocol != IPPROTO_TCP)
		return "TCP flags without -p tcp";
	if (is_mask(rule, *i)) {
		if (at.port || at.ports || at.protocol)
			return "bits of a port or protocol";
		++*i;
	} else if (at.fragment || at.flags) {
		return "bits without their mask";
	}
	if (at.port && is(rule, *i, "range")) {
		++*i;
		return NULL;
	}
	if (!is(rule, *i, "cmp"))
		return "a look into a set or a map";
	op = number(&rule->expr[*i], NFTA_CMP_OP);
	if (op != NFT_CMP_EQ && op != NFT_CMP_NEQ && !at.port) /* a port may be less or greater: --dport :80 */
		return "a comparison that iptables does not make";
	if (at.protocol)
		rule->protocol = compared_byte(&rule->expr[*i]);
	++*i;
	return NULL;
}

static const char *condition_fault(struct rule *rule, size_t *i)
{
	const struct expr *expr = &rule->expr[*i];

	if (is(rule, *i, "meta"))
		return meta_fault(rule, i);
	if (is(rule, *i, "payload"))
		return payload_fault(rule, i);
	++*i;
	if (strcmp(expr->name, "match") == 0)
		return has_only(expr, 1u << NFTA_MATCH_NAME | 1u << NFTA_MATCH_REV | 1u << NFTA_MATCH_INFO) ? NULL : "an odd match";
	if (strcmp(expr->name, "limit") == 0)
		return has_only(expr, 1u << NFTA_LIMIT_RATE | 1u << NFTA_LIMIT_UNIT | 1u << NFTA_LIMIT_BURST | 1u << NFTA_LIMIT_TYPE |
					      1u << NFTA_LIMIT_FLAGS) &&
				       number(expr, NFTA_LIMIT_TYPE) == NFT_LIMIT_PKTS && number(expr, NFTA_LIMIT_FLAGS) == 0 ?
			       NULL :
			       "a limit that iptables does not know";
	return "an expression that iptables does not use, or no counter";
}

/* --- behind the counter: nothing, or one target or verdict ------------------------------------------------ */

static const char *action_fault(const struct rule *rule, size_t i)
{
	size_t left = rule->len - i;
	bool traced = left == 2 && is(rule, i + 1, "meta") && number(&rule->expr[i + 1], NFTA_META_KEY) == NFT_META_NFTRACE;

	if (left == 0 || (left == 1 && is(rule, i, "target")) || (is(rule, i, "immediate") && (left == 1 || traced)))
		return NULL;
	if (left == 1 && is(rule, i, "log") && rule->expr[i].attr[NFTA_LOG_GROUP] != NULL)
		return NULL;
	return "a statement that iptables does not know";
}

const char *shape_fault(const struct nlattr *expressions, bool ipv6)
{
	struct rule rule = { .ipv6 = ipv6 };
	const char *fault = NULL;
	size_t i = 0;

	if (!read_rule(expressions, &rule))
		return "more expressions than iptables writes";
	while (fault == NULL && i < rule.len && !is(&rule, i, "counter"))
		fault = condition_fault(&rule, &i);
	if (fault != NULL)
		return fault;
	return i == rule.len ? "no counter" : action_fault(&rule, i + 1);
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
