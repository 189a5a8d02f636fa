/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * In which words this program prints a rule depends on the program itself, on libxtables and its extensions, and on the
 * files in /etc from which these take names.
 */
#ifndef FW_HOST_WORDING_H
#define FW_HOST_WORDING_H

#include "base/strbuf.h"

/*
 * Appends a line for each of these files: an upgrade or an edit changes it. Two equal texts mean that the same rule is
 * printed in the same words.
 */
void wording_stamp(struct strbuf *out);

#endif
