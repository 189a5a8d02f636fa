/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/gzout.h"
#include "base/pack.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int pack(int fd, const char *text, size_t len, const struct gz_options *options, size_t piece)
{
	struct gzout *gz = gzout_new(fd, options);
	int err = gz == NULL ? -ENOMEM : 0;

	for (size_t at = 0; err == 0 && at < len; at += piece)
		err = gzout_write(gz, text + at, len - at < piece ? len - at : piece);
	if (err == 0)
		err = gzout_finish(gz);
	if (err == 0)
		err = gzout_reread(gz, fd);
	if (err == 0 && gzout_length(gz) != len)
		err = -EDOM;
	gzout_free(gz);
	return err;
}

static int round_trip(size_t len, unsigned threads, size_t piece)
{
	char *text = tap_lines(len);
	int plain = tap_file(), packed = tap_file(), result = -1;
	struct gz_options options = { .level = 6, .threads = threads, .check = true };

	if (write(plain, text, len) == (ssize_t)len && pack(packed, text, len, &options, piece) == 0 &&
	    lseek(plain, 0, SEEK_SET) == 0 && lseek(packed, 0, SEEK_SET) == 0)
		result = pack_compare(packed, PACK_GZIP, plain);
	free(text);
	close(plain);
	close(packed);
	return result;
}

static void check_round_trips(void)
{
	static const size_t lengths[] = { 0, 1, 100, 32768, 1048575, 1048576, 1048577, 3 * 1048576, 5000001 };

	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		for (unsigned threads = 1; threads <= 3; threads++) {
			char name[64];

			snprintf(name, sizeof(name), "packs and unpacks %zu bytes with %u threads", lengths[i], threads);
			CHECK(round_trip(lengths[i], threads, 70001) == 1, name);
		}
	}
	CHECK(round_trip(5000, 2, 1) == 1, "packs text written byte by byte");
}

/* Returns the fault that gzin finds in the first `len` bytes, or "none". */
static const char *fault_of(const unsigned char *bytes, size_t len)
{
	static char buffer[65536];
	int fd = tap_file();
	struct gzin *gz = gzin_new(fd);
	const char *fault = "none";
	ssize_t got = 1;

	if (write(fd, bytes, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		return "test failed";
	while (got > 0)
		got = gzin_read(gz, buffer, sizeof(buffer));
	if (got < 0)
		fault = gzin_fault(gz);
	gzin_free(gz);
	close(fd);
	return fault;
}

static void check_faults(void)
{
	static unsigned char packed[300000];
	char *text = tap_lines(200000);
	int fd = tap_file();
	ssize_t len;

	CHECK(pack(fd, text, 200000, &(struct gz_options){ 6, 1, true }, 4096) == 0, "packs a sample");
	len = pread(fd, packed, sizeof(packed) / 2, 0);
	CHECK(len > 1000, "reads the packed bytes of the sample");
	CHECK(strcmp(fault_of(packed, (size_t)len), "none") == 0, "finds no fault in a whole file");
	CHECK(strcmp(fault_of(packed, (size_t)len - 1), "ends too early") == 0, "finds one missing byte");
	CHECK(strcmp(fault_of(packed, 500), "ends too early") == 0, "finds a cut in the middle");
	CHECK(strcmp(fault_of(packed, 0), "ends too early") == 0, "finds an empty file");
	memset(packed + len, 'x', 20);
	CHECK(strcmp(fault_of(packed, (size_t)len + 20), "garbage behind the end") == 0, "finds garbage after the end");
	memcpy(packed + len, packed, (size_t)len);
	CHECK(strcmp(fault_of(packed, 2 * (size_t)len), "none") == 0, "reads two members, one after the other");
	packed[len - 6] ^= 1;
	CHECK(strcmp(fault_of(packed, (size_t)len), "the checksum differs") == 0, "finds a wrong checksum");
	packed[len - 6] ^= 1;
	packed[len - 1] ^= 1;
	CHECK(strcmp(fault_of(packed, (size_t)len), "the length differs") == 0, "finds a wrong length");
	packed[0] = 'x';
	CHECK(strcmp(fault_of(packed, (size_t)len), "not a gzip file, or its header is damaged") == 0,
	      "finds a file that is not gzip");
	free(text);
	close(fd);
}

static void check_errors(void)
{
	char *text = tap_lines(3000000);
	int full = open("/dev/full", O_WRONLY), other = tap_file();
	struct gz_options options = { 6, 2, true };
	struct gzout *gz = gzout_new(other, &options);

	CHECK(pack(full, text, 3000000, &options, 65536) == -ENOSPC, "reports a full disk with two threads");
	options.threads = 1;
	CHECK(pack(full, text, 3000000, &options, 65536) == -ENOSPC, "reports a full disk with one thread");
	CHECK(gzout_write(gz, text, 3000000) == 0 && gzout_finish(gz) == 0, "packs a sample to read again");
	CHECK(gzout_reread(gz, other) == 0, "rereading confirms what was written");
	CHECK(pwrite(other, "x", 1, 5000) == 1 && gzout_reread(gz, other) == -EIO, "rereading finds a changed byte");
	gzout_free(gz);
	free(text);
	close(full);
	close(other);
}

int main(void)
{
	check_round_trips();
	check_faults();
	check_errors();
	return tap_done();
}
