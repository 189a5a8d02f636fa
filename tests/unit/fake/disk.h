/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A copy of a state folder (store/state.h) in memory, to restore the files that a dying process leaves. */
#ifndef FW_TESTS_FAKE_DISK_H
#define FW_TESTS_FAKE_DISK_H

#include "base/strbuf.h"
#include "base/vec.h"

struct fake_file {
	char *name;          /* owned; below the folder */
	struct strbuf bytes; /* owned; a link's target */
	bool is_link;
};

struct fake_disk {
	VEC(struct fake_file) files;
};

/* Reads the folder. On an error, the process ends with a message. */
void fake_disk_read(struct fake_disk *disk, const char *dir);

/* Makes the folder hold exactly these files. */
void fake_disk_write(const struct fake_disk *disk, const char *dir);

struct fake_file *fake_disk_find(struct fake_disk *disk, const char *name); /* NULL: none */
void fake_disk_free(struct fake_disk *disk);

#endif
