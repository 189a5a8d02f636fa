/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/text.h"
#include "base/number.h"

#include <arpa/inet.h>
#include <string.h>
#include <syslog.h>

void text_number(struct strbuf *out, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	strbuf_add(out, digits + at, sizeof(digits) - at);
}

void text_address(struct strbuf *out, unsigned family, const uint8_t *addr)
{
	char text[INET6_ADDRSTRLEN];

	if (family == AF_INET6) {
		strbuf_puts(out, inet_ntop(AF_INET6, addr, text, sizeof(text)));
		return;
	}
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			strbuf_putc(out, '.');
		text_number(out, addr[i]);
	}
}

void text_hundredths(struct strbuf *out, uint64_t hundredths)
{
	strbuf_printf(out, "%llu.%02llu", (unsigned long long)(hundredths / 100),
		      (unsigned long long)(hundredths % 100));
}

void text_clean_bytes(struct strbuf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		strbuf_putc(out, (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i]);
}

void text_clean(struct strbuf *out, const char *text)
{
	text_clean_bytes(out, text, strlen(text));
}

void text_cell(struct strbuf *out, char before, const char *text)
{
	strbuf_putc(out, before);
	text_clean(out, text);
}

void text_duration(struct strbuf *out, uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(units) && seconds < 2 * units[i].seconds)
		i++;
	text_number(out, seconds / units[i].seconds);
	strbuf_printf(out, " %s", units[i].name);
}

void text_memory(struct strbuf *out, uint64_t bytes)
{
	if (bytes >= (uint64_t)10 << 20)
		strbuf_printf(out, "%llu MiB", (unsigned long long)(bytes >> 20));
	else
		strbuf_printf(out, "%llu KiB", (unsigned long long)(bytes >> 10));
}

bool text_to_number(const char *text, uint64_t max, uint64_t *number)
{
	return number_read(text, max, number);
}

bool text_to_duration(const char *text, uint64_t *seconds)
{
	static const char units[] = "smhd";
	static const uint64_t size[] = { 1, 60, 3600, 86400 };
	const char *unit;

	if (!number_take(&text, 10, UINT32_MAX, seconds))
		return false;
	if (*text == '\0')
		return true;
	unit = strchr(units, *text);
	if (unit == NULL || text[1] != '\0')
		return false;
	*seconds *= size[unit - units];
	return true;
}

bool text_to_priority(const char *text, int *priority)
{
	static const struct {
		const char *name;
		int value;
	} facilities[] = { { "daemon.", LOG_DAEMON }, { "kern.", LOG_KERN },	 { "user.", LOG_USER },
			   { "auth.", LOG_AUTH },     { "local0.", LOG_LOCAL0 }, { "local1.", LOG_LOCAL1 },
			   { "local2.", LOG_LOCAL2 }, { "local3.", LOG_LOCAL3 }, { "local4.", LOG_LOCAL4 },
			   { "local5.", LOG_LOCAL5 }, { "local6.", LOG_LOCAL6 }, { "local7.", LOG_LOCAL7 } },
	  levels[] = { { "emerg", LOG_EMERG }, { "alert", LOG_ALERT },	   { "crit", LOG_CRIT },
		       { "err", LOG_ERR },     { "warning", LOG_WARNING }, { "notice", LOG_NOTICE },
		       { "info", LOG_INFO },   { "debug", LOG_DEBUG } };
	const char *level = text;
	int facility = LOG_DAEMON;

	for (size_t i = 0; i < ARRAY_LEN(facilities); i++) {
		size_t len = strlen(facilities[i].name);

		if (strncmp(text, facilities[i].name, len) == 0) {
			facility = facilities[i].value;
			level = text + len;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		if (strcmp(level, levels[i].name) != 0)
			continue;
		*priority = facility | levels[i].value;
		return true;
	}
	return false;
}

bool text_to_words(const char **text, const char *const *names, size_t count, unsigned *bits)
{
	*bits = 0;
	for (;; ++*text) {
		size_t len = strcspn(*text, ","), i = 0;

		while (i < count && (strlen(names[i]) != len || strncmp(names[i], *text, len) != 0))
			i++;
		if (i == count)
			return false;
		*bits |= 1u << i;
		if ((*text)[len] == '\0')
			return true;
		*text += len;
	}
}
