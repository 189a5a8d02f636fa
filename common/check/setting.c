/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/setting.h"
#include "text/token.h"

#include <stdlib.h>
#include <string.h>

const char *const setting_names[SETTING_COUNT] = {
	[SETTING_FORWARD4] = "net.ipv4.ip_forward",
	[SETTING_FORWARD6] = "net.ipv6.conf.all.forwarding",
	[SETTING_CT_COUNT] = "net.netfilter.nf_conntrack_count",
	[SETTING_CT_MAX] = "net.netfilter.nf_conntrack_max",
	[SETTING_CT_BUCKETS] = "net.netfilter.nf_conntrack_buckets",
	[SETTING_CT_ESTABLISHED] = "net.netfilter.nf_conntrack_tcp_timeout_established",
};

/* KEY=VALUE or KEY = VALUE, with dots or slashes. */
static bool is_key(const char *text, size_t len, const char *name)
{
	while (len > 0 && text[len - 1] == ' ')
		len--;
	if (strlen(name) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] != name[i] && !(text[i] == '/' && name[i] == '.'))
			return false;
	return true;
}

static bool set_here(const struct line *line, const char *name, unsigned long *number)
{
	const char *args, *equal;
	size_t len;
	struct token value;

	if (!line_directive(line, "sysctl", &args, &len))
		return false;
	equal = memchr(args, '=', len);
	if (equal == NULL || !is_key(args, (size_t)(equal - args), name))
		return false;
	value = token_after(equal + 1, len - (size_t)(equal + 1 - args), 0);
	return token_number(&value, 4000000000UL, number);
}

struct setting_value setting_value(const struct stream *stream, const struct check_live *live, enum setting setting)
{
	struct setting_value value = { .known = false };
	struct token token;

	for (size_t i = 0; i < stream->lines.len; i++)
		if (set_here(&stream->lines.item[i], setting_names[setting], &value.number)) {
			value.known = true;
			value.line = &stream->lines.item[i];
		}
	if (value.known || !live->known || live->values[setting] == NULL)
		return value;
	token = token_after(live->values[setting], strlen(live->values[setting]), 0);
	value.known = value.live = token_number(&token, 4000000000UL, &value.number);
	return value;
}
