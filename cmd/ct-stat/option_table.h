/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The options of ct-stat: their values, texts and names, and the modes in which each has a meaning. */
#ifndef FW_CMD_CT_STAT_OPTION_TABLE_H
#define FW_CMD_CT_STAT_OPTION_TABLE_H

#include "cli.h"
#include "options.h"

/* Options without a short name. */
enum {
	OPT_WARN_EARLY_DROP = 256,
	OPT_CRIT_DROP,
	OPT_WARN_INSERT_FAILED,
	OPT_WARN_ASSURED,
	OPT_CRIT_ASSURED,
	OPT_FULL_IN,
	OPT_ASSURED,
	OPT_SYSLOG,
	OPT_REPEAT,
	OPT_STATE,
	OPT_INTERVAL,
	OPT_NETNS,
	OPT_ABSENT_OK,
	OPT_PROC,
	OPT_PLUGIN,
	OPT_JSON,
	OPT_PROM,
	OPT_MERGE,
	OPT_TSV,
	OPT_NO_HEADER,
	OPT_TOP,
	OPT_MIN,
	OPT_BY,
	OPT_SAMPLE,
	OPT_LIST,
	OPT_EXPECT,
	OPT_EVENTS,
	OPT_ONLY,
	OPT_BUFFER,
	OPT_WATCH,
	OPT_SPORT,
	OPT_DPORT,
	OPT_ZONE,
	OPT_TCP_STATE,
	OPT_STATUS,
	OPT_UNREPLIED,
	OPT_SRC_NAT,
	OPT_DST_NAT,
	OPT_ANY_NAT,
	OPT_REPLY_SRC,
	OPT_REPLY_DST,
	OPT_REPLY_PORT_SRC,
	OPT_REPLY_PORT_DST,
	OPT_MASK_SRC,
	OPT_MASK_DST,
	OPT_ORIG_ZONE,
	OPT_REPLY_ZONE,
	OPT_ICMP_TYPE,
	OPT_ICMP_CODE,
	OPT_ICMP_ID,
	OPT_SRCKEY,
	OPT_DSTKEY,
	OPT_REPLY_KEY_SRC,
	OPT_REPLY_KEY_DST,
	OPT_ADVISE,
	OPT_SYSCTL,
};

#define IN(mode)   (1u << MODE_##mode)
#define IN_ENTRIES (IN(TOP) | IN(LIST) | IN(EVENTS) | IN(WATCH))

extern const char usage[];
extern const struct option longs[];
extern const struct cli_scope scopes[];
extern const size_t scope_count;

#endif
