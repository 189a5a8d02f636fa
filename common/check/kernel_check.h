/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Between check_kernel.c, which goes by the rows of model/kinds.h, and kernel_data.c, kernel_rate.c and kernel_bpf.c, which look into options. */
#ifndef FW_CHECK_KERNEL_CHECK_H
#define FW_CHECK_KERNEL_CHECK_H

#include "diag/diag.h"
#include "model/ruleset.h"

/* The rule that is being looked at, and where it stands. */
struct kernel_check {
	const struct ruleset *ruleset;
	const struct table *table;
	const struct chain *chain;
	const struct rule *rule;
	unsigned table_bit; /* of enum table_bit (model/builtin.h) */
	unsigned hooks;     /* from which the chain can be reached; 0: from none */
	struct diag_log *log;
};

/* A finding at the word that names the extension. */
void kernel_say(const struct kernel_check *check, enum diag_id id, const struct extension *extension, const char *text);

/* The extension, or its option `what` ("": all of it), works in these hooks, or with these protocols, only. */
void kernel_want_hooks(const struct kernel_check *check, const struct extension *extension, const char *what,
		       unsigned allowed);
void kernel_want_protocols(const struct kernel_check *check, const struct extension *extension, const char *what,
			   const unsigned char *protocols, size_t count);

/* What the kernel refuses in the options of a match or target; few have such a check. */
struct kernel_data_check {
	const char *name;
	bool target;
	void (*look)(const struct kernel_check *check, const struct extension *extension);
};

extern const struct kernel_data_check kernel_data_checks[];
extern const size_t kernel_data_check_count;

/* Those of kernel_rate.c and kernel_bpf.c. */
void kernel_check_limit(const struct kernel_check *check, const struct extension *extension);
void kernel_check_hashlimit(const struct kernel_check *check, const struct extension *extension);
void kernel_check_bpf(const struct kernel_check *check, const struct extension *extension);

/* The data as the kernel's structure. NULL: too short for it, so the options are left unchecked. */
#define KERNEL_DATA(extension, type) \
	((extension)->size >= sizeof(type) ? (const type *)(const void *)(extension)->data : NULL)

/* May the name become that of a file below /proc or /sys? */
bool kernel_file_name(const char *name, size_t size);

/* What depends on the options of an extension. */
void kernel_check_data(const struct kernel_check *check, const struct extension *extension);

/* What depends on the rule's own options. */
void kernel_check_rule(const struct kernel_check *check);

#endif
