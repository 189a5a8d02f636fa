/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* --advise and --sysctl. Neither ever writes to the kernel. */
#include "run.h"
#include "access.h"
#include "conntrack/advise.h"

int run_advise(struct cli *cli, struct ct_stat_options *options)
{
	struct facts facts = { 0 };
	struct strbuf out = STRBUF_INIT;
	advice_list list = { 0 };

	if (!enter_netns(cli, options->netns))
		return STATUS_SYSTEM;
	if (facts_gather(&facts) != 0 || advise(&facts, &list) != 0)
		diag_memory(&cli->log);
	else if (facts.now.absent)
		diag_add(&cli->log, DIAG_CONNTRACK, NULL, NULL, "connection tracking is not active here");
	else if (options->mode == MODE_SYSCTL)
		advise_sysctl(&out, &facts, &list);
	else if (options->format == FORMAT_JSON)
		advise_json(&out, &facts, &list);
	else
		advise_text(&out, &facts, &list);
	if (out.failed)
		diag_memory(&cli->log);
	else
		(void)!write_out(cli, &out); /* it reports a failure, which is counted below */
	strbuf_free(&out);
	advice_free(&list);
	facts_free(&facts);
	return diag_errors(&cli->log) > 0 ? STATUS_SYSTEM : STATUS_DONE;
}
