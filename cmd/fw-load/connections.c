/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Whose live connections a load would cut, and whether it is refused for that. */
#include "cuts/cuts.h"
#include "fw-load/run.h"

#include <signal.h>

/* A rollback leads back to rules that were in force, and is never refused. */
static bool is_refused(const struct fw_load_options *options, const struct cuts_report *report)
{
	if (options->force || options->action != ACTION_LOAD)
		return false;
	if (options->cuts == CUTS_REFUSE && report->count.cut > 0)
		return true;
	return options->cuts != CUTS_REPORT && report->own_cut && options->confirm == 0;
}

/* The terminal may be gone: a refusal stands, and has its status. */
static void show(const struct load_run *run, const char *text, struct strbuf *plan, bool refused)
{
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);

	if (plan != NULL)
		strbuf_puts(plan, text);
	else if (!run->cli->quiet_warnings)
		fprintf(stderr, "fw-load: %s", text);
	if (!refused)
		signal(SIGPIPE, before);
}

enum result run_connections(void *arg, struct load_change *change, struct strbuf *plan)
{
	struct load_run *run = arg;
	struct cuts_request request = { change->old, change->new, change->input, &run->session, "/proc", run->options.verbose };
	struct cuts_report report;
	bool refused = false;

	if (cuts_find(&report, &request, &run->cli->log) && report.text.len > 0) {
		refused = plan == NULL && is_refused(&run->options, &report);
		run_phase(run, NULL);
		show(run, strbuf_text(&report.text), plan, refused);
	}
	for (int i = 0; i < FAMILIES; i++)
		change->cut[i] = report.cut[i];
	if (refused)
		diag_add(&run->cli->log, DIAG_CUTS, NULL, NULL, "nothing was changed, as %s would be cut; use --confirm 60 or --force",
			 report.own_cut ? "your own session" : "live connections");
	else if (report.own_cut && run->options.confirm > 0)
		diag_add(&run->cli->log, DIAG_LOAD_WARNING, NULL, NULL,
			 "your own session will be cut; it lives again when the load is undone");
	cuts_free(&report);
	return refused ? RESULT_CUTS : RESULT_DONE;
}
