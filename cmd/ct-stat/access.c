/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "access.h"
#include "base/file.h"
#include "conntrack/namespace.h"
#include "conntrack/source.h"

#include <errno.h>
#include <unistd.h>

bool enter_netns(struct cli *cli, const char *name)
{
	int err = name != NULL ? namespace_enter(name) : 0;

	if (err != 0)
		diag_system(&cli->log, err, "netns %s", name);
	return err == 0;
}

bool netlink_ready(struct cli *cli)
{
	int err = source_netlink_ready("/proc");

	if (err == -ENOENT)
		diag_add(&cli->log, DIAG_CONNTRACK, NULL, NULL, "connection tracking is not active here");
	else if (err == -ENOPROTOOPT)
		diag_add(&cli->log, DIAG_CONNTRACK, NULL, NULL,
			 "needs the module nf_conntrack_netlink, which is not loaded");
	return err == 0;
}

bool open_netlink(struct cli *cli, struct ctnl *nl)
{
	int err;

	if (!netlink_ready(cli))
		return false;
	err = ctnl_open(nl);
	if (err != 0)
		diag_system(&cli->log, err, "netlink");
	return err == 0;
}

bool write_out(struct cli *cli, const struct strbuf *text)
{
	int err = file_write(STDOUT_FILENO, strbuf_text(text), text->len);

	if (err != 0)
		diag_system(&cli->log, err, "standard output");
	return err == 0;
}
