/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/pack.h"
#include "base/gzout.h"

#include <stdlib.h>

const struct pack_kind pack_kinds[PACK_FORMATS] = {
	[PACK_GZIP] = { .name = "gzip", .suffix = ".gz", .normal = GZ_LEVEL_DEFAULT, .fast = GZ_LEVEL_FAST, .most = 9 },
};

struct packer {
	struct gzout *gz; /* owned */
};

static int level_of(const struct pack_options *options)
{
	const struct pack_kind *kind = &pack_kinds[options->format];

	if (options->level == PACK_LEVEL_DEFAULT)
		return kind->normal;
	return options->level == PACK_LEVEL_FAST ? kind->fast : options->level;
}

struct packer *packer_new(int fd, const struct pack_options *options)
{
	struct packer *packer = calloc(1, sizeof(*packer));
	struct gz_options gz = { .level = level_of(options), .threads = options->threads, .check = options->check };

	if (packer == NULL)
		return NULL;
	packer->gz = gzout_new(fd, &gz);
	if (packer->gz != NULL)
		return packer;
	packer_free(packer);
	return NULL;
}

int packer_write(struct packer *packer, const void *bytes, size_t len)
{
	return gzout_write(packer->gz, bytes, len);
}

int packer_finish(struct packer *packer)
{
	return gzout_finish(packer->gz);
}

int packer_check(const struct packer *packer, int fd)
{
	return gzout_reread(packer->gz, fd);
}

uint64_t packer_length(const struct packer *packer)
{
	return gzout_length(packer->gz);
}

void packer_free(struct packer *packer)
{
	if (packer == NULL)
		return;
	gzout_free(packer->gz);
	free(packer);
}
