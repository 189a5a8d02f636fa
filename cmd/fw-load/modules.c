/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load.h"
#include "host/modload.h"

#include <string.h>

static bool load_module(struct load *load, struct kmod_ctx *ctx, const struct module *module, bool look)
{
	int err = 0;
	enum modload result = modload_one(ctx, module->name, true, &err);

	if (!look && result == MODLOAD_DONE) /* else it is reported already, and may be done without */
		result = modload_one(ctx, module->name, false, &err);
	else if (!look)
		return true;
	if (result == MODLOAD_DONE)
		return true;
	if (module->optional || result == MODLOAD_NO_TREE) {
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "module %s %s", module->name, modload_text(result));
		return true;
	}
	diag_add(load->log, DIAG_LOAD, NULL, NULL, "module %s %s%s%s", module->name, modload_text(result),
		 result == MODLOAD_FAILED ? ": " : "", result == MODLOAD_FAILED ? strerror(-err) : "");
	load->status = STATUS_EXTRAS;
	return false;
}

/* A dry run only tells them: in a real one they are loaded by now, since the rehearsal may need them. */
static bool plan_module(struct load *load, struct kmod_ctx *ctx, const struct module *module)
{
	struct strbuf order = STRBUF_INIT;
	bool good;

	modload_order(ctx, module->name, &order);
	good = !order.failed && (order.len == 0 || plan_add(&load->plan, NULL, NULL, NULL, "load module %s:%s",
							    module->name, strbuf_text(&order)));
	strbuf_free(&order);
	return good || diag_memory(load->log) == 0;
}

/* All are looked up before the first is loaded. */
bool load_modules(struct load *load)
{
	struct kmod_ctx *ctx;
	bool good = true;

	if (load->extras.modules.len == 0)
		return true;
	ctx = modload_open(NULL, NULL);
	if (ctx == NULL)
		return diag_memory(load->log) == 0;
	for (int look = 1; look >= (load->opts.plan_only ? 1 : 0) && good; look--)
		for (size_t i = 0; i < load->extras.modules.len; i++)
			good = load_module(load, ctx, &load->extras.modules.item[i], look == 1) && good;
	for (size_t i = 0; load->opts.plan_only && good && i < load->extras.modules.len; i++)
		good = plan_module(load, ctx, &load->extras.modules.item[i]);
	modload_close(ctx);
	return good;
}
