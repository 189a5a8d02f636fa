/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* How a process ended that read or wrote rules: what to say about the rule at which it was. */
#ifndef FW_MODEL_LOST_H
#define FW_MODEL_LOST_H

#include "base/child.h"

/* A process that only reads rules and stays at one for so many seconds hangs. */
#define LOST_PATIENCE 10

/* Appends what an extension of iptables did to the child. patience is that of child_finish. */
void lost_explain(struct strbuf *out, const struct child_end *end, unsigned patience);

#endif
