/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* --events: a line for each change, until a signal ends it. */
#include "run.h"
#include "access.h"
#include "conntrack/events.h"
#include "conntrack/source.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static void end_on_signals(void)
{
	/* A second signal ends the program at once. */
	struct sigaction action = { .sa_handler = end, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Warns of what would make the listing empty, or have more gaps than the user expects. */
static void warn(struct cli *cli, const struct events *events, const struct ct_stat_options *options)
{
	uint64_t enabled;

	if (source_sysctl("/proc", "nf_conntrack_events", &enabled) == 0 && enabled == 0)
		diag_add(&cli->log, DIAG_CONNTRACK_WARNING, NULL, NULL,
			 "net.netfilter.nf_conntrack_events is 0: the kernel reports no events");
	if (events->buffer < options->entries.buffer)
		diag_add(&cli->log, DIAG_CONNTRACK_WARNING, NULL, NULL,
			 "the kernel grants a buffer of only %llu bytes: see net.core.rmem_max",
			 (unsigned long long)events->buffer);
}

/*
 * Writes each batch before it reads the next one, so that a reader of the pipe lags by one batch at most.
 * After a signal it still writes the events that were waiting.
 */
static int follow(struct cli *cli, struct events *events)
{
	struct strbuf out = STRBUF_INIT;
	int err = 0;

	while (err == 0) {
		if (ended && !events->leaving)
			events_leave(events);
		err = events_read(events, &out);
		if (err == -EINTR)
			err = 0;
		if (err == -EAGAIN) /* all waiting events are written */
			break;
		if (err != 0)
			diag_system(&cli->log, err, "reading events");
		else if (out.len > 0 && !write_out(cli, &out))
			err = -EIO;
		strbuf_reset(&out);
	}
	strbuf_free(&out);
	return err == -EAGAIN ? 0 : err;
}

/* Reports at the end what is missing in the listing. */
static void summarize(struct cli *cli, const struct events *events)
{
	if (events->damaged > 0)
		diag_add(&cli->log, DIAG_CONNTRACK, NULL, NULL, "%llu events are damaged",
			 (unsigned long long)events->damaged);
	if (events->lost > 0)
		diag_add(&cli->log, DIAG_CONNTRACK_WARNING, NULL, NULL,
			 "%llu events were lost: use a larger --buffer or a faster reader",
			 (unsigned long long)events->lost);
}

int run_events(struct cli *cli, struct ct_stat_options *options)
{
	struct events events = { .filter = &options->entries.filter,
				 .labels = options->entries.has_labels ? &options->entries.labels : NULL,
				 .json = options->format == FORMAT_JSON,
				 .fd = -1 };
	int err;

	if (!enter_netns(cli, options->netns) || !netlink_ready(cli))
		return STATUS_SYSTEM;
	end_on_signals();
	err = events_open(&events, options->entries.events, options->entries.buffer);
	if (err != 0) {
		diag_system(&cli->log, err, "listening to events");
	} else {
		warn(cli, &events, options);
		err = follow(cli, &events);
		summarize(cli, &events);
	}
	events_close(&events);
	return err != 0 || diag_errors(&cli->log) > 0 ? STATUS_SYSTEM : STATUS_DONE;
}
