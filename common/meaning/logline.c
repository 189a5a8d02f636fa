/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/logline.h"
#include "text/token.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_MAX 64

/* The value of "KEY=" as a word of its own; only what stands before an inner packet in brackets counts. */
static bool find_value(const char *line, size_t len, const char *key, char value[static VALUE_MAX])
{
	size_t key_len = strlen(key);

	for (struct token token = token_after(line, len, 0); token.len > 0; token = token_next(line, len, &token)) {
		if (token.len > 5 && memcmp(token.text, "[SRC=", 5) == 0)
			return false;
		if (token.len < key_len || memcmp(token.text, key, key_len) != 0 || token.len - key_len >= VALUE_MAX)
			continue;
		memcpy(value, token.text + key_len, token.len - key_len);
		value[token.len - key_len] = '\0';
		return true;
	}
	return false;
}

static bool has_word(const char *line, size_t len, const char *word)
{
	for (struct token token = token_after(line, len, 0); token.len > 0; token = token_next(line, len, &token))
		if (token_is(&token, word))
			return true;
	return false;
}

static bool read_addr(struct packet *packet, enum field field, const char *text)
{
	enum family family = strchr(text, ':') != NULL ? FAMILY_IPV6 : FAMILY_IPV4;
	field_value value;

	if (!value_of_text(text, family, &value))
		return false;
	packet->family = family;
	packet_set(packet, field, value);
	return true;
}

static void read_number(struct packet *packet, const char *line, size_t len, const char *key, enum field field)
{
	char value[VALUE_MAX], *end;
	unsigned long number;

	if (!find_value(line, len, key, value))
		return;
	number = strtoul(value, &end, 0);
	if (end != value && *end == '\0' && number <= (unsigned long)field_max(field, FAMILY_IPV4))
		packet_set(packet, field, number);
}

static bool read_proto(struct packet *packet, const char *line, size_t len)
{
	static const struct {
		const char *name;
		unsigned number;
	} names[] = { { "TCP", IPPROTO_TCP }, { "UDP", IPPROTO_UDP }, { "ICMP", IPPROTO_ICMP }, { "ICMPv6", IPPROTO_ICMPV6 },
		      { "ESP", IPPROTO_ESP }, { "AH", IPPROTO_AH }, { "UDPLITE", IPPROTO_UDPLITE }, { "SCTP", IPPROTO_SCTP } };
	char value[VALUE_MAX];

	if (!find_value(line, len, "PROTO=", value))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(value, names[i].name) == 0)
			packet_set(packet, FIELD_PROTO, names[i].number);
	if (!packet_knows(packet, FIELD_PROTO))
		read_number(packet, line, len, "PROTO=", FIELD_PROTO);
	return packet_knows(packet, FIELD_PROTO);
}

static void read_transport(struct packet *packet, const char *line, size_t len)
{
	static const char *const flags[] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR" };
	unsigned set = 0;
	char type[VALUE_MAX], code[VALUE_MAX];

	read_number(packet, line, len, "SPT=", FIELD_SPORT);
	read_number(packet, line, len, "DPT=", FIELD_DPORT);
	for (unsigned i = 0; i < ARRAY_LEN(flags); i++)
		set |= has_word(line, len, flags[i]) ? 1U << i : 0;
	packet_set(packet, FIELD_FLAGS, set);
	if (find_value(line, len, "TYPE=", type) && find_value(line, len, "CODE=", code))
		packet_set(packet, FIELD_ICMP, (strtoul(type, NULL, 10) & 0xff) << 8 | (strtoul(code, NULL, 10) & 0xff));
}

bool packet_from_log(struct packet *packet, const char *line, size_t len)
{
	char in[VALUE_MAX], out[VALUE_MAX], src[VALUE_MAX], dst[VALUE_MAX];

	*packet = (struct packet){ .family = FAMILY_NONE };
	if (!find_value(line, len, "IN=", in) || !find_value(line, len, "OUT=", out) ||
	    !find_value(line, len, "SRC=", src) || !find_value(line, len, "DST=", dst))
		return false;
	if (!read_addr(packet, FIELD_SRC, src) || !read_addr(packet, FIELD_DST, dst) || !read_proto(packet, line, len))
		return false;
	packet_set(packet, FIELD_IN, value_of_name(in));
	packet_set(packet, FIELD_OUT, value_of_name(out));
	packet->forwarded = in[0] != '\0' && out[0] != '\0';
	packet_set(packet, FIELD_CT, ct_value(CT_NEW, false, false, false));
	packet_set(packet, FIELD_FRAGMENT, 0);
	packet_set(packet, FIELD_MARK, 0);
	packet_set(packet, FIELD_CTMARK, 0);
	packet_set(packet, FIELD_PKTTYPE, 0);
	read_number(packet, line, len, "LEN=", FIELD_LENGTH);
	read_number(packet, line, len, packet->family == FAMILY_IPV6 ? "HOPLIMIT=" : "TTL=", FIELD_TTL);
	read_number(packet, line, len, "MARK=", FIELD_MARK);
	read_transport(packet, line, len);
	return in[0] != '\0' || out[0] != '\0';
}

static void take(struct packet *to, enum field field, const struct packet *from, enum field old)
{
	to->known &= ~(1U << field);
	if (packet_knows(from, old))
		packet_set(to, field, from->value[old]);
}

struct packet packet_reply(const struct packet *sent, const struct packet *left)
{
	unsigned ct = (unsigned)left->value[FIELD_CT];
	struct packet reply = *sent;

	take(&reply, FIELD_SRC, left, FIELD_DST);
	take(&reply, FIELD_DST, sent, FIELD_SRC);
	take(&reply, FIELD_SPORT, left, FIELD_DPORT);
	take(&reply, FIELD_DPORT, sent, FIELD_SPORT);
	take(&reply, FIELD_IN, left, FIELD_OUT);
	take(&reply, FIELD_OUT, sent, FIELD_IN);
	reply.forwarded = left->forwarded;
	packet_set(&reply, FIELD_CT, ct_state_of(ct) == CT_UNTRACKED
					     ? ct
					     : ct_value(CT_ESTABLISHED, true, ct_has_snat(ct), ct_has_dnat(ct)));
	packet_set(&reply, FIELD_FLAGS, sent->value[FIELD_FLAGS] == 0x02 ? 0x12 : 0x10); /* syn,ack to a syn; else ack */
	if (packet_knows(sent, FIELD_ICMP) && sent->value[FIELD_ICMP] == 8 << 8)
		packet_set(&reply, FIELD_ICMP, 0);
	else if (packet_knows(sent, FIELD_ICMP) && sent->value[FIELD_ICMP] == 128 << 8)
		packet_set(&reply, FIELD_ICMP, 129 << 8);
	take(&reply, FIELD_CTMARK, left, FIELD_CTMARK);
	packet_set(&reply, FIELD_MARK, 0);
	return reply;
}
