/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/stage.h"

#define RAW      { STAGE_RAW, "raw" }
#define MANGLE   { STAGE_PLAIN, "mangle" }
#define NAT      { STAGE_NAT, "nat" }
#define FILTER   { STAGE_PLAIN, "filter" }
#define SECURITY { STAGE_PLAIN, "security" }

static const struct stage prerouting[] = { RAW, MANGLE, NAT };
static const struct stage input[] = { MANGLE, FILTER, SECURITY, NAT };
static const struct stage forward[] = { MANGLE, FILTER, SECURITY };
static const struct stage output[] = { RAW, MANGLE, NAT, FILTER, SECURITY };
static const struct stage postrouting[] = { MANGLE, NAT };

const struct stage *hook_stages(enum hook hook, size_t *count)
{
	switch (hook) {
	case HOOK_PREROUTING:
		*count = ARRAY_LEN(prerouting);
		return prerouting;
	case HOOK_INPUT:
		*count = ARRAY_LEN(input);
		return input;
	case HOOK_OUTPUT:
		*count = ARRAY_LEN(output);
		return output;
	case HOOK_POSTROUTING:
		*count = ARRAY_LEN(postrouting);
		return postrouting;
	default:
		*count = ARRAY_LEN(forward);
		return forward;
	}
}
