/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ct-stat does in each of its modes. Each returns the exit status of the run before standard output is
 * closed. */
#ifndef FW_CMD_CT_STAT_RUN_H
#define FW_CMD_CT_STAT_RUN_H

#include "options.h"

int run_report(struct cli *cli, const struct ct_stat_options *options);
int run_merge(struct cli *cli, const struct ct_stat_options *options);
int run_top(struct cli *cli, struct ct_stat_options *options);
int run_list(struct cli *cli, const struct ct_stat_options *options);
int run_events(struct cli *cli, const struct ct_stat_options *options);
int run_watch(struct cli *cli, struct ct_stat_options *options);
int run_advise(struct cli *cli, const struct ct_stat_options *options);

/*
 * Opens netlink where that starts nothing. False after a report: connection tracking is not active, the
 * kernel would have to load a module, or it does not let us.
 */
struct ctnl;
must_check bool open_netlink(struct cli *cli, struct ctnl *nl);
must_check bool netlink_ready(struct cli *cli);

/* All of text goes to standard output now; false after a report. */
must_check bool write_out(struct cli *cli, const struct strbuf *text);

/* Enters the network namespace of that name or process id. False after a report. */
must_check bool enter_netns(struct cli *cli, const char *name);

#endif
