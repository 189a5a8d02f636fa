/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/rate.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	unsigned seconds;
	char letter;
	const char *name;
} units[] = {
	{ 1, 's', "sec" },
	{ 60, 'm', "min" },
	{ 3600, 'h', "hour" },
	{ 86400, 'd', "day" },
};

/* Parses up to seven digits and sets *end behind them. Returns 0 if there are none or too many. */
static unsigned number_parse(const char *text, const char **end)
{
	size_t digits = strspn(text, "0123456789");

	*end = text + digits;
	return digits > 0 && digits < 8 ? (unsigned)strtoul(text, NULL, 10) : 0;
}

unsigned period_parse(const char *text)
{
	const char *letter;
	unsigned count = number_parse(text, &letter);

	if (letter == text)
		count = 1;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (letter[0] == units[i].letter && letter[1] == '\0' &&
		    count <= 86400U * 366 / units[i].seconds)
			return count * units[i].seconds;
	return 0;
}

static enum rate_fault rate_cut(const char *text, unsigned *count, unsigned *period)
{
	const char *slash;

	*count = number_parse(text, &slash);
	if (slash == text || *slash != '/')
		return RATE_SYNTAX;
	if (slash - text > 7)
		return RATE_FAST;
	*period = period_parse(slash + 1);
	if (*period == 0)
		return strpbrk(slash, "smhd") == NULL || slash[1] != '0' ? RATE_SYNTAX : RATE_ZERO;
	return *count == 0 ? RATE_ZERO : RATE_FINE;
}

static size_t unit_of_letter(const char *rate)
{
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(units) && units[i].letter != rate[strlen(rate) - 1])
		i++;
	return i;
}

enum rate_fault rate_parse(const char *text, struct rate *rate)
{
	unsigned count, period;
	enum rate_fault fault = rate_cut(text, &count, &period);

	if (fault != RATE_FINE)
		return fault;
	if (count / period >= RATE_SECOND_MAX && (count > RATE_SECOND_MAX * (uint64_t)period))
		return RATE_FAST;
	/* Use the unit of the text, or the next one that is exact: 60/m stays 60/min, 4/60s becomes 4/min. */
	for (size_t i = unit_of_letter(text); i < ARRAY_LEN(units); i++) {
		uint64_t scaled = (uint64_t)count * units[i].seconds;

		if (scaled % period == 0) {
			*rate = (struct rate){ (unsigned)(scaled / period), units[i].seconds, count };
			return RATE_FINE;
		}
	}
	return RATE_INEXACT;
}

static size_t unit_index(unsigned seconds)
{
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(units) && units[i].seconds != seconds)
		i++;
	return i;
}

void rate_print(struct strbuf *out, const struct rate *rate)
{
	strbuf_printf(out, "%u/%s", rate->count, units[unit_index(rate->unit)].name);
}

void rate_print_short(struct strbuf *out, const struct rate *rate)
{
	strbuf_printf(out, "%u%c", rate->count, units[unit_index(rate->unit)].letter);
}

void rate_advice(struct strbuf *out, const char *text)
{
	unsigned count, period;

	if (rate_cut(text, &count, &period) != RATE_FINE)
		return;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		uint64_t below = (uint64_t)count * units[i].seconds / period;

		if (below > 0 && (below >= 10 || i + 1 == ARRAY_LEN(units))) {
			strbuf_printf(out, "%llu/%c or %llu/%c", (unsigned long long)below, units[i].letter,
				      (unsigned long long)below + 1, units[i].letter);
			return;
		}
	}
	strbuf_puts(out, "1/d");
}

/* xt_limit stores 10000 * unit / count times the burst in 32 bits (limit_mt_check). */
bool rate_fits_limit(const struct rate *rate, unsigned burst)
{
	return 10000ULL * rate->unit / rate->count * burst <= UINT32_MAX;
}

unsigned long rate_refill_ms(const struct rate *rate, unsigned burst)
{
	return (unsigned long)(((uint64_t)burst * rate->unit * 1000 + rate->count - 1) / rate->count);
}
