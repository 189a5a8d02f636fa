/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The file of a program, and its dynamic linker, which the kernel executes too. Used only in this folder. */
#ifndef FW_CONFINE_EXEFILE_H
#define FW_CONFINE_EXEFILE_H

#include "base/base.h"

struct exefile {
	int file;   /* owned; the program, with links followed; -1: none */
	int linker; /* owned; its dynamic linker; -1: it has none */
	bool elf;   /* an ELF file that we understand, not a script */
};

/*
 * 0; -EKEYREJECTED: neither root nor we own the program or its linker, or others can write to it; another
 * -errno. exefile_close must follow.
 */
must_check int exefile_open(struct exefile *program, const char *path);

void exefile_close(struct exefile *program);

#endif
