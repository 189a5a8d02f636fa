/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The modes of ct-stat, each in a file of its own. They return the exit status, apart from lost output. */
#ifndef FW_CMD_CT_STAT_RUN_H
#define FW_CMD_CT_STAT_RUN_H

#include "options.h"

must_check int run_report(struct cli *cli, struct ct_stat_options *options);
must_check int run_merge(struct cli *cli, struct ct_stat_options *options);
must_check int run_top(struct cli *cli, struct ct_stat_options *options);
must_check int run_list(struct cli *cli, struct ct_stat_options *options);
must_check int run_expect(struct cli *cli, struct ct_stat_options *options);
must_check int run_events(struct cli *cli, struct ct_stat_options *options);
must_check int run_watch(struct cli *cli, struct ct_stat_options *options);
must_check int run_advise(struct cli *cli, struct ct_stat_options *options); /* --sysctl too */

#endif
