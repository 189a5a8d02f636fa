/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What check_forward found, for those that would say the same in other words. */
#ifndef FW_CHECK_CHECK_FORWARD_H
#define FW_CHECK_CHECK_FORWARD_H

#include "check/questions.h"

/* Does the policy of FORWARD let anyone outside open connections to the hosts behind this router? */
bool forward_is_open(const struct meaning *m);

#endif
