/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * swapper ROUNDS ONE OTHER - exchange the two names ROUNDS times, like an attacker who aims between a root process's check
 * of a file and its use. In the end both names are as before.
 */
#include "base/file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>

int main(int argc, char *argv[])
{
	long rounds = argc == 4 ? atol(argv[1]) : 0;

	if (rounds <= 0)
		return 2;
	for (long i = 0; i < 2 * rounds; i++)
		if (file_rename(AT_FDCWD, argv[2], AT_FDCWD, argv[3], RENAME_EXCHANGE) != 0)
			return 1;
	return 0;
}
