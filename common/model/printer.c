/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/printer.h"
#include "model/ext.h"
#include "text/word.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

/* The prefix length of a mask; -1: its bits are not contiguous. */
static int mask_prefix(const struct in6_addr *mask, unsigned bytes)
{
	unsigned prefix = 0;

	while (prefix < bytes * 8 && (mask->s6_addr[prefix / 8] & (0x80 >> prefix % 8)) != 0)
		prefix++;
	for (unsigned i = prefix; i < bytes * 8; i++)
		if ((mask->s6_addr[i / 8] & (0x80 >> i % 8)) != 0)
			return -1;
	return (int)prefix;
}

static void print_network(struct strbuf *out, const char *option, const struct network *network, bool invert,
			  enum family family)
{
	unsigned bytes = family == FAMILY_IPV6 ? 16 : 4;
	int af = family == FAMILY_IPV6 ? AF_INET6 : AF_INET;
	int prefix = mask_prefix(&network->mask, bytes);
	char address[INET6_ADDRSTRLEN], mask[INET6_ADDRSTRLEN];

	if (prefix == 0 && !invert)
		return;
	inet_ntop(af, &network->addr, address, sizeof(address));
	strbuf_printf(out, "%s %s %s", invert ? " !" : "", option, address);
	if (prefix >= 0)
		strbuf_printf(out, "/%d", prefix);
	else
		strbuf_printf(out, "/%s", inet_ntop(af, &network->mask, mask, sizeof(mask)));
}

static void print_interface(struct strbuf *out, const char *option, const char *name, bool invert)
{
	if (name[0] == '\0' || (strcmp(name, "+") == 0 && !invert))
		return;
	strbuf_printf(out, "%s %s ", invert ? " !" : "", option);
	word_quote(out, name);
}

static void print_protocol(struct strbuf *out, unsigned proto, bool invert)
{
	const char *name = proto != 0 ? ext_protocol_name(proto) : NULL;

	if (proto == 0)
		return;
	strbuf_printf(out, "%s -p ", invert ? " !" : "");
	if (name != NULL)
		strbuf_puts(out, name);
	else
		strbuf_printf(out, "%u", proto);
}

void rule_print_with(struct strbuf *out, const struct rule *rule, const char *chain, enum family family, const char *extensions)
{
	strbuf_puts(out, "-A ");
	word_quote(out, chain);
	print_network(out, "-s", &rule->src, (rule->invert & INVERT_SRC) != 0, family);
	print_network(out, "-d", &rule->dst, (rule->invert & INVERT_DST) != 0, family);
	print_interface(out, "-i", rule->in, (rule->invert & INVERT_IN) != 0);
	print_interface(out, "-o", rule->out, (rule->invert & INVERT_OUT) != 0);
	print_protocol(out, rule->proto, (rule->invert & INVERT_PROTO) != 0);
	if (rule->fragment)
		strbuf_puts(out, (rule->invert & INVERT_FRAGMENT) != 0 ? " ! -f" : " -f");
	strbuf_puts(out, extensions);
	if (rule->verdict != NULL) {
		strbuf_puts(out, " -j ");
		strbuf_puts(out, rule->verdict);
	}
	if (rule->jump != NULL) {
		strbuf_puts(out, rule->is_goto ? " -g " : " -j ");
		word_quote(out, rule->jump->name);
	}
}

int rule_print(struct strbuf *out, const struct rule *rule, const char *chain, enum family family)
{
	struct strbuf extensions = STRBUF_INIT;
	int err = 0;

	if (rule->matches != NULL || rule->target != NULL)
		err = ext_write(&extensions, &rule, 1, family, NULL, NULL);
	if (err == 0) {
		rule_print_with(out, rule, chain, family, strbuf_text(&extensions));
		err = out->failed ? -ENOMEM : 0;
	}
	strbuf_free(&extensions);
	return err;
}

static void print_counters(struct strbuf *out, bool known, const struct rule_counters *counters)
{
	if (known)
		strbuf_printf(out, "[%llu:%llu]", counters->packets, counters->bytes);
	else
		strbuf_puts(out, "[0:0]");
}

void rule_print_counters(struct strbuf *out, const struct rule *rule)
{
	print_counters(out, rule->has_counters, &rule->counters);
	strbuf_putc(out, ' ');
}

static void print_chain(struct strbuf *out, const struct chain *chain, const char *no_policy, bool counters)
{
	strbuf_printf(out, ":%s %s ", chain->name, chain->policy != NULL ? chain->policy : no_policy);
	print_counters(out, counters && chain->has_counters, &chain->counters);
	strbuf_putc(out, '\n');
}

void table_print_head(struct strbuf *out, const struct table *table, bool counters)
{
	strbuf_printf(out, "*%s\n", table->name);
	for (size_t i = 0; i < table->chains.len; i++)
		print_chain(out, table->chains.item[i], table->chains.item[i]->hook != 0 ? "ACCEPT" : "-", counters);
}

/* A built-in chain that is not mentioned keeps what it has. */
static void print_table_head(struct strbuf *out, const struct table *table, bool counters)
{
	strbuf_printf(out, "*%s\n", table->name);
	for (size_t i = 0; i < table->chains.len; i++) {
		const struct chain *chain = table->chains.item[i];

		if (chain->hook == 0 || chain->policy != NULL || chain->rules.len > 0)
			print_chain(out, chain, "-", counters);
	}
}

/* Rules that are written in one go. */
#define PORTION ((size_t)1000)

const char *rule_texts_next(struct rule_texts *texts)
{
	const char *text = texts->next;

	if (texts->taken == texts->written) {
		size_t left = texts->rules.len - texts->written, count = left < PORTION ? left : PORTION;

		strbuf_reset(&texts->portion);
		if (texts->err == 0)
			texts->err = count == 0 ? -ERANGE :
						  ext_write(&texts->portion, texts->rules.item + texts->written, count,
							    texts->family, texts->begins, texts->ctx);
		if (texts->err != 0)
			return NULL;
		texts->written += count;
		text = texts->portion.data;
	}
	texts->taken++;
	texts->next = text + strlen(text) + 1;
	return text;
}

void rule_texts_free(struct rule_texts *texts)
{
	vec_free(&texts->rules);
	strbuf_free(&texts->portion);
}

static int print_table(struct strbuf *out, const struct table *table, enum family family, bool counters, struct rule_texts *texts)
{
	print_table_head(out, table, counters);
	for (size_t c = 0; c < table->chains.len; c++) {
		const struct chain *chain = table->chains.item[c];

		for (size_t i = 0; i < chain->rules.len; i++) {
			const char *extensions = rule_texts_next(texts);

			if (extensions == NULL)
				return texts->err;
			if (counters)
				rule_print_counters(out, chain->rules.item[i]);
			rule_print_with(out, chain->rules.item[i], chain->name, family, extensions);
			strbuf_putc(out, '\n');
		}
	}
	strbuf_puts(out, "COMMIT\n");
	return 0;
}

int ruleset_print(struct strbuf *out, const struct ruleset *ruleset, bool counters,
		  void (*begins)(void *ctx, const struct rule *rule), void *ctx)
{
	struct rule_texts texts = { .family = ruleset->family, .begins = begins, .ctx = ctx };
	int err = ruleset_list(ruleset, &texts.rules) ? 0 : -ENOMEM;

	for (size_t i = 0; i < ruleset->tables.len && err == 0; i++)
		err = print_table(out, ruleset->tables.item[i], ruleset->family, counters, &texts);
	rule_texts_free(&texts);
	return err == 0 && out->failed ? -ENOMEM : err;
}
