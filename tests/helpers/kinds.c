/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Prints the rows of model/kinds.h as tests/data/kernel-samples has its lines, NAME;RULE for IPv4;RULE for IPv6: "=" is
 * the same rule, "-" none.
 */
#include "model/kinds.h"

#include <stdio.h>

static void print(const char *name, const struct kernel_demands *kernel, const char *sample, const char *sample6)
{
	const char *same = sample6 != NULL ? sample6 : (kernel->families & FAMILY_IPV4) != 0 ? "=" : sample;

	printf("%s;%s;%s\n", name, (kernel->families & FAMILY_IPV4) != 0 ? sample : "-",
	       (kernel->families & FAMILY_IPV6) != 0 ? same : "-");
}

int main(void)
{
	for (size_t i = 0; i < match_kind_count; i++)
		print(match_kinds[i].name, &match_kinds[i].kernel, match_kinds[i].sample, match_kinds[i].sample6);
	for (size_t i = 0; i < target_kind_count; i++)
		print(target_kinds[i].name, &target_kinds[i].kernel, target_kinds[i].sample, target_kinds[i].sample6);
	return 0;
}
