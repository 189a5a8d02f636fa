/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The options of ct-stat that select entries. */
#ifndef FW_CMD_CT_STAT_FILTER_OPTION_H
#define FW_CMD_CT_STAT_FILTER_OPTION_H

#include "options.h"

/* Reads the filter that getopt returned as c. False: c is another option. A bad value ends the program. */
must_check bool filter_option(struct ct_stat_options *options, const struct cli *cli, int c, char *argv[]);

/* Reads the names of labels, once. 0 or -errno: the file cannot be read, and labels have numbers only. */
int filter_option_labels(struct ct_stat_options *options);

/* Call it after all options: adds the filters that depend on several, and refuses those that exclude each other. */
void filter_option_finish(struct ct_stat_options *options, const struct cli *cli);

#endif
