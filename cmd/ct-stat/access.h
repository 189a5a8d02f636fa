/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What several modes of ct-stat need from the system. Each function reports its failure to cli's log. */
#ifndef FW_CMD_CT_STAT_ACCESS_H
#define FW_CMD_CT_STAT_ACCESS_H

#include "cli.h"
#include "base/strbuf.h"
#include "conntrack/ctnl.h"

/* Enters the network namespace of that name or process id; name NULL: stays. False after a report. */
must_check bool enter_netns(struct cli *cli, const char *name);

/*
 * Whether netlink can answer without loading a module. False after a report: connection tracking is not
 * active, or the kernel would load nf_conntrack_netlink first.
 */
must_check bool netlink_ready(struct cli *cli);

/* Opens netlink, if it is ready. False after a report. Close with ctnl_close. */
must_check bool open_netlink(struct cli *cli, struct ctnl *nl);

/* Writes all of text to standard output, without buffering. False after a report. */
must_check bool write_out(struct cli *cli, const struct strbuf *text);

#endif
