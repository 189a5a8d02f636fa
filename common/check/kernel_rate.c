/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Rates and bursts that the kernel cannot count: limit and hashlimit turn both into credits, in numbers that may overflow.
 * How many credits a tick of the clock gives depends on CONFIG_HZ, so the answer is that of every kernel only where it is
 * the same for each HZ of the kernel's kernel/Kconfig.hz. hashlimit is that of Linux 4.10 and later.
 */
#include "check/kernel_check.h"
#include "model/ext.h"

#include <linux/netfilter/xt_hashlimit.h>
#include <linux/netfilter/xt_limit.h>

#define SECONDS_A_DAY 86400
#define HASHLIMIT_SCALE 1000000 /* XT_HASHLIMIT_SCALE_v2 of net/netfilter/xt_hashlimit.c */

static const uint64_t tick_rates[] = { 100, 250, 300, 1000 };

enum answer_of_kernels { LOADS_IN_ALL, LOADS_IN_SOME, LOADS_IN_NONE };

static enum answer_of_kernels answer_of(size_t refusing)
{
	return refusing == 0 ? LOADS_IN_ALL : refusing < ARRAY_LEN(tick_rates) ? LOADS_IN_SOME : LOADS_IN_NONE;
}

/* The credits of a second: as many for each tick as fit, for a whole day, into a number up to `max`. */
static uint64_t credits_a_second(uint64_t max, uint64_t hz)
{
	uint64_t tick = 1, most = max / (hz * SECONDS_A_DAY);

	while (tick <= most / 2)
		tick *= 2;
	return hz * tick;
}

/* user2credits() of net/netfilter/xt_limit.c, in its 32 bits. */
static uint32_t limit_credits(uint32_t user, uint32_t second)
{
	return user > UINT32_MAX / second ? user / XT_LIMIT_SCALE * second : user * second / XT_LIMIT_SCALE;
}

static enum answer_of_kernels limit_loads(const struct xt_rateinfo *info)
{
	size_t refusing = 0;

	for (size_t i = 0; i < ARRAY_LEN(tick_rates); i++) {
		uint32_t second = (uint32_t)credits_a_second(UINT32_MAX, tick_rates[i]);

		refusing += info->burst == 0 || limit_credits(info->avg * info->burst, second) < limit_credits(info->avg, second);
	}
	return answer_of(refusing);
}

void kernel_check_limit(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_rateinfo *info = KERNEL_DATA(extension, struct xt_rateinfo);
	enum answer_of_kernels loads = info != NULL ? limit_loads(info) : LOADS_IN_ALL;

	if (loads == LOADS_IN_NONE)
		kernel_say(check, DIAG_KERNEL_BACKEND, extension,
			   "--limit-burst is too large for this rate: iptables-legacy rejects it, nf_tables accepts "
			   "it; use a smaller burst");
	else if (loads == LOADS_IN_SOME)
		kernel_say(check, DIAG_KERNEL_DEPENDS, extension,
			   "limit: iptables-legacy may refuse this burst at so low a rate, depending on the kernel's CONFIG_HZ; write "
			   "a smaller --limit-burst");
}

/* user2credits() of net/netfilter/xt_hashlimit.c, in its 64 bits. */
static uint64_t hashlimit_credits(uint64_t user, uint64_t second)
{
	return user * (second / HASHLIMIT_SCALE);
}

static enum answer_of_kernels hashlimit_loads(const struct hashlimit_cfg3 *cfg)
{
	size_t refusing = 0;

	for (size_t i = 0; i < ARRAY_LEN(tick_rates); i++) {
		uint64_t second = credits_a_second(UINT64_MAX, tick_rates[i]);

		refusing += cfg->burst == 0 || hashlimit_credits(cfg->avg * cfg->burst, second) < hashlimit_credits(cfg->avg, second);
	}
	return answer_of(refusing);
}

static const char *hashlimit_fault(const struct xt_hashlimit_mtinfo3 *info, enum family family)
{
	const struct hashlimit_cfg3 *cfg = &info->cfg;
	unsigned width = family == FAMILY_IPV6 ? 128 : 32;

	if (!kernel_file_name(info->name, sizeof(info->name)))
		return "hashlimit --hashlimit-name is used as a file name in /proc: the kernel rejects this one";
	if (cfg->gc_interval == 0 || cfg->expire == 0)
		return "--hashlimit-htable-expire and --hashlimit-htable-gcinterval must be at least 1";
	if (cfg->srcmask > width || cfg->dstmask > width)
		return "--hashlimit-srcmask and --hashlimit-dstmask must be at most 32 for IPv4";
	if ((cfg->mode & XT_HASHLIMIT_RATE_MATCH) != 0)
		return NULL;
	if ((cfg->mode & XT_HASHLIMIT_BYTES) == 0 && hashlimit_loads(cfg) == LOADS_IN_NONE)
		return "--hashlimit-burst is too large for this rate: the kernel rejects it; use a smaller burst";
	if ((cfg->mode & XT_HASHLIMIT_BYTES) != 0 && cfg->avg <= 1)
		return "the hashlimit byte rate is too large: the kernel rejects it";
	return NULL;
}

void kernel_check_hashlimit(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_hashlimit_mtinfo3 *info = KERNEL_DATA(extension, struct xt_hashlimit_mtinfo3);
	const char *fault;

	if (extension->kind->revision != 3 || info == NULL)
		return;
	fault = hashlimit_fault(info, check->ruleset->family);
	if (fault != NULL)
		kernel_say(check, DIAG_KERNEL_VALUE, extension, fault);
	else if ((info->cfg.mode & (XT_HASHLIMIT_BYTES | XT_HASHLIMIT_RATE_MATCH)) == 0 && hashlimit_loads(&info->cfg) == LOADS_IN_SOME)
		kernel_say(check, DIAG_KERNEL_DEPENDS, extension,
			   "hashlimit: the kernel may refuse this burst at so low a rate, depending on its CONFIG_HZ; write a smaller "
			   "--hashlimit-burst");
}
