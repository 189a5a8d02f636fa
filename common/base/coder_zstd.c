/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/coder.h"

#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

struct zstd_coder {
	struct coder coder; /* first, so that a pointer to it is one to this */
	ZSTD_CCtx *encoder; /* owned; NULL: it decodes */
	ZSTD_DCtx *decoder; /* owned; NULL: it encodes */
	bool between;       /* between frames: the next byte begins one or is garbage */
	bool any;           /* at least one whole frame */
};

static const char *fault_of(const struct zstd_coder *zstd, size_t state)
{
	switch (ZSTD_getErrorCode(state)) {
	case ZSTD_error_prefix_unknown:
		return zstd->any ? "garbage behind the end" : "not a zstd file, or its header is damaged";
	case ZSTD_error_frameParameter_windowTooLarge:
		return "needs too much memory";
	case ZSTD_error_checksum_wrong:
		return "the checksum differs";
	case ZSTD_error_memory_allocation:
		return NULL;
	default:
		return "damaged data";
	}
}

static void advance(struct coder_io *io, const ZSTD_inBuffer *in, const ZSTD_outBuffer *out)
{
	io->in += in->pos;
	io->in_len -= in->pos;
	io->out += out->pos;
	io->out_len -= out->pos;
}

static enum coder_state run_encoder(struct coder *coder, struct coder_io *io, bool last)
{
	struct zstd_coder *zstd = (struct zstd_coder *)coder;
	ZSTD_inBuffer in = { io->in, io->in_len, 0 };
	ZSTD_outBuffer out = { io->out, io->out_len, 0 };
	size_t left = ZSTD_compressStream2(zstd->encoder, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);

	advance(io, &in, &out);
	if (ZSTD_isError(left))
		return CODER_FAILED;
	return last && left == 0 && io->in_len == 0 ? CODER_ENDED : CODER_RUNS;
}

static enum coder_state run_decoder(struct coder *coder, struct coder_io *io, bool last)
{
	struct zstd_coder *zstd = (struct zstd_coder *)coder;
	ZSTD_inBuffer in = { io->in, io->in_len, 0 };
	ZSTD_outBuffer out = { io->out, io->out_len, 0 };
	size_t left;

	if (io->in_len == 0 && zstd->between && last && zstd->any)
		return CODER_ENDED;
	left = ZSTD_decompressStream(zstd->decoder, &out, &in);
	advance(io, &in, &out);
	if (ZSTD_isError(left)) {
		coder->fault = fault_of(zstd, left);
		return CODER_FAILED;
	}
	zstd->between = left == 0;
	zstd->any |= left == 0;
	if (left != 0 && last && io->in_len == 0 && out.pos == 0 && io->out_len > 0) {
		coder->fault = "ends too early";
		return CODER_FAILED;
	}
	return CODER_RUNS;
}

static void zstd_free(struct coder *coder)
{
	struct zstd_coder *zstd = (struct zstd_coder *)coder;

	ZSTD_freeCCtx(zstd->encoder);
	ZSTD_freeDCtx(zstd->decoder);
	free(zstd);
}

struct coder *zstd_encoder(int level, unsigned threads)
{
	struct zstd_coder *zstd = calloc(1, sizeof(*zstd));

	if (zstd == NULL)
		return NULL;
	zstd->coder = (struct coder){ .run = run_encoder, .free = zstd_free };
	zstd->encoder = ZSTD_createCCtx();
	if (zstd->encoder == NULL || ZSTD_isError(ZSTD_CCtx_setParameter(zstd->encoder, ZSTD_c_compressionLevel, level)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(zstd->encoder, ZSTD_c_checksumFlag, 1))) {
		zstd_free(&zstd->coder);
		return NULL;
	}
	if (threads > 1)
		(void)!ZSTD_CCtx_setParameter(zstd->encoder, ZSTD_c_nbWorkers, (int)threads);
	return &zstd->coder;
}

struct coder *zstd_decoder(void)
{
	struct zstd_coder *zstd = calloc(1, sizeof(*zstd));

	if (zstd == NULL)
		return NULL;
	zstd->coder = (struct coder){ .run = run_decoder, .free = zstd_free };
	zstd->between = true;
	zstd->decoder = ZSTD_createDCtx();
	if (zstd->decoder != NULL)
		return &zstd->coder;
	zstd_free(&zstd->coder);
	return NULL;
}
