/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* iptables' own options (iptables(8)), those that do not belong to an extension. */
#ifndef FW_MODEL_OPTIONS_H
#define FW_MODEL_OPTIONS_H

#include "text/family.h"

#include <getopt.h>

/* For getopt_long: `-` hands over words that are no options, in order; `:` tells a missing argument apart. */
#define BASE_SHORT_OPTIONS "-:A:C:D:E:F::I:L::M:N:P:R:S::VW::X::Z::bc:d:fg:h::i:j:m:no:p:s:t:vw::x46"

/* Ended by an entry without a name. */
extern const struct option base_options[];
extern const unsigned base_option_count; /* without that entry */

/* The long name of a short option, for messages: "-p" gives "protocol". */
const char *base_option_name(int c);

#endif
