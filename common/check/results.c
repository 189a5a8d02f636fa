/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/results.h"

#include <string.h>

/* The kinds of messages between the processes. */
enum message { MESSAGE_FINDING, MESSAGE_EXPOSED, MESSAGE_LEFT };

static void send_finding(void *ctx, const struct diag *diag)
{
	struct diag body = *diag;

	body.text = NULL;
	outbox_send(ctx, MESSAGE_FINDING, &body, sizeof(body), diag->text);
}

struct diag_log results_log(struct outbox *out)
{
	return (struct diag_log){ .report = send_finding, .ctx = out };
}

void results_send_exposure(struct outbox *out, struct exposure *exposure, struct diag_log *log)
{
	for (size_t i = 0; i < exposure->list.len; i++) {
		struct exposed body = exposure->list.item[i];

		body.packet = NULL;
		outbox_send(out, MESSAGE_EXPOSED, &body, sizeof(body), exposure->list.item[i].packet);
	}
	if (exposure->no_memory)
		diag_memory(log);
	exposure_free(exposure);
}

void results_send_left(struct outbox *out)
{
	outbox_send(out, MESSAGE_LEFT, NULL, 0, "");
}

static void receive(void *ctx, unsigned kind, const char *body, size_t body_len, const char *text)
{
	struct results *results = ctx;
	struct diag diag;
	struct exposed exposed;

	if (kind == MESSAGE_FINDING && body_len == sizeof(diag)) {
		memcpy(&diag, body, sizeof(diag));
		diag.text = text;
		findings_add(&results->findings, &diag);
	} else if (kind == MESSAGE_EXPOSED && body_len == sizeof(exposed)) {
		memcpy(&exposed, body, sizeof(exposed));
		exposed.packet = text;
		exposure_add(&results->exposure, &exposed);
	} else if (kind == MESSAGE_LEFT) {
		results->meaning_left = true;
	}
}

struct inbox results_inbox(struct results *results)
{
	return (struct inbox){ .receive = receive, .ctx = results };
}

void results_free(struct results *results)
{
	findings_free(&results->findings);
	exposure_free(&results->exposure);
}
