/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/modules.h"
#include "host/modload.h"

#include <string.h>
#include <unistd.h>

/* Looks up or loads one module of the text. */
static bool load_module(struct kmod_ctx *ctx, const struct module *module, bool look, struct diag_log *log)
{
	int err = 0;
	enum modload result = modload_one(ctx, module->name, true, &err);

	if (!look && result == MODLOAD_DONE) /* otherwise reported already, and not needed */
		result = modload_one(ctx, module->name, false, &err);
	else if (!look)
		return true;
	if (result == MODLOAD_DONE)
		return true;
	if (module->optional || result == MODLOAD_NO_TREE) {
		diag_add(log, DIAG_LOAD_WARNING, NULL, NULL, "module %s %s", module->name,
			 modload_text(result));
		return true;
	}
	diag_add(log, DIAG_LOAD, NULL, NULL, "module %s %s%s%s", module->name, modload_text(result),
		 result == MODLOAD_FAILED ? ": " : "", result == MODLOAD_FAILED ? strerror(-err) : "");
	return false;
}

static void plan_module(struct kmod_ctx *ctx, const struct module *module, struct strbuf *plan)
{
	struct strbuf order = STRBUF_INIT;

	modload_order(ctx, module->name, &order);
	if (order.len > 0)
		strbuf_printf(plan, "load module %s:%s\n", module->name, strbuf_text(&order));
	strbuf_free(&order);
}

bool modules_load(const struct extras *extras, struct strbuf *plan, struct diag_log *log)
{
	struct kmod_ctx *ctx;
	bool good = true;

	if (extras->modules.len == 0)
		return true;
	ctx = modload_open(NULL, NULL);
	if (ctx == NULL)
		return diag_memory(log) == 0;
	for (int look = 1; look >= (plan != NULL ? 1 : 0) && good; look--)
		for (size_t i = 0; i < extras->modules.len; i++)
			good = load_module(ctx, &extras->modules.item[i], look == 1, log) && good;
	for (size_t i = 0; plan != NULL && good && i < extras->modules.len; i++)
		plan_module(ctx, &extras->modules.item[i], plan);
	modload_close(ctx);
	return good;
}

void modules_for_legacy(void)
{
	static const struct {
		const char *module, *there;
	} needs[] = { { "ip_tables", "/proc/self/net/ip_tables_names" },
		      { "ip6_tables", "/proc/self/net/ip6_tables_names" } };
	struct kmod_ctx *ctx = NULL;
	int err = 0;

	for (size_t i = 0; i < ARRAY_LEN(needs); i++) {
		if (access(needs[i].there, F_OK) == 0)
			continue;
		if (ctx == NULL && (ctx = modload_open(NULL, NULL)) == NULL)
			return;
		(void)!modload_one(ctx, needs[i].module, false, &err);
	}
	modload_close(ctx);
}
