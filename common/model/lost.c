/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/lost.h"

#include <string.h>

void lost_explain(struct strbuf *out, const struct child_end *end, unsigned patience)
{
	const char *here = end->place > 0 ? " at this rule" : "";

	if (end->hung)
		strbuf_printf(out, "an extension of iptables hangs%s: no progress for %u seconds", here, patience);
	else if (end->signal != 0)
		strbuf_printf(out, "an extension of iptables crashes%s: signal %d (%s)", here, end->signal, strsignal(end->signal));
	else
		strbuf_printf(out, "the process that reads the rules ends%s with status %d", here, end->status);
}
