/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conntrack/text.h"
#include "base/number.h"

#include <arpa/inet.h>
#include <string.h>

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

void text_clean(struct strbuf *out, const char *text)
{
	for (; *text != '\0'; text++)
		strbuf_putc(out, (unsigned char)*text < ' ' || *text == 0x7f ? ' ' : *text);
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
