/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Uses of matches whose answer is the same for every packet, though other uses of the match are unknown. The
 * answers are those of the kernel's net/netfilter/xt_*.c, version 6.1 and later.
 */
#include "meaning/match_readers.h"

#include <linux/filter.h>
#include <linux/netfilter/xt_bpf.h>
#include <linux/netfilter/xt_connbytes.h>
#include <linux/netfilter/xt_devgroup.h>
#include <linux/netfilter/xt_quota.h>
#include <linux/netfilter/xt_realm.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_statistic.h>
#include <linux/netfilter/xt_time.h>
#include <linux/netfilter/xt_u32.h>
#include <string.h>

#define DATA(match, type) ((match)->size >= sizeof(type) ? (const type *)(const void *)(match)->data : NULL)

#define IPV4_HEADER 20 /* no packet is shorter */
#define DATE_MAX    INT32_MAX /* what iptables writes where no --datestop was given */

static enum certainty certain(bool always)
{
	return always ? CERTAIN_ALWAYS : CERTAIN_NEVER;
}

/* --set adds the address, or renews it, and matches either way. Both revisions begin alike. */
static enum certainty certain_recent(const struct extension *match)
{
	const struct xt_recent_mtinfo *info = DATA(match, struct xt_recent_mtinfo);

	return info != NULL && (info->check_set & XT_RECENT_SET) != 0 ? certain(info->invert == 0) : CERTAIN_OPEN;
}

/* A chance of 1 or 0, and the first of every one. `every` is stored less 1. */
static enum certainty certain_statistic(const struct extension *match)
{
	const struct xt_statistic_info *info = DATA(match, struct xt_statistic_info);
	bool plain;

	if (info == NULL)
		return CERTAIN_OPEN;
	plain = (info->flags & XT_STATISTIC_INVERT) == 0;
	if (info->mode == XT_STATISTIC_MODE_NTH)
		return info->u.nth.every == 0 ? certain(plain) : CERTAIN_OPEN;
	if (info->mode != XT_STATISTIC_MODE_RANDOM || (info->u.random.probability != 0 && info->u.random.probability < 1U << 31))
		return CERTAIN_OPEN;
	return certain((info->u.random.probability != 0) == plain);
}

/* A quota that no packet fits into. */
static enum certainty certain_quota(const struct extension *match)
{
	const struct xt_quota_info *info = DATA(match, struct xt_quota_info);

	return info != NULL && info->quota < IPV4_HEADER ? certain((info->flags & XT_QUOTA_INVERT) != 0) : CERTAIN_OPEN;
}

/* Every time there is, or none. A date depends on when somebody asks. */
static enum certainty certain_time(const struct extension *match)
{
	const struct xt_time_info *info = DATA(match, struct xt_time_info);

	if (info == NULL)
		return CERTAIN_OPEN;
	if ((info->weekdays_match & XT_TIME_ALL_WEEKDAYS) == 0 || (info->monthdays_match & XT_TIME_ALL_MONTHDAYS) == 0)
		return CERTAIN_NEVER;
	if (info->date_start == 0 && info->date_stop >= DATE_MAX && info->daytime_start == XT_TIME_MIN_DAYTIME &&
	    info->daytime_stop == XT_TIME_MAX_DAYTIME && (info->weekdays_match & XT_TIME_ALL_WEEKDAYS) == XT_TIME_ALL_WEEKDAYS &&
	    (info->monthdays_match & XT_TIME_ALL_MONTHDAYS) == XT_TIME_ALL_MONTHDAYS)
		return CERTAIN_ALWAYS;
	return CERTAIN_OPEN;
}

/* The negation of every count, which is stored as a range upside down. Without a connection there is no match either. */
static enum certainty certain_connbytes(const struct extension *match)
{
	const struct xt_connbytes_info *info = DATA(match, struct xt_connbytes_info);

	return info != NULL && info->count.from == UINT64_MAX && info->count.to == 0 ? CERTAIN_NEVER : CERTAIN_OPEN;
}

/* A program that begins with its end. */
static enum certainty certain_bpf(const struct extension *match)
{
	const struct xt_bpf_info_v1 *info = DATA(match, struct xt_bpf_info_v1);

	if (match->kind->revision != 1 || info == NULL || info->mode != XT_BPF_MODE_BYTECODE || info->bpf_program_num_elem == 0 ||
	    info->bpf_program[0].code != (BPF_RET | BPF_K))
		return CERTAIN_OPEN;
	return certain(info->bpf_program[0].k != 0);
}

/* A group or realm, of which the mask leaves nothing, or less than what is asked for. */
static enum certainty masked_out(uint32_t value, uint32_t mask, bool invert)
{
	if ((value & mask) != value)
		return certain(invert);
	return mask == 0 ? certain(!invert) : CERTAIN_OPEN;
}

static enum certainty certain_realm(const struct extension *match)
{
	const struct xt_realm_info *info = DATA(match, struct xt_realm_info);

	return info != NULL ? masked_out(info->id, info->mask, info->invert != 0) : CERTAIN_OPEN;
}

/* Here the mask cuts both sides of the comparison. */
static enum certainty certain_devgroup(const struct extension *match)
{
	const struct xt_devgroup_info *info = DATA(match, struct xt_devgroup_info);
	bool source, destination;

	if (info == NULL)
		return CERTAIN_OPEN;
	source = (info->flags & XT_DEVGROUP_MATCH_SRC) != 0;
	destination = (info->flags & XT_DEVGROUP_MATCH_DST) != 0;
	if ((source && info->src_mask == 0 && (info->flags & XT_DEVGROUP_INVERT_SRC) != 0) ||
	    (destination && info->dst_mask == 0 && (info->flags & XT_DEVGROUP_INVERT_DST) != 0))
		return CERTAIN_NEVER;
	return (source && info->src_mask != 0) || (destination && info->dst_mask != 0) ? CERTAIN_OPEN : CERTAIN_ALWAYS;
}

/* The largest number that the test can read. */
static uint32_t u32_largest(const struct xt_u32_test *test)
{
	uint32_t largest = UINT32_MAX;

	for (unsigned n = 1; n < test->nnums && n < ARRAY_LEN(test->location); n++) {
		uint32_t number = test->location[n].number;

		if (test->location[n].nextop == XT_U32_AND)
			largest = largest < number ? largest : number;
		else if (test->location[n].nextop == XT_U32_RIGHTSH && number < 32)
			largest >>= number;
		else
			largest = UINT32_MAX;
	}
	return largest;
}

/* Does it ask for numbers that it cannot read? */
static bool u32_fails(const struct xt_u32_test *test)
{
	uint32_t largest = u32_largest(test);

	for (unsigned n = 0; n < test->nvalues && n < ARRAY_LEN(test->value); n++)
		if (test->value[n].min <= largest && test->value[n].min <= test->value[n].max)
			return false;
	return true;
}

/* One test that always fails decides. That all succeed depends on the length of the packet. */
static enum certainty certain_u32(const struct extension *match)
{
	const struct xt_u32 *info = DATA(match, struct xt_u32);

	for (unsigned t = 0; info != NULL && t < info->ntests && t < ARRAY_LEN(info->tests); t++)
		if (u32_fails(&info->tests[t]))
			return certain(info->invert != 0);
	return CERTAIN_OPEN;
}

const struct match_certainty match_certainties[] = {
	{ "bpf", certain_bpf },
	{ "connbytes", certain_connbytes },
	{ "devgroup", certain_devgroup },
	{ "quota", certain_quota },
	{ "realm", certain_realm },
	{ "recent", certain_recent },
	{ "statistic", certain_statistic },
	{ "time", certain_time },
	{ "u32", certain_u32 },
};

const size_t match_certainty_count = ARRAY_LEN(match_certainties);

enum certainty match_certainty_of(const struct extension *match)
{
	for (size_t i = 0; i < match_certainty_count; i++)
		if (strcmp(match_certainties[i].name, match->kind->real_name) == 0)
			return match_certainties[i].of(match);
	return CERTAIN_OPEN;
}
