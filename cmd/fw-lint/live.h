/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What the running kernel has, of this network namespace. */
#ifndef FW_CMD_FW_LINT_LIVE_H
#define FW_CMD_FW_LINT_LIVE_H

#include "base/strbuf.h"
#include "check/setting.h"

#include <net/if.h>

struct live {
	struct strbuf values[SETTING_COUNT];
	struct if_nameindex *interfaces;
	const char **names;
};

/* Reads what there is: a setting of a module that is not loaded is left out. live_free must follow. */
void live_read(struct live *live, struct check_live *to);
void live_free(struct live *live);

#endif
