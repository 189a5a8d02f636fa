/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Texts that are no iptables-restore text at all: what they look like. */
#ifndef FW_CHECK_FOREIGN_H
#define FW_CHECK_FOREIGN_H

#include "text/stream.h"

/* Is this text no ruleset? Then reports that, once, with what it looks like, and returns true. */
bool foreign_text(const struct stream *stream, struct diag_log *log);

#endif
