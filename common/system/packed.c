/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "system/packed.h"
#include "base/atomic.h"
#include "base/file.h"

#include <errno.h>
#include <zlib.h>

enum { GZIP = 15 + 16, LEVEL = 6, CHUNK = 65536 };

/* zlib reads the input through a pointer that is not const. */
static Bytef *input(const char *text)
{
	union {
		const char *text;
		Bytef *bytes;
	} same = { .text = text };

	return same.bytes;
}

int packed_write(const char *path, const char *text, size_t len)
{
	z_stream z = { .next_in = input(text), .avail_in = (uInt)len };
	struct strbuf out = STRBUF_INIT;
	int err = 0;

	if (len > UINT32_MAX / 2)
		return -EFBIG;
	if (deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	if (!strbuf_reserve(&out, deflateBound(&z, (uLong)len) + 64))
		err = -ENOMEM;
	if (err == 0) {
		z.next_out = (Bytef *)out.data;
		z.avail_out = (uInt)(out.cap - 1);
		err = deflate(&z, Z_FINISH) == Z_STREAM_END ? 0 : -EIO;
	}
	if (err == 0)
		err = atomic_replace(path, 0600, out.data, z.total_out);
	deflateEnd(&z);
	strbuf_free(&out);
	return err;
}

static int unpack(z_stream *z, struct strbuf *out, size_t max)
{
	int state = Z_OK;

	while (state == Z_OK) {
		if (!strbuf_reserve(out, CHUNK))
			return -ENOMEM;
		z->next_out = (Bytef *)out->data + out->len;
		z->avail_out = CHUNK;
		state = inflate(z, Z_NO_FLUSH);
		out->len += CHUNK - z->avail_out;
		out->data[out->len] = '\0';
		if (out->len > max)
			return -EFBIG;
	}
	return state == Z_STREAM_END && z->avail_in == 0 ? 0 : -EBADMSG;
}

int packed_read(const char *path, struct strbuf *out, size_t max)
{
	struct strbuf file = STRBUF_INIT;
	z_stream z = { .next_in = NULL };
	int err = file_read_path(path, &file, max);

	if (err == 0) {
		z.next_in = input(strbuf_text(&file));
		z.avail_in = (uInt)file.len;
		err = inflateInit2(&z, GZIP) == Z_OK ? unpack(&z, out, max) : -ENOMEM;
		inflateEnd(&z);
	}
	strbuf_free(&file);
	return err;
}
