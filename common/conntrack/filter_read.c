/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The texts of filters, as the user writes them. */
#include "conntrack/filter.h"
#include "addr/addr.h"
#include "base/number.h"
#include "conntrack/text.h"

#include <ctype.h>
#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

bool filter_proto(struct ct_filter *filter, const char *text)
{
	int proto = proto_number(text);

	if (proto < 0)
		return false;
	filter->proto = (struct filter_number){ true, (uint16_t)proto };
	return true;
}

bool filter_state(struct ct_filter *filter, const char *text)
{
	static const unsigned protos[] = { IPPROTO_TCP, IPPROTO_SCTP, IPPROTO_DCCP };

	if (strcasecmp(text, "LISTEN") == 0) /* conntrack(8) accepts this name, and prints SYN_SENT2 */
		text = "SYN_SENT2";
	for (size_t p = 0; p < ARRAY_LEN(protos); p++) {
		const char *name;

		for (unsigned n = 0; (name = proto_state(protos[p], n)) != NULL; n++) {
			if (strcasecmp(name, text) != 0)
				continue;
			memcpy(filter->state, name, strlen(name) + 1);
			return true;
		}
	}
	return false;
}

static unsigned width(const struct filter_net *net)
{
	return net->family == AF_INET ? 32 : 128;
}

static bool read_address(struct filter_net *net, const char *text, size_t len)
{
	*net = (struct filter_net){ 0 };
	if (addr_read(text, len, FAMILY_IPV4, net->addr))
		net->family = AF_INET;
	else if (addr_read(text, len, FAMILY_IPV6, net->addr))
		net->family = AF_INET6;
	return net->family != 0;
}

static void set_prefix(struct filter_net *net, unsigned prefix)
{
	for (unsigned i = 0; i < FLOW_ADDR; i++) {
		unsigned bits = prefix > i * 8 ? prefix - i * 8 : 0;

		net->mask[i] = bits >= 8 ? 0xff : (uint8_t)(0xff00 >> bits);
	}
}

/* The length of a prefix, or a mask, which need not be one of a network. */
static bool read_mask(struct filter_net *net, const char *text, size_t len)
{
	struct filter_net mask;
	uint64_t prefix;

	if (number_read_bytes(text, len, width(net), &prefix)) {
		set_prefix(net, (unsigned)prefix);
		return true;
	}
	if (!read_address(&mask, text, len) || mask.family != net->family)
		return false;
	memcpy(net->mask, mask.addr, sizeof(net->mask));
	return true;
}

static bool read_net(struct filter_net *net, const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);
	size_t address = slash != NULL ? (size_t)(slash - text) : len;
	struct filter_net read;

	if (!read_address(&read, text, address))
		return false;
	set_prefix(&read, width(&read));
	if (slash != NULL && !read_mask(&read, slash + 1, len - address - 1))
		return false;
	*net = read;
	return true;
}

bool filter_net(struct filter_net *net, const char *text)
{
	return read_net(net, text, strlen(text));
}

bool filter_number(struct filter_number *number, const char *text, uint16_t max)
{
	uint64_t value;

	if (!text_to_number(text, max, &value))
		return false;
	*number = (struct filter_number){ true, (uint16_t)value };
	return true;
}

bool filter_nat(struct filter_nat *nat, uint32_t kinds, const char *text)
{
	struct filter_nat read = { .kinds = kinds };
	const char *port = NULL;
	size_t len;

	if (text == NULL) {
		*nat = read;
		return true;
	}
	len = strlen(text);
	if (text[0] == '[') {
		len = strcspn(++text, "]");
		if (text[len] == '\0' || (text[len + 1] != '\0' && text[len + 1] != ':'))
			return false;
		port = text[len + 1] == ':' ? text + len + 2 : NULL;
	} else if (strchr(text, ':') != NULL && strchr(text, ':') == strrchr(text, ':')) {
		len = strcspn(text, ":");
		port = text + len + 1;
	}
	if (!read_net(&read.addr, text, len) || (port != NULL && !filter_number(&read.port, port, UINT16_MAX)))
		return false;
	*nat = read;
	return true;
}

/* Reads a number, decimal or with 0x; *end is set to the text after it. */
static bool read_bits(const char *text, uint32_t *number, char **end)
{
	unsigned long long value;

	errno = 0;
	value = strtoull(text, end, 0);
	*number = (uint32_t)value;
	return isdigit((unsigned char)text[0]) && errno == 0 && value <= UINT32_MAX;
}

bool filter_key(struct filter_number *number, const char *text)
{
	uint32_t value;
	char *end;

	if (!read_bits(text, &value, &end) || *end != '\0' || value > UINT16_MAX)
		return false;
	*number = (struct filter_number){ true, (uint16_t)value };
	return true;
}

bool filter_mark(struct ct_filter *filter, const char *text)
{
	uint32_t mark, mask = UINT32_MAX;
	char *end;

	if (!read_bits(text, &mark, &end) || (*end == '/' && !read_bits(end + 1, &mask, &end)) ||
	    *end != '\0' || mask == 0)
		return false;
	filter->mark = mark;
	filter->mark_mask = mask;
	return true;
}

/* The bits of IPS_* that a word of this length names; 0: none. UNREPLIED stands for SEEN_REPLY, negated. */
static uint32_t status_bits(const char *word, size_t len)
{
	static const struct {
		const char *name;
		uint32_t bits;
	} words[] = {
		{ "EXPECTED", IPS_EXPECTED },	{ "ASSURED", IPS_ASSURED },
		{ "SEEN_REPLY", IPS_SEEN_REPLY }, { "CONFIRMED", IPS_CONFIRMED },
		{ "FIXED_TIMEOUT", IPS_FIXED_TIMEOUT }, { "SRC_NAT", IPS_SRC_NAT },
		{ "DST_NAT", IPS_DST_NAT },	{ "OFFLOAD", IPS_OFFLOAD },
		{ "HW_OFFLOAD", IPS_HW_OFFLOAD }, { "UNREPLIED", IPS_SEEN_REPLY },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i].name) == len && strncasecmp(words[i].name, word, len) == 0)
			return words[i].bits;
	return 0;
}

bool filter_words(struct ct_filter *filter, const char *text)
{
	uint32_t set = 0, unset = 0;

	for (;; text++) {
		bool negated = *text == '!';
		size_t len = strcspn(text += negated, ",");
		uint32_t bits = status_bits(text, len);

		if (bits == 0)
			return false;
		if (negated != (strncasecmp(text, "UNREPLIED", len) == 0))
			unset |= bits;
		else
			set |= bits;
		text += len;
		if (*text == '\0')
			break;
	}
	filter_status(filter, set, unset);
	return true;
}

bool filter_labels(struct ct_filter *filter, const struct label_names *names, const char *text)
{
	struct flow_labels labels = filter->labels;

	for (;; text++) {
		size_t len = strcspn(text, ",");
		int bit = label_find(names, text, len);

		if (bit < 0)
			return false;
		labels.words[bit / 32] |= (uint32_t)1 << (bit % 32);
		text += len;
		if (*text == '\0')
			break;
	}
	filter->labels = labels;
	return true;
}
