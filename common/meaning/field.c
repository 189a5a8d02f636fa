/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/field.h"
#include "addr/addr.h"
#include "base/strbuf.h"

#include <string.h>

unsigned ct_value(enum ct_state state, bool reply, bool snat, bool dnat)
{
	return (unsigned)state * 8 + reply * 4U + snat * 2U + dnat;
}

enum ct_state ct_state_of(unsigned value)
{
	return (enum ct_state)(value / 8);
}

bool ct_is_reply(unsigned value)
{
	return (value & 4) != 0;
}

bool ct_has_snat(unsigned value)
{
	return (value & 2) != 0;
}

bool ct_has_dnat(unsigned value)
{
	return (value & 1) != 0;
}

bool ct_possible(unsigned value)
{
	enum ct_state state = ct_state_of(value);

	if (state == CT_INVALID || state == CT_UNTRACKED)
		return value % 8 == 0;
	return value < CT_VALUE_COUNT && !(state == CT_NEW && ct_is_reply(value));
}

const char *ct_state_name(enum ct_state state)
{
	static const char *const names[CT_STATE_COUNT] = { "related", "established", "new", "invalid", "untracked" };

	return names[state];
}

const char *field_name(enum field field)
{
	static const char *const names[FIELD_COUNT] = {
		[FIELD_SRC] = "source",
		[FIELD_DST] = "destination",
		[FIELD_DPORT] = "destination port",
		[FIELD_SPORT] = "source port",
		[FIELD_PROTO] = "protocol",
		[FIELD_IN] = "input interface",
		[FIELD_OUT] = "output interface",
		[FIELD_CT] = "state",
		[FIELD_ICMP] = "ICMP type",
		[FIELD_FLAGS] = "TCP flags",
		[FIELD_FRAGMENT] = "fragment",
		[FIELD_MARK] = "mark",
		[FIELD_CTMARK] = "connection mark",
		[FIELD_PKTTYPE] = "packet type",
		[FIELD_LENGTH] = "length",
		[FIELD_TTL] = "time to live",
		[FIELD_TOS] = "type of service",
	};

	return names[field];
}

field_value field_max(enum field field, enum family family)
{
	switch (field) {
	case FIELD_SRC: case FIELD_DST:
		return family == FAMILY_IPV6 ? ~(field_value)0 : UINT32_MAX;
	case FIELD_IN: case FIELD_OUT:
		return ~(field_value)0;
	case FIELD_MARK: case FIELD_CTMARK: case FIELD_LENGTH:
		return UINT32_MAX;
	case FIELD_DPORT: case FIELD_SPORT: case FIELD_ICMP:
		return UINT16_MAX;
	case FIELD_CT:
		return CT_VALUE_COUNT - 1;
	case FIELD_FRAGMENT:
		return 1;
	case FIELD_PKTTYPE:
		return 7;
	default:
		return UINT8_MAX;
	}
}

bool field_is_small(enum field field)
{
	switch (field) {
	case FIELD_PROTO: case FIELD_CT: case FIELD_FLAGS: case FIELD_FRAGMENT: case FIELD_PKTTYPE: case FIELD_TOS:
		return true;
	default:
		return false;
	}
}

static field_value value_of_bytes(const unsigned char *bytes, unsigned count)
{
	field_value value = 0;

	for (unsigned i = 0; i < count; i++)
		value = value << 8 | bytes[i];
	return value;
}

field_value value_of_name(const char *name)
{
	unsigned char bytes[IFNAMSIZ] = { 0 };

	memcpy(bytes, name, strnlen(name, IFNAMSIZ - 1));
	return value_of_bytes(bytes, IFNAMSIZ);
}

void name_of_value(field_value value, char name[static IFNAMSIZ])
{
	for (unsigned i = IFNAMSIZ; i-- > 0; value >>= 8)
		name[i] = (char)(value & 0xff);
	name[IFNAMSIZ - 1] = '\0';
}

field_value value_of_addr(const void *addr, enum family family)
{
	return value_of_bytes(addr, family == FAMILY_IPV6 ? 16 : 4);
}

bool value_of_text(const char *text, enum family family, field_value *value)
{
	unsigned char addr[16];

	if (!addr_read(text, strlen(text), family, addr))
		return false;
	*value = value_of_addr(addr, family);
	return true;
}

void addr_of_value(field_value value, enum family family, unsigned char addr[static 16])
{
	for (unsigned i = family == FAMILY_IPV6 ? 16 : 4; i-- > 0; value >>= 8)
		addr[i] = (unsigned char)(value & 0xff);
}

static void print_addr(struct strbuf *out, field_value value, enum family family)
{
	unsigned char addr[16] = { 0 };
	char text[ADDR_TEXT_MAX];

	addr_of_value(value, family, addr);
	strbuf_puts(out, addr_text(addr, family, text));
}

static void flags_text(struct strbuf *out, unsigned flags)
{
	static const char *const names[] = { "fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr" };
	const char *comma = "";

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		if ((flags & 1U << i) == 0)
			continue;
		strbuf_printf(out, "%s%s", comma, names[i]);
		comma = ",";
	}
	if (flags == 0)
		strbuf_puts(out, "none");
}

static void ct_text(struct strbuf *out, unsigned value)
{
	strbuf_puts(out, ct_state_name(ct_state_of(value)));
	if (ct_is_reply(value))
		strbuf_puts(out, " reply");
	if (ct_has_snat(value))
		strbuf_puts(out, " snat");
	if (ct_has_dnat(value))
		strbuf_puts(out, " dnat");
}

void field_text(struct strbuf *out, enum field field, field_value value, enum family family)
{
	char name[IFNAMSIZ];

	switch (field) {
	case FIELD_SRC: case FIELD_DST:
		print_addr(out, value, family);
		break;
	case FIELD_IN: case FIELD_OUT:
		name_of_value(value, name);
		strbuf_puts(out, name[0] != '\0' ? name : "none");
		break;
	case FIELD_CT:
		ct_text(out, (unsigned)value);
		break;
	case FIELD_FLAGS:
		flags_text(out, (unsigned)value);
		break;
	case FIELD_ICMP:
		strbuf_printf(out, "%u/%u", (unsigned)(value >> 8), (unsigned)(value & 0xff));
		break;
	case FIELD_MARK: case FIELD_CTMARK: case FIELD_TOS:
		strbuf_printf(out, "0x%x", (unsigned)value);
		break;
	default:
		strbuf_printf(out, "%u", (unsigned)value);
	}
}
