/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Advice as text, JSON and sysctl.d lines. */
#include "conntrack/advise.h"
#include "base/json.h"
#include "conntrack/text.h"

#include <inttypes.h>
#include <string.h>

static void put_cost(struct strbuf *out, const struct advice *advice)
{
	if (advice->memory <= 0)
		return;
	strbuf_puts(out, "  # costs ");
	text_memory(out, (uint64_t)advice->memory);
	strbuf_puts(out, " when full");
}

void advise_text(struct strbuf *out, const struct facts *facts, const advice_list *list)
{
	for (size_t i = 0; i < list->len; i++) {
		const struct advice *advice = &list->item[i];

		strbuf_printf(out, "%s [%s]\n", strbuf_text(&advice->text), advice->name);
		if (advice->key >= 0) {
			strbuf_printf(out, "\tnet.netfilter.%s = %" PRIu64, advise_keys[advice->key],
				      advice->value);
			put_cost(out, advice);
			strbuf_putc(out, '\n');
		}
	}
	if (list->len == 0)
		strbuf_puts(out, "nothing to change\n");
	if (facts->dump_error != 0)
		strbuf_printf(out, "the entries could not be read (%s): no advice about what is in the table\n",
			      strerror(-facts->dump_error));
}

void advise_json(struct strbuf *out, const struct facts *facts, const advice_list *list)
{
	strbuf_printf(out, "{\"entries_read\":%s,\"advice\":[", facts->dump_error == 0 ? "true" : "false");
	for (size_t i = 0; i < list->len; i++) {
		const struct advice *advice = &list->item[i];

		strbuf_printf(out, "%s{\"name\":\"%s\",\"text\":", i > 0 ? "," : "", advice->name);
		json_string(out, strbuf_text(&advice->text), advice->text.len);
		if (advice->key >= 0)
			strbuf_printf(out, ",\"sysctl\":\"net.netfilter.%s\",\"value\":%" PRIu64,
				      advise_keys[advice->key], advice->value);
		strbuf_printf(out, ",\"memory_bytes\":%" PRId64 "}", advice->memory);
	}
	strbuf_puts(out, "]}\n");
}

static const struct advice *advice_for(const advice_list *list, int key)
{
	for (size_t i = 0; i < list->len; i++)
		if (list->item[i].key == key)
			return &list->item[i];
	return NULL;
}

void advise_sysctl(struct strbuf *out, const struct facts *facts, const advice_list *list)
{
	strbuf_puts(out, "# Advice of ct-stat. Settings after # are fine as they are.\n"
			 "# These settings exist only while nf_conntrack is loaded: see modules-load.d(5).\n");
	for (int key = 0; key < KEY_COUNT; key++) {
		const struct advice *advice = advice_for(list, key);

		if (advice != NULL) {
			strbuf_printf(out, "# %s\n", strbuf_text(&advice->text));
			if (advice->memory > 0) {
				strbuf_puts(out, "# costs ");
				text_memory(out, (uint64_t)advice->memory);
				strbuf_puts(out, " when full\n");
			}
			strbuf_printf(out, "net.netfilter.%s = %" PRIu64 "\n", advise_keys[key],
				      advice->value);
		} else if (facts->known[key]) {
			strbuf_printf(out, "#net.netfilter.%s = %" PRIu64 "\n", advise_keys[key],
				      facts->value[key]);
		}
	}
}
