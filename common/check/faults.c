/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/faults.h"
#include "model/lost.h"

#include <signal.h>
#include <stdio.h>

/*
 * Each fault costs a reading of the text. One that hangs costs LOST_PATIENCE besides, and one that the kernel kills
 * has used up the time or the memory that a process may have.
 */
#define FAULTS_MAX 100
#define SLOW_MAX   3

static void explain(char *why, size_t size, const struct child_end *end)
{
	struct strbuf text = STRBUF_INIT;

	lost_explain(&text, end, LOST_PATIENCE);
	snprintf(why, size, "%s", strbuf_text(&text));
	strbuf_free(&text);
}

bool rule_faults_note(struct rule_faults *faults, const struct child_end *end)
{
	struct rule_fault fault = { .line = end->place - 1 };

	if (end->place == 0)
		return false;
	explain(fault.why, sizeof(fault.why), end);
	if (!vec_push(&faults->list, fault))
		return false;
	for (size_t i = faults->list.len - 1; i > 0 && faults->list.item[i - 1].line > fault.line; i--) {
		faults->list.item[i] = faults->list.item[i - 1];
		faults->list.item[i - 1] = fault;
	}
	faults->slow += end->hung || end->signal == SIGKILL;
	return true;
}

const char *rule_faults_refuse(void *ctx, unsigned line)
{
	const struct rule_faults *faults = ctx;
	size_t low = 0, high = faults->list.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (faults->list.item[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < faults->list.len)
		return faults->list.item[low].line == line ? faults->list.item[low].why : NULL;
	if (faults->list.len >= FAULTS_MAX || faults->slow >= SLOW_MAX)
		return "not read: extensions of iptables crash or hang at too many rules before this one";
	return NULL;
}
