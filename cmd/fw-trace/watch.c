/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-trace/watch.h"
#include "model/lost.h"

#include <errno.h>
#include <signal.h>

static void report_rule(struct cli *cli, const struct child_end *end, const char *rules)
{
	struct where where = { .file = rules, .line = end->place };
	struct strbuf text = STRBUF_INIT;

	lost_explain(&text, end, LOST_PATIENCE);
	diag_add(&cli->log, DIAG_SYNTAX, &where, NULL, "%s", strbuf_text(&text));
	strbuf_free(&text);
}

int watch(struct cli *cli, struct child *child, const char *rules)
{
	struct child_end end;
	int err = child_finish(child, LOST_PATIENCE, NULL, &end);

	if (end.place > 0)
		report_rule(cli, &end, rules);
	else if (err == -ECHILD && end.signal == 0)
		return end.status;
	else if (err == -ECHILD)
		raise(end.signal);
	if (err != 0 && end.place == 0)
		diag_system(&cli->log, err, "the process that traces");
	return cli_finish(cli);
}
