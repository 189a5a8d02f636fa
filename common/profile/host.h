/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Addresses that are valid, but hardly what was meant. */
#ifndef FW_PROFILE_HOST_H
#define FW_PROFILE_HOST_H

#include "addr/addr.h"

/* Whether the text, which was parsed into this network, has bits behind the prefix: "10.0.0.5/8". */
bool host_has_bits(const char *text, const struct addr_range *net);

/* Whether all addresses are IPv4-mapped ones (::ffff:192.0.2.1), but not all of these: no packet carries such a one. */
bool host_is_mapped(const struct addr_range *range);

/* Prints the IPv4 addresses of a mapped range. */
void host_print_mapped(struct strbuf *out, const struct addr_range *range);

#endif
