/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Prints the generation of nf_tables in its network namespace. */
#include "host/nftgen.h"

#include <stdio.h>

int main(void)
{
	uint32_t generation;

	if (nftgen_read(&generation) != 0)
		return 1;
	printf("%u\n", generation);
	return 0;
}
