/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/gzout.h"
#include "base/file.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define WINDOW_SIZE ((size_t)32 * 1024)
#define BLOCK_SIZE  ((size_t)512 * 1024)
#define SAMPLE_SIZE ((size_t)128 * 1024)
#define CHECK_SIZE  ((size_t)64 * 1024)
#define READ_SIZE   ((size_t)64 * 1024)

/* No name and no time (RFC 1952, 2.3), so that the same text gives the same bytes. 3: Unix. */
static const unsigned char header[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };

enum slot_state { SLOT_FREE, SLOT_FILLED, SLOT_BUSY, SLOT_DONE };

/* One block. Dictionary and input are adjacent, as the window of deflate needs them. */
struct slot {
	enum slot_state state;
	unsigned char *in;  /* owned; WINDOW_SIZE for the dictionary, then BLOCK_SIZE for the input */
	unsigned char *out; /* owned; out_cap */
	size_t dict, len, out_len;
	uint32_t crc, out_crc;
	bool last;
	int err;
};

/* The state of one thread. */
struct engine {
	z_stream deflate, inflate;
	unsigned char *scratch; /* owned; CHECK_SIZE */
	bool deflate_ready, inflate_ready;
};

struct gzout {
	int fd;
	struct gz_options options;
	bool chosen, filtered; /* the strategy, known once the first block is full */
	uint64_t length, out_length;
	uint32_t crc, out_crc; /* of all input; of all that was written */
	size_t out_cap;
	unsigned slots_used, head; /* a ring: head is filled next, after the block in it was written */
	struct slot *slots;
	struct engine *engines;
	unsigned started; /* number of threads; 0: the caller's thread does the work */
	pthread_t thread[GZ_THREADS_MAX];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned next; /* the slot for the next free thread */
	bool quit;
};

static bool engine_open(struct engine *engine, int level)
{
	engine->scratch = malloc(CHECK_SIZE);
	engine->deflate_ready = deflateInit2(&engine->deflate, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK;
	engine->inflate_ready = inflateInit2(&engine->inflate, -15) == Z_OK;
	return engine->scratch != NULL && engine->deflate_ready && engine->inflate_ready;
}

static void engine_close(struct engine *engine)
{
	if (engine->deflate_ready)
		deflateEnd(&engine->deflate);
	if (engine->inflate_ready)
		inflateEnd(&engine->inflate);
	free(engine->scratch);
}

/*
 * Resets deflate for a new block. In a log, few short matches save bits. Z_FILTERED drops short matches; then half the
 * search depth of level 6 still gives smaller files than gzip -6, in less time, and a quarter of the depth of level 8
 * gives files of the same size in half the time.
 */
static void engine_restart(struct engine *engine, bool filtered, int level)
{
	deflateReset(&engine->deflate);
	deflateParams(&engine->deflate, level, filtered ? Z_FILTERED : Z_DEFAULT_STRATEGY);
	if (filtered && level == GZ_LEVEL_DEFAULT)
		deflateTune(&engine->deflate, 8, 16, 128, 64);
	else if (filtered && level == 8)
		deflateTune(&engine->deflate, 16, 64, 258, 256);
}

static int block_deflate(struct engine *engine, struct slot *slot, size_t cap, int flush)
{
	z_stream *z = &engine->deflate;

	z->next_in = slot->in + WINDOW_SIZE;
	z->avail_in = (uInt)slot->len;
	z->next_out = slot->out;
	z->avail_out = (uInt)cap;
	if (deflate(z, flush) == Z_STREAM_ERROR || z->avail_in != 0 || z->avail_out == 0)
		return -EIO;
	slot->out_len = cap - z->avail_out;
	return 0;
}

/* True if the block decompresses to its input. inflate continues after the last block, or gets the dictionary. */
static int block_check(struct engine *engine, const struct slot *slot)
{
	z_stream *z = &engine->inflate;
	size_t seen = 0;

	z->next_in = slot->out;
	z->avail_in = (uInt)slot->out_len;
	for (;;) {
		size_t got;
		int state;

		z->next_out = engine->scratch;
		z->avail_out = (uInt)CHECK_SIZE;
		state = inflate(z, Z_NO_FLUSH);
		got = CHECK_SIZE - z->avail_out;
		if ((state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) || got > slot->len - seen ||
		    memcmp(engine->scratch, slot->in + WINDOW_SIZE + seen, got) != 0)
			return -EIO;
		seen += got;
		if (state == Z_STREAM_END || got < CHECK_SIZE)
			return seen == slot->len && z->avail_in == 0 && (state == Z_STREAM_END) == slot->last ? 0 : -EIO;
	}
}

/* A single engine compresses the text without a break; several compress blocks, each with the window before it. */
static void block_run(const struct gzout *gz, struct engine *engine, struct slot *slot)
{
	bool alone = gz->started == 0;

	if (!alone || slot->dict == 0)
		engine_restart(engine, gz->filtered, gz->options.level);
	if (!alone || slot->dict == 0)
		inflateReset(&engine->inflate);
	if (!alone && slot->dict > 0) {
		deflateSetDictionary(&engine->deflate, slot->in + WINDOW_SIZE - slot->dict, (uInt)slot->dict);
		inflateSetDictionary(&engine->inflate, slot->in + WINDOW_SIZE - slot->dict, (uInt)slot->dict);
	}
	slot->err = block_deflate(engine, slot, gz->out_cap, slot->last ? Z_FINISH : Z_SYNC_FLUSH);
	if (slot->err == 0 && gz->options.check)
		slot->err = block_check(engine, slot);
	slot->crc = (uint32_t)crc32(0, slot->in + WINDOW_SIZE, (uInt)slot->len);
	slot->out_crc = (uint32_t)crc32(0, slot->out, (uInt)slot->out_len);
}

struct thread_start {
	struct gzout *gz;
	struct engine *engine;
};

static void *thread_main(void *arg)
{
	struct thread_start start = *(struct thread_start *)arg;
	struct gzout *gz = start.gz;

	free(arg);
	pthread_mutex_lock(&gz->lock);
	for (;;) {
		struct slot *slot = &gz->slots[gz->next];

		if (slot->state == SLOT_FILLED) {
			slot->state = SLOT_BUSY;
			gz->next = (gz->next + 1) % gz->slots_used;
			pthread_mutex_unlock(&gz->lock);
			block_run(gz, start.engine, slot);
			pthread_mutex_lock(&gz->lock);
			slot->state = SLOT_DONE;
			pthread_cond_broadcast(&gz->changed);
		} else if (gz->quit) {
			break;
		} else {
			pthread_cond_wait(&gz->changed, &gz->lock);
		}
	}
	pthread_mutex_unlock(&gz->lock);
	return NULL;
}

static bool threads_start(struct gzout *gz)
{
	for (unsigned i = 0; i < gz->options.threads && gz->options.threads > 1; i++) {
		struct thread_start *start = malloc(sizeof(*start));

		if (start == NULL)
			return false;
		*start = (struct thread_start){ gz, &gz->engines[i] };
		if (pthread_create(&gz->thread[i], NULL, thread_main, start) != 0) {
			free(start);
			return false;
		}
		gz->started++;
	}
	return true;
}

struct gzout *gzout_new(int fd, const struct gz_options *options)
{
	struct gzout *gz = calloc(1, sizeof(*gz));
	bool good;

	if (gz == NULL)
		return NULL;
	gz->fd = fd;
	gz->options = *options;
	/* Twice as many blocks as threads, so that the others do not wait for a slow one. */
	gz->slots_used = options->threads > 1 ? 2 * options->threads : 1;
	/* In the worst case, stored blocks add 5 bytes for each 16 KiB, and the flush adds a few more. */
	gz->out_cap = BLOCK_SIZE + BLOCK_SIZE / 1024 + 1024;
	pthread_mutex_init(&gz->lock, NULL);
	pthread_cond_init(&gz->changed, NULL);
	gz->slots = calloc(gz->slots_used, sizeof(*gz->slots));
	gz->engines = calloc(options->threads, sizeof(*gz->engines));
	good = gz->slots != NULL && gz->engines != NULL;
	for (unsigned i = 0; good && i < gz->slots_used; i++) {
		gz->slots[i].in = malloc(WINDOW_SIZE + BLOCK_SIZE);
		gz->slots[i].out = malloc(gz->out_cap);
		good = gz->slots[i].in != NULL && gz->slots[i].out != NULL;
	}
	for (unsigned i = 0; good && i < options->threads; i++)
		good = engine_open(&gz->engines[i], options->level);
	if (!good || !threads_start(gz)) {
		gzout_free(gz);
		return NULL;
	}
	return gz;
}

static int put(struct gzout *gz, const void *bytes, size_t len, uint32_t crc)
{
	gz->out_crc = (uint32_t)crc32_combine(gz->out_crc, crc, (z_off_t)len);
	gz->out_length += len;
	return file_write(gz->fd, bytes, len);
}

/* Chooses the strategy that gives the smaller output for the first bytes. This takes a few milliseconds, once. */
static void choose_strategy(struct gzout *gz, struct slot *slot)
{
	struct slot sample = *slot;
	size_t plain;

	gz->chosen = true;
	sample.len = slot->len < SAMPLE_SIZE ? slot->len : SAMPLE_SIZE;
	engine_restart(&gz->engines[0], false, gz->options.level);
	if (block_deflate(&gz->engines[0], &sample, gz->out_cap, Z_FINISH) != 0)
		return;
	plain = sample.out_len;
	engine_restart(&gz->engines[0], true, gz->options.level);
	gz->filtered = block_deflate(&gz->engines[0], &sample, gz->out_cap, Z_FINISH) == 0 && sample.out_len < plain;
}

/* Hands the full block at the head of the ring to the threads, or compresses it here. */
static int slot_submit(struct gzout *gz, bool last)
{
	struct slot *slot = &gz->slots[gz->head];
	int err = 0;

	slot->last = last;
	if (!gz->chosen) {
		choose_strategy(gz, slot);
		err = put(gz, header, sizeof(header), (uint32_t)crc32(0, header, sizeof(header)));
	}
	gz->head = (gz->head + 1) % gz->slots_used;
	if (gz->started == 0) {
		block_run(gz, &gz->engines[0], slot);
		slot->state = SLOT_DONE;
		return err;
	}
	pthread_mutex_lock(&gz->lock);
	slot->state = SLOT_FILLED;
	pthread_cond_broadcast(&gz->changed);
	pthread_mutex_unlock(&gz->lock);
	return err;
}

/* Waits for the block in this slot, if there is one, and writes it. */
static int slot_collect(struct gzout *gz, struct slot *slot)
{
	int err;

	pthread_mutex_lock(&gz->lock);
	while (slot->state == SLOT_FILLED || slot->state == SLOT_BUSY)
		pthread_cond_wait(&gz->changed, &gz->lock);
	pthread_mutex_unlock(&gz->lock);
	if (slot->state == SLOT_FREE)
		return 0;
	slot->state = SLOT_FREE;
	gz->crc = (uint32_t)crc32_combine(gz->crc, slot->crc, (z_off_t)slot->len);
	err = slot->err;
	if (err == 0)
		err = put(gz, slot->out, slot->out_len, slot->out_crc);
	return err;
}

/* Frees the head of the ring and fills in the end of the previous block as its dictionary. */
static int slot_advance(struct gzout *gz, const struct slot *before)
{
	struct slot *slot = &gz->slots[gz->head];
	size_t end = WINDOW_SIZE + before->len;
	int err = slot_collect(gz, slot);

	memmove(slot->in, before->in + end - WINDOW_SIZE, WINDOW_SIZE);
	slot->dict = WINDOW_SIZE;
	slot->len = 0;
	return err;
}

int gzout_write(struct gzout *gz, const void *bytes, size_t len)
{
	const unsigned char *from = bytes;
	int err = 0;

	while (len > 0 && err == 0) {
		struct slot *slot = &gz->slots[gz->head];
		size_t room, part;

		if (slot->len == BLOCK_SIZE) { /* only when more bytes come, because the last block is marked as such */
			err = slot_submit(gz, false);
			if (err == 0)
				err = slot_advance(gz, slot);
			continue;
		}
		room = BLOCK_SIZE - slot->len;
		part = len < room ? len : room;
		memcpy(slot->in + WINDOW_SIZE + slot->len, from, part);
		slot->len += part;
		gz->length += part;
		from += part;
		len -= part;
	}
	return err;
}

static void put_le32(unsigned char *out, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (unsigned char)(value >> (8 * i));
}

int gzout_finish(struct gzout *gz)
{
	unsigned char trailer[8];
	int err = slot_submit(gz, true);

	for (unsigned i = 0; i < gz->slots_used; i++) { /* from the oldest block on, which is at the head now */
		int now = slot_collect(gz, &gz->slots[(gz->head + i) % gz->slots_used]);

		err = err != 0 ? err : now;
	}
	put_le32(trailer, gz->crc);
	put_le32(trailer + 4, (uint32_t)gz->length); /* RFC 1952: modulo 2^32 */
	if (err == 0)
		err = put(gz, trailer, sizeof(trailer), (uint32_t)crc32(0, trailer, sizeof(trailer)));
	return err;
}

int gzout_reread(const struct gzout *gz, int fd)
{
	unsigned char *buffer = malloc(READ_SIZE);
	uint64_t length = 0;
	uint32_t crc = 0;
	ssize_t got = 0;

	if (buffer == NULL)
		return -ENOMEM;
	while ((got = pread(fd, buffer, READ_SIZE, (off_t)length)) > 0 || (got < 0 && errno == EINTR)) {
		crc = got > 0 ? (uint32_t)crc32(crc, buffer, (uInt)got) : crc;
		length += got > 0 ? (uint64_t)got : 0;
	}
	free(buffer);
	if (got < 0)
		return -errno;
	return length == gz->out_length && crc == gz->out_crc ? 0 : -EIO;
}

uint64_t gzout_length(const struct gzout *gz)
{
	return gz->length;
}

void gzout_free(struct gzout *gz)
{
	if (gz == NULL)
		return;
	pthread_mutex_lock(&gz->lock);
	gz->quit = true;
	pthread_cond_broadcast(&gz->changed);
	pthread_mutex_unlock(&gz->lock);
	for (unsigned i = 0; i < gz->started; i++)
		pthread_join(gz->thread[i], NULL);
	for (unsigned i = 0; gz->slots != NULL && i < gz->slots_used; i++) {
		free(gz->slots[i].in);
		free(gz->slots[i].out);
	}
	for (unsigned i = 0; gz->engines != NULL && i < gz->options.threads; i++)
		engine_close(&gz->engines[i]);
	pthread_cond_destroy(&gz->changed);
	pthread_mutex_destroy(&gz->lock);
	free(gz->slots);
	free(gz->engines);
	free(gz);
}
