/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * From a rule's data back to text, by the extensions' own save functions. They print on standard
 * output and take no other way, so it points at a memfd meanwhile: once for many rules, for system
 * calls cost ten times what the printing does.
 */
#include "model/xt.h"

#include <errno.h>
#include <linux/netfilter/xt_rateest.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the save functions of some extensions want to know of the rule: protocol and addresses. */
static void fill_entry(union xt_rule *entry, const struct rule *rule, enum family family)
{
	memset(entry, 0, sizeof(*entry));
	if (family == FAMILY_IPV6) {
		entry->v6.ipv6.proto = (uint16_t)rule->proto;
		entry->v6.ipv6.invflags = (rule->invert & INVERT_PROTO) != 0 ? XT_INV_PROTO : 0;
		entry->v6.ipv6.flags = rule->proto != 0 ? IP6T_F_PROTO : 0;
	} else {
		entry->v4.ip.proto = (uint16_t)rule->proto;
		entry->v4.ip.invflags = (rule->invert & INVERT_PROTO) != 0 ? XT_INV_PROTO : 0;
	}
}

/* An alias (state, NOTRACK) is written by what it stands for, which may know the alias by the data. */
static const struct xtables_match *writer_of_match(const struct ext_kind *kind)
{
	struct xtables_match *real;

	if (kind->name == kind->real_name)
		return kind->handle;
	real = xtables_find_match(kind->real_name, XTF_TRY_LOAD, NULL);
	if (real != NULL && real->revision != kind->revision)
		real = xtables_find_match_revision(kind->real_name, XTF_TRY_LOAD, real, kind->revision);
	return real != NULL ? real : kind->handle;
}

static const struct xtables_target *writer_of_target(const struct ext_kind *kind)
{
	struct xtables_target *real;

	if (kind->name == kind->real_name)
		return kind->handle;
	real = xtables_find_target(kind->real_name, XTF_TRY_LOAD);
	if (real != NULL && real->revision != kind->revision)
		real = xtables_find_target_revision(kind->real_name, XTF_TRY_LOAD, real, kind->revision);
	return real != NULL ? real : kind->handle;
}

/* libxt_rateest.so ends the process where it finds no comparison to print; kernels refuse such a rule, --test takes it. */
static bool writer_gives_up(const struct extension *extension)
{
	const struct xt_rateest_match_info *info = (const void *)extension->data;

	return strcmp(extension->kind->real_name, "rateest") == 0 && extension->size >= sizeof(*info) &&
	       (info->flags & (XT_RATEEST_MATCH_BPS | XT_RATEEST_MATCH_PPS)) != 0 && info->mode != XT_RATEEST_MATCH_EQ && info->mode != XT_RATEEST_MATCH_LT && info->mode != XT_RATEEST_MATCH_GT;
}

static void write_match(const struct extension *extension, const void *ip)
{
	const struct xtables_match *match = writer_of_match(extension->kind);
	size_t head = XT_ALIGN(sizeof(struct xt_entry_match));
	struct xt_entry_match *entry = xtables_calloc(1, head + extension->size);

	entry->u.match_size = (uint16_t)(head + extension->size);
	memcpy(entry->u.user.name, extension->kind->real_name, strlen(extension->kind->real_name) + 1);
	entry->u.user.revision = match->revision;
	memcpy(entry->data, extension->data, extension->size);
	fprintf(stdout, " -m %s", match->alias != NULL ? match->alias(entry) : entry->u.user.name);
	if (match->save != NULL && !writer_gives_up(extension))
		match->save(ip, entry);
	free(entry);
}

static void write_target(const struct extension *extension, const void *ip)
{
	const struct xtables_target *target = writer_of_target(extension->kind);
	size_t head = XT_ALIGN(sizeof(struct xt_entry_target));
	struct xt_entry_target *entry = xtables_calloc(1, head + extension->size);

	entry->u.target_size = (uint16_t)(head + extension->size);
	memcpy(entry->u.user.name, extension->kind->real_name, strlen(extension->kind->real_name) + 1);
	entry->u.user.revision = target->revision;
	memcpy(entry->data, extension->data, extension->size);
	fprintf(stdout, " -j %s", target->alias != NULL ? target->alias(entry) : entry->u.user.name);
	if (target->save != NULL)
		target->save(ip, entry);
	free(entry);
}

static void write_rule(const struct rule *rule, enum family family)
{
	union xt_rule entry;
	const void *ip = family == FAMILY_IPV6 ? (const void *)&entry.v6.ipv6 : (const void *)&entry.v4.ip;

	if (rule->matches != NULL || rule->target != NULL)
		fill_entry(&entry, rule, family);
	for (const struct extension *match = rule->matches; match != NULL; match = match->next)
		write_match(match, ip);
	if (rule->target != NULL)
		write_target(rule->target, ip);
	fputc('\0', stdout);
}

static size_t count_texts(const char *bytes, size_t len)
{
	const char *end = bytes + len, *nul;
	size_t count = 0;

	for (; bytes < end && (nul = memchr(bytes, '\0', (size_t)(end - bytes))) != NULL; bytes = nul + 1)
		count++;
	return count;
}

int ext_write(struct strbuf *out, const struct rule *const *rules, size_t count, enum family family,
	      void (*begins)(void *ctx, const struct rule *rule), void *ctx)
{
	size_t start = out->len;
	int err;

	fflush(stdout);
	capture_begin(&door.printed);
	for (size_t i = 0; i < count; i++) {
		if (begins != NULL)
			begins(ctx, rules[i]);
		write_rule(rules[i], family);
	}
	fflush(stdout);
	capture_end(&door.printed);
	err = capture_take(&door.printed, out);
	if (err != 0 || out->failed)
		return err != 0 ? err : -ENOMEM;
	return count_texts(out->data + start, out->len - start) == count ? 0 : -EPROTO;
}
