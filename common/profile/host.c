/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/host.h"

#include <string.h>

bool host_has_bits(const char *text, const struct addr_range *net)
{
	size_t len = strcspn(text, "/");
	char copy[ADDR_TEXT_MAX];
	struct addr_range alone;

	if (text[len] == '\0' || len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return addr_parse(copy, &alone) == ADDR_FINE && alone.first != net->first;
}

bool host_is_mapped(const struct addr_range *range)
{
	addr_bits first = (addr_bits)0xffff << 32, last = first | UINT32_MAX;

	return range->family == FAMILY_IPV6 && first <= range->first && range->last <= last &&
	       (range->first != first || range->last != last);
}

void host_print_mapped(struct strbuf *out, const struct addr_range *range)
{
	addr_print(out, &(struct addr_range){ FAMILY_IPV4, range->first & UINT32_MAX, range->last & UINT32_MAX });
}
