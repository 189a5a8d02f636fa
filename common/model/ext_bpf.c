/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The match `bpf`: iptables' own opens the object of --object-pinned while it parses, which needs root and
 * the object. That one option is read here, all else of it by the extension itself.
 */
#include "model/xt.h"

#include <linux/netfilter/xt_bpf.h>
#include <string.h>

static void parse_bpf(struct xt_option_call *cb)
{
	struct xt_bpf_info_v1 *info = cb->data;

	if (strcmp(cb->entry->name, "object-pinned") != 0) {
		door.parse_bpf(cb);
		return;
	}
	xtables_option_parse(cb);
	if (strlen(cb->arg) >= sizeof(info->path))
		xtables_error(PARAMETER_PROBLEM, "bpf: --object-pinned takes a path of at most %zu bytes", sizeof(info->path) - 1);
	info->mode = XT_BPF_MODE_FD_PINNED;
	info->fd = -1; /* the loader's to open */
	memcpy(info->path, cb->arg, strlen(cb->arg) + 1);
}

void door_read_bpf(struct xtables_match *match)
{
	if (strcmp(match->name, "bpf") != 0 || match->revision != 1 || match->x6_parse == parse_bpf)
		return;
	door.parse_bpf = match->x6_parse;
	match->x6_parse = parse_bpf;
}
