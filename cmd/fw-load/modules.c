/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load.h"
#include "system/modload.h"

#include <string.h>

static bool load_module(struct load *load, struct kmod_ctx *ctx, const struct module *module, bool look)
{
	int err = 0;
	enum modload result = modload_one(ctx, module->name, look, &err);

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
	for (int look = load->opts.plan_only ? 1 : 0; look >= 0 && good; look--)
		for (size_t i = 0; i < load->extras.modules.len; i++)
			good = load_module(load, ctx, &load->extras.modules.item[i], look == 1) && good;
	modload_close(ctx);
	return good;
}
