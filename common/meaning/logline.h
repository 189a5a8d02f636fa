/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The packet that a line of the target LOG tells of (net/netfilter/nf_log_syslog.c). */
#ifndef FW_MEANING_LOGLINE_H
#define FW_MEANING_LOGLINE_H

#include "meaning/packet.h"

/* False: the line is none of LOG's. The state, which LOG does not write, is taken as new. */
must_check bool packet_from_log(struct packet *packet, const char *line, size_t len);

/*
 * The packet that answers one: addresses, ports and interfaces changed over, as FORWARD and INPUT see
 * them. `sent` is as it came in, `left` as it went out, rewritten.
 */
struct packet packet_reply(const struct packet *sent, const struct packet *left);

#endif
