/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Compressors and decompressors of libraries that work on buffers, for pack.h: coder_xz.c is the only user of liblzma,
 * coder_zstd.c of libzstd.
 */
#ifndef FW_BASE_CODER_H
#define FW_BASE_CODER_H

#include "base/base.h"

/* The rest of the input, and the room for output. Both advance. */
struct coder_io {
	const unsigned char *in;
	size_t in_len;
	unsigned char *out;
	size_t out_len;
};

enum coder_state {
	CODER_RUNS,  /* call it again with more input or more room */
	CODER_ENDED, /* with `last`: everything is written, and all checksums were right */
	CODER_FAILED /* see fault; NULL: no memory, or an error of the library */
};

struct coder {
	/* `last`: no input follows this one. */
	enum coder_state (*run)(struct coder *coder, struct coder_io *io, bool last);
	void (*free)(struct coder *coder);
	const char *fault; /* a literal: why the input is damaged */
};

/* NULL: no memory. The result has a checksum. One thread, if the library has been built without threads. */
must_check struct coder *xz_encoder(int level, unsigned threads);
must_check struct coder *zstd_encoder(int level, unsigned threads);

must_check struct coder *xz_decoder(void);
must_check struct coder *zstd_decoder(void);

#endif
