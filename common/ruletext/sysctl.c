/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/sysctl.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void sysctl_squeeze(struct strbuf *out, const char *text)
{
	bool blank = false;

	for (; *text != '\0'; text++) {
		if (isspace((unsigned char)*text)) {
			blank = true;
			continue;
		}
		if (blank && out->len > 0)
			strbuf_putc(out, ' ');
		blank = false;
		strbuf_putc(out, *text);
	}
}

/* The value in the form that sysctl_read returns, for comparing; empty for an empty list. NULL: no memory. */
static char *squeezed(const char *text, size_t len)
{
	struct strbuf out = STRBUF_INIT;
	char *copy = strndup(text, len), *value;

	if (copy != NULL)
		sysctl_squeeze(&out, copy);
	value = copy != NULL && !out.failed ? strdup(strbuf_text(&out)) : NULL;
	strbuf_free(&out);
	free(copy);
	return value;
}

int sysctl_parse(struct sysctl *sysctl, const char *text, size_t len)
{
	const char *equal = memchr(text, '=', len);
	size_t key = equal != NULL ? (size_t)(equal - text) : 0, value;

	*sysctl = (struct sysctl){ .key = NULL };
	while (key > 0 && text[key - 1] == ' ')
		key--;
	if (key < 5 || memcmp(text, "net", 3) != 0 || (text[3] != '.' && text[3] != '/') ||
	    memmem(text, key, "..", 2) != NULL || memmem(text, key, "//", 2) != NULL)
		return -EINVAL;
	value = len - (size_t)(equal + 1 - text);
	while (value > 0 && equal[value] == ' ')
		value--;
	equal++;
	while (value > 0 && *equal == ' ') {
		equal++;
		value--;
	}
	sysctl->key = strndup(text, key);
	sysctl->value = squeezed(equal, value);
	if (sysctl->key == NULL || sysctl->value == NULL) {
		sysctl_free(sysctl);
		return -ENOMEM;
	}
	return 0;
}

void sysctl_free(struct sysctl *sysctl)
{
	free(sysctl->key);
	free(sysctl->value);
	free(sysctl->before);
	*sysctl = (struct sysctl){ .key = NULL };
}

bool sysctl_same_key(const char *a, const char *b)
{
	bool slashes_a = strchr(a, '/') != NULL, slashes_b = strchr(b, '/') != NULL;

	for (; *a != '\0' && *b != '\0'; a++, b++) {
		char in_a = *a == '.' && !slashes_a ? '/' : *a, in_b = *b == '.' && !slashes_b ? '/' : *b;

		if (in_a != in_b)
			return false;
	}
	return *a == *b;
}

bool sysctl_opens(const struct sysctl *sysctl)
{
	static const struct {
		const char *part;
		bool opens_at_zero;
	} keys[] = {
		{ "ip_forward", false },  { "forwarding", false },	{ "accept_", false },
		{ "proxy_arp", false },	  { "route_localnet", false },	{ "proxy_ndp", false },
		{ "rp_filter", true },	  { "bridge-nf-call-", true },	{ "send_redirects", false },
		{ "nonlocal_bind", false }, { "nf_conntrack_helper", false }, { "disable_ipv6", true },
		{ "disable_policy", false }, { "disable_xfrm", false }, { "seg6_enabled", false }, { "arp_accept", false },
		{ "arp_ignore", true }, { "secure_redirects", true }, { "nf_conntrack_tcp_loose", false },
		{ "drop_gratuitous_arp", true }, { "drop_unicast", true }, { "drop_unsolicited", true },
	};
	bool zero = strcmp(sysctl->value, "0") == 0;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strstr(sysctl->key, keys[i].part) != NULL)
			return zero == keys[i].opens_at_zero;
	return false;
}

bool sysctl_may_be_shared(const struct sysctl *sysctl)
{
	return strncmp(sysctl->key, "net.netfilter.", 14) == 0 && !sysctl_opens(sysctl);
}
