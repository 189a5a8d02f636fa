/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/packed.h"
#include "base/file.h"

#include <errno.h>
#include <libdeflate.h>
#include <string.h>

/* Higher levels take three times as long to save another fiftieth. */
#define LEVEL 6

/* gzip's header with an extra field (RFC 1952, 2.3.1.1) of our own, "FW", whose four bytes follow. */
static const unsigned char head[] = { 0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 8, 0, 'F', 'W', 4, 0 };

enum { HEAD = sizeof(head) + 4, END = 8 };

static void put_number(char *at, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)(number >> 8 * i & 0xff);
}

static uint32_t get_number(const char *at)
{
	const unsigned char *byte = (const unsigned char *)at;

	return (uint32_t)byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

/* The checksum of everything after the header. */
static uint32_t rest_sum(const struct strbuf *packed)
{
	return libdeflate_crc32(0, packed->data + HEAD, packed->len - HEAD);
}

static bool is_exact(const struct strbuf *packed)
{
	return packed->len >= HEAD + END && memcmp(packed->data, head, sizeof(head)) == 0 &&
	       get_number(packed->data + sizeof(head)) == rest_sum(packed);
}

static int unpack(const struct strbuf *packed, struct strbuf *out, size_t max)
{
	struct libdeflate_decompressor *engine;
	size_t len, used, got;
	enum libdeflate_result result;

	if (packed->len < 18) /* the least for gzip's header and trailer */
		return -EBADMSG;
	len = get_number(packed->data + packed->len - 4); /* of the unpacked text */
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

/* Writes header, compressed text and trailer. 0 or -ENOMEM. */
static int deflate(const char *text, size_t len, struct strbuf *packed)
{
	struct libdeflate_compressor *engine = libdeflate_alloc_compressor(LEVEL);
	size_t room = engine != NULL ? libdeflate_deflate_compress_bound(engine, len) : 0;
	int err = engine != NULL && strbuf_reserve(packed, HEAD + room + END) ? 0 : -ENOMEM;

	if (err == 0) {
		memcpy(packed->data, head, sizeof(head));
		packed->len = HEAD + libdeflate_deflate_compress(engine, text, len, packed->data + HEAD, room);
		put_number(packed->data + packed->len, libdeflate_crc32(0, text, len));
		put_number(packed->data + packed->len + 4, (uint32_t)len);
		packed->len += END;
		packed->data[packed->len] = '\0';
		put_number(packed->data + sizeof(head), rest_sum(packed));
	}
	libdeflate_free_compressor(engine);
	return err;
}

int packed_make(const char *text, size_t len, struct strbuf *out)
{
	struct strbuf packed = STRBUF_INIT;
	int err = len <= UINT32_MAX ? deflate(text, len, &packed) : -EFBIG;

	if (err == 0)
		err = check(&packed, text, len);
	if (err == 0)
		strbuf_take(out, &packed);
	strbuf_free(&packed);
	return err == 0 && out->failed ? -ENOMEM : err;
}

int packed_read(const char *path, struct strbuf *out, size_t max, bool *exact)
{
	struct strbuf packed = STRBUF_INIT;
	int err = file_read_own(path, &packed, max);

	if (err == 0)
		err = unpack(&packed, out, max);
	if (err == 0 && exact != NULL)
		*exact = is_exact(&packed);
	strbuf_free(&packed);
	return err;
}
