/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/number.h"

#include <string.h>

/* What a digit is worth; 16: it is none. */
static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 16;
}

/* The digits that the first len bytes begin with: how many; 0 also if the number is larger than max. */
static size_t read_digits(const char *text, size_t len, unsigned base, uint64_t max, uint64_t *number)
{
	uint64_t value = 0;
	size_t count = 0;

	for (; count < len && digit_value(text[count]) < base; count++) {
		unsigned digit = digit_value(text[count]);

		if (digit > max || value > (max - digit) / base)
			return 0;
		value = value * base + digit;
	}
	if (count > 0)
		*number = value;
	return count;
}

bool number_read_bytes(const char *text, size_t len, uint64_t max, uint64_t *number)
{
	uint64_t value;

	if (len == 0 || read_digits(text, len, 10, max, &value) != len)
		return false;
	*number = value;
	return true;
}

bool number_read(const char *text, uint64_t max, uint64_t *number)
{
	return number_read_bytes(text, strlen(text), max, number);
}

bool number_take(const char **text, unsigned base, uint64_t max, uint64_t *number)
{
	size_t count = read_digits(*text, SIZE_MAX, base, max, number);

	*text += count;
	return count > 0;
}
