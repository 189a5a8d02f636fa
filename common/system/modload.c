/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "system/modload.h"

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

/* Called in place of a shell: the configuration's command is not run. */
static int refuse_command(struct kmod_module *module, const char *command, void *data)
{
	bool *refused = data;

	(void)module;
	(void)command;
	*refused = true;
	return -EPERM;
}

/* Without an index nothing can be looked up, and libkmod calls every name unknown. */
static bool has_tree(const struct kmod_ctx *ctx)
{
	struct stat tree;
	char path[4096];

	snprintf(path, sizeof(path), "%s/modules.dep.bin", kmod_get_dirname(ctx));
	return stat(path, &tree) == 0;
}

static enum modload insert(struct kmod_module *module, bool look, int *err)
{
	unsigned flags = KMOD_PROBE_APPLY_BLACKLIST_ALL | (look ? KMOD_PROBE_DRY_RUN : 0);
	bool refused = false;

	if (kmod_module_get_initstate(module) == KMOD_MODULE_BUILTIN ||
	    kmod_module_get_initstate(module) == KMOD_MODULE_LIVE)
		return MODLOAD_DONE;
	if (look && kmod_module_get_install_commands(module) != NULL)
		return MODLOAD_COMMAND;
	*err = kmod_module_probe_insert_module(module, flags, NULL, refuse_command, &refused, NULL);
	if (refused)
		return MODLOAD_COMMAND;
	if (*err > 0) /* libkmod tells a blacklisted module by a positive number */
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
		return MODLOAD_NO_TREE;
	*err = kmod_module_new_from_lookup(ctx, name, &list);
	if (*err < 0 && *err != -ENOENT)
		return MODLOAD_FAILED;
	if (list == NULL)
		result = MODLOAD_UNKNOWN;
	kmod_list_foreach(item, list)
	{
		struct kmod_module *module = kmod_module_get_module(item);

		if (result == MODLOAD_DONE)
			result = insert(module, look, err);
		kmod_module_unref(module);
	}
	kmod_module_unref_list(list);
	return result;
}

const char *modload_text(enum modload result)
{
	static const char *const texts[] = {
		[MODLOAD_DONE] = "is loaded",
		[MODLOAD_UNKNOWN] = "is not known to this kernel",
		[MODLOAD_BLACKLIST] = "is blacklisted in modprobe.d",
		[MODLOAD_COMMAND] = "has an `install` command in modprobe.d, which is not run from here",
		[MODLOAD_NO_TREE] = "cannot be looked up: this kernel has no modules",
		[MODLOAD_FAILED] = "could not be loaded",
	};

	return texts[result];
}
