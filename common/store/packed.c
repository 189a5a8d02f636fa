/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/packed.h"
#include "base/atomic.h"
#include "base/file.h"

#include <errno.h>
#include <libdeflate.h>
#include <string.h>

/* Higher ones take three times as long for a fiftieth less. */
#define LEVEL 6

/* The last four bytes: the length of the text, the lowest first. */
static size_t told_length(const struct strbuf *packed)
{
	const unsigned char *end = (const unsigned char *)packed->data + packed->len;

	return (size_t)end[-4] | (size_t)end[-3] << 8 | (size_t)end[-2] << 16 | (size_t)end[-1] << 24;
}

static int unpack(const struct strbuf *packed, struct strbuf *out, size_t max)
{
	struct libdeflate_decompressor *engine;
	size_t len, used, got;
	enum libdeflate_result result;

	if (packed->len < 18) /* a gzip file's head and end */
		return -EBADMSG;
	len = told_length(packed);
	if (len > max)
		return -EFBIG;
	engine = libdeflate_alloc_decompressor();
	if (engine == NULL || !strbuf_reserve(out, len)) {
		libdeflate_free_decompressor(engine);
		return -ENOMEM;
	}
	result = libdeflate_gzip_decompress_ex(engine, packed->data, packed->len, out->data + out->len, len, &used, &got);
	libdeflate_free_decompressor(engine);
	if (result != LIBDEFLATE_SUCCESS || used != packed->len || got != len) {
		out->data[out->len] = '\0';
		return -EBADMSG;
	}
	out->len += len;
	out->data[out->len] = '\0';
	return 0;
}

static int check(const struct strbuf *packed, const char *text, size_t len)
{
	struct strbuf again = STRBUF_INIT;
	int err = unpack(packed, &again, len);

	if (err == 0 && (again.len != len || memcmp(strbuf_text(&again), text, len) != 0))
		err = -EIO;
	strbuf_free(&again);
	return err == -EBADMSG || err == -EFBIG ? -EIO : err;
}

int packed_make(const char *text, size_t len, struct strbuf *out)
{
	struct libdeflate_compressor *engine = libdeflate_alloc_compressor(LEVEL);
	struct strbuf packed = STRBUF_INIT;
	size_t room = engine != NULL ? libdeflate_gzip_compress_bound(engine, len) : 0;
	int err = engine != NULL && strbuf_reserve(&packed, room) ? 0 : -ENOMEM;

	if (err == 0) {
		packed.len = libdeflate_gzip_compress(engine, text, len, packed.data, room);
		packed.data[packed.len] = '\0';
		err = check(&packed, text, len);
	}
	if (err == 0)
		strbuf_take(out, &packed);
	libdeflate_free_compressor(engine);
	strbuf_free(&packed);
	return err == 0 && out->failed ? -ENOMEM : err;
}

int packed_publish(const char *path, const struct strbuf *packed)
{
	struct atomic_file file;
	int err = atomic_open(&file, path, 0600);

	if (err == 0)
		err = atomic_write(&file, packed->data, packed->len);
	if (err == 0)
		err = atomic_publish(&file);
	atomic_release(&file);
	return err;
}

int packed_write(const char *path, const char *text, size_t len)
{
	struct strbuf packed = STRBUF_INIT;
	int err = packed_make(text, len, &packed);

	if (err == 0)
		err = packed_publish(path, &packed);
	strbuf_free(&packed);
	return err;
}

int packed_read(const char *path, struct strbuf *out, size_t max)
{
	struct strbuf packed = STRBUF_INIT;
	int err = file_read_path(path, &packed, max);

	if (err == 0)
		err = unpack(&packed, out, max);
	strbuf_free(&packed);
	return err;
}
