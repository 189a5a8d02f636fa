/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/coder.h"

#include <lzma.h>
#include <stdlib.h>

/* xz -9 needs 65 MiB to decompress. A damaged header must not make us take all memory. */
#define MEMORY_MAX ((uint64_t)512 << 20)

struct xz_coder {
	struct coder coder; /* first, so that a pointer to it is one to this */
	lzma_stream z;
	bool decodes;
};

static const char *fault_of(lzma_ret state)
{
	switch (state) {
	case LZMA_FORMAT_ERROR:
		return "not an xz file, or its header is damaged";
	case LZMA_MEMLIMIT_ERROR:
		return "needs too much memory";
	case LZMA_OPTIONS_ERROR:
		return "uses options that this liblzma does not know";
	case LZMA_BUF_ERROR:
		return "ends too early";
	case LZMA_MEM_ERROR:
		return NULL;
	default:
		return "damaged data, or garbage behind the end"; /* liblzma does not tell which */
	}
}

static enum coder_state run(struct coder *coder, struct coder_io *io, bool last)
{
	struct xz_coder *xz = (struct xz_coder *)coder;
	lzma_ret state;

	xz->z.next_in = io->in;
	xz->z.avail_in = io->in_len;
	xz->z.next_out = io->out;
	xz->z.avail_out = io->out_len;
	state = lzma_code(&xz->z, last ? LZMA_FINISH : LZMA_RUN);
	*io = (struct coder_io){ xz->z.next_in, xz->z.avail_in, xz->z.next_out, xz->z.avail_out };
	if (state == LZMA_STREAM_END)
		return CODER_ENDED;
	/* LZMA_BUF_ERROR: twice without progress. This is an error only if nothing can be added. */
	if (state == LZMA_OK || (state == LZMA_BUF_ERROR && !(xz->decodes && last && io->out_len > 0)))
		return CODER_RUNS;
	coder->fault = xz->decodes ? fault_of(state) : NULL;
	return CODER_FAILED;
}

static void xz_free(struct coder *coder)
{
	struct xz_coder *xz = (struct xz_coder *)coder;

	lzma_end(&xz->z);
	free(xz);
}

static struct xz_coder *xz_new(bool decodes)
{
	struct xz_coder *xz = calloc(1, sizeof(*xz));

	if (xz == NULL)
		return NULL;
	*xz = (struct xz_coder){ .coder = { .run = run, .free = xz_free }, .z = LZMA_STREAM_INIT, .decodes = decodes };
	return xz;
}

static struct coder *ready(struct xz_coder *xz, lzma_ret state)
{
	if (state == LZMA_OK)
		return &xz->coder;
	xz_free(&xz->coder);
	return NULL;
}

struct coder *xz_encoder(int level, unsigned threads)
{
	const lzma_mt several = { .threads = threads, .preset = (uint32_t)level, .check = LZMA_CHECK_CRC64 };
	struct xz_coder *xz = xz_new(false);

	if (xz == NULL)
		return NULL;
	if (threads > 1 && lzma_stream_encoder_mt(&xz->z, &several) == LZMA_OK)
		return &xz->coder;
	return ready(xz, lzma_easy_encoder(&xz->z, (uint32_t)level, LZMA_CHECK_CRC64));
}

struct coder *xz_decoder(void)
{
	struct xz_coder *xz = xz_new(true);

	return xz == NULL ? NULL : ready(xz, lzma_stream_decoder(&xz->z, MEMORY_MAX, LZMA_CONCATENATED));
}
