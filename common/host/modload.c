/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/modload.h"

#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct kmod_ctx *modload_open(const char *dir, const char *conf)
{
	const char *paths[] = { conf, NULL };
	struct kmod_ctx *ctx = kmod_new(dir, conf != NULL ? paths : NULL);

	if (ctx != NULL)
		kmod_set_log_priority(ctx, 0);
	return ctx;
}

void modload_close(struct kmod_ctx *ctx)
{
	if (ctx != NULL)
		kmod_unref(ctx);
}

/* Called by libkmod instead of running the configuration's command. */
static int refuse_command(struct kmod_module *module, const char *command, void *data)
{
	bool *refused = data;

	(void)module;
	(void)command;
	*refused = true;
	return -EPERM;
}

/* Without an index libkmod can look up nothing, and calls every name unknown. */
static bool has_tree(const struct kmod_ctx *ctx)
{
	struct stat tree;
	char path[4096];

	snprintf(path, sizeof(path), "%s/modules.dep.bin", kmod_get_dirname(ctx));
	return stat(path, &tree) == 0;
}

static bool is_there(const struct kmod_module *module)
{
	int state = kmod_module_get_initstate(module);

	return state == KMOD_MODULE_BUILTIN || state == KMOD_MODULE_LIVE;
}

/* Does the configuration have a command for the module, or for one that it needs? */
static bool has_command(const struct kmod_module *module)
{
	struct kmod_list *needs = kmod_module_get_dependencies(module), *item;
	bool found = kmod_module_get_install_commands(module) != NULL;

	kmod_list_foreach(item, needs)
	{
		struct kmod_module *need = kmod_module_get_module(item);

		found = found || (!is_there(need) && kmod_module_get_install_commands(need) != NULL);
		kmod_module_unref(need);
	}
	kmod_module_unref_list(needs);
	return found;
}

static size_t count_missing(const struct kmod_list *list)
{
	const struct kmod_list *item;
	size_t count = 0;

	kmod_list_foreach(item, list)
	{
		struct kmod_module *module = kmod_module_get_module(item);

		count += !is_there(module);
		kmod_module_unref(module);
	}
	return count;
}

/* libkmod would skip a blacklisted module and go on, and the kernel would then refuse the module that needs it. */
static bool needs_blacklisted(const struct kmod_ctx *ctx, const struct kmod_module *module)
{
	struct kmod_list *needs = kmod_module_get_dependencies(module), *allowed = NULL;
	bool found = needs != NULL && kmod_module_apply_filter(ctx, KMOD_FILTER_BLACKLIST, needs, &allowed) == 0 &&
		     count_missing(allowed) < count_missing(needs);

	kmod_module_unref_list(allowed);
	kmod_module_unref_list(needs);
	return found;
}

static enum modload insert(const struct kmod_ctx *ctx, struct kmod_module *module, bool look, int *err)
{
	unsigned flags = KMOD_PROBE_APPLY_BLACKLIST_ALL | (look ? KMOD_PROBE_DRY_RUN : 0);
	bool refused = false;

	if (is_there(module))
		return MODLOAD_DONE;
	if (look && has_command(module))
		return MODLOAD_COMMAND;
	if (look && needs_blacklisted(ctx, module))
		return MODLOAD_BLACKLIST;
	*err = kmod_module_probe_insert_module(module, flags, NULL, refuse_command, &refused, NULL);
	if (refused)
		return MODLOAD_COMMAND;
	if (*err > 0) /* libkmod returns a positive number for a blacklisted module */
		return MODLOAD_BLACKLIST;
	if (*err == -ENOSYS)
		return MODLOAD_NO_TREE;
	return *err == 0 || *err == -EEXIST ? MODLOAD_DONE : MODLOAD_FAILED;
}

enum modload modload_one(struct kmod_ctx *ctx, const char *name, bool look, int *err)
{
	struct kmod_list *list = NULL, *item;
	enum modload result = MODLOAD_DONE;

	if (!has_tree(ctx))
		return modload_allowed(name) ? MODLOAD_NO_TREE : MODLOAD_FOREIGN;
	*err = kmod_module_new_from_lookup(ctx, name, &list);
	if (*err < 0 && *err != -ENOENT)
		return MODLOAD_FAILED;
	if (list == NULL)
		result = MODLOAD_UNKNOWN;
	kmod_list_foreach(item, list)
	{
		struct kmod_module *module = kmod_module_get_module(item);

		if (result == MODLOAD_DONE && !modload_allowed(kmod_module_get_name(module)))
			result = MODLOAD_FOREIGN;
		if (result == MODLOAD_DONE)
			result = insert(ctx, module, look, err);
		kmod_module_unref(module);
	}
	kmod_module_unref_list(list);
	return result;
}

static void add_missing(const struct kmod_module *module, struct strbuf *out)
{
	if (!is_there(module))
		strbuf_printf(out, " %s", kmod_module_get_name(module));
}

void modload_order(struct kmod_ctx *ctx, const char *name, struct strbuf *out)
{
	struct kmod_list *list = NULL, *item;

	if (!has_tree(ctx) || kmod_module_new_from_lookup(ctx, name, &list) < 0)
		return;
	kmod_list_foreach(item, list)
	{
		struct kmod_module *module = kmod_module_get_module(item);
		struct kmod_list *needs = is_there(module) ? NULL : kmod_module_get_dependencies(module), *other;

		kmod_list_foreach(other, needs)
		{
			struct kmod_module *need = kmod_module_get_module(other);

			add_missing(need, out);
			kmod_module_unref(need);
		}
		add_missing(module, out);
		kmod_module_unref_list(needs);
		kmod_module_unref(module);
	}
	kmod_module_unref_list(list);
}

const char *modload_text(enum modload result)
{
	static const char *const texts[] = {
		[MODLOAD_DONE] = "is loaded",
		[MODLOAD_UNKNOWN] = "is not known to this kernel",
		[MODLOAD_BLACKLIST] = "is blacklisted in modprobe.d, or a module that it needs is",
		[MODLOAD_FOREIGN] = "is not a module of the packet filter",
		[MODLOAD_COMMAND] = "has an `install` command in modprobe.d, or a module that it needs has one: such commands are not run",
		[MODLOAD_NO_TREE] = "cannot be looked up: this kernel has no modules",
		[MODLOAD_FAILED] = "could not be loaded",
	};

	return texts[result];
}
