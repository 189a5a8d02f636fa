/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Every format of base/pack.h: what is written is read again, and damage is found. */
#include "base/pack.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Compresses the text to fd, in pieces, and checks the file. 0 or -errno. */
static int pack(int fd, const struct pack_options *options, const char *text, size_t len, size_t piece)
{
	struct packer *packer = packer_new(fd, options);
	int err = packer == NULL ? -ENOMEM : 0;

	for (size_t at = 0; err == 0 && at < len; at += piece)
		err = packer_write(packer, text + at, len - at < piece ? len - at : piece);
	if (err == 0)
		err = packer_finish(packer);
	if (err == 0)
		err = packer_check(packer, fd);
	if (err == 0 && packer_length(packer) != len)
		err = -EDOM;
	packer_free(packer);
	return err;
}

/* Returns the fault in the file, or "none" if all of it can be read. */
static const char *fault_in(int fd, enum pack_format format)
{
	struct unpacker *unpacker = unpacker_new(fd, format);
	const char *fault = "none";
	char buffer[1000];
	ssize_t got = 1;

	if (lseek(fd, 0, SEEK_SET) != 0)
		return "seek";
	while (got > 0)
		got = unpacker_read(unpacker, buffer, sizeof(buffer));
	if (got < 0)
		fault = got == -EBADMSG ? unpacker_fault(unpacker) : "system";
	unpacker_free(unpacker);
	return fault;
}

static bool round_trip(enum pack_format format, size_t len, unsigned threads, size_t piece)
{
	struct pack_options options = { .format = format, .threads = threads, .check = true };
	char *text = tap_lines(len);
	int plain = tap_file(), packed = tap_file();
	bool good = write(plain, text, len) == (ssize_t)len && pack(packed, &options, text, len, piece) == 0 &&
		    lseek(plain, 0, SEEK_SET) == 0 && lseek(packed, 0, SEEK_SET) == 0 &&
		    pack_compare(packed, format, plain) == 1;

	if (good && len > 0) { /* a plain file that is a byte longer is not equal */
		good = write(plain, "x", 1) == 1 && lseek(plain, 0, SEEK_SET) == 0 && lseek(packed, 0, SEEK_SET) == 0 &&
		       pack_compare(packed, format, plain) == 0;
	}
	free(text);
	close(plain);
	close(packed);
	return good;
}

/* The name of a check; valid until the next one. */
static const char *called(const struct pack_kind *kind, const char *text)
{
	static char name[100];

	snprintf(name, sizeof(name), "%s: %s", kind->name, text);
	return name;
}

static void check_format(enum pack_format format)
{
	const struct pack_kind *kind = &pack_kinds[format];
	struct pack_options options = { .format = format, .threads = 1, .check = true };
	size_t len = 300000;
	char *text = tap_lines(len), flipped;
	int fd = tap_file(), other = tap_file();
	off_t end;
	struct packer *packer;
	bool named = true, levels = true;

	CHECK(round_trip(format, 0, 1, 1), called(kind, "nothing"));
	CHECK(round_trip(format, 1000, 1, 1), called(kind, "byte by byte"));
	CHECK(round_trip(format, 3000000, 1, 65537), called(kind, "one thread"));
	CHECK(round_trip(format, 3000000, 3, 250000), called(kind, "three threads"));
	for (int level = PACK_LEVEL_FAST; level <= kind->most && level < 5; level++) {
		int out = tap_file();

		options.level = level;
		levels &= pack(out, &options, text, len, len) == 0;
		close(out);
	}
	CHECK(levels, called(kind, "each level"));
	options.level = PACK_LEVEL_DEFAULT;
	CHECK(pack(fd, &options, text, len, len) == 0 && strcmp(fault_in(fd, format), "none") == 0, called(kind, "is intact"));
	packer = packer_new(other, &options);
	CHECK(packer_write(packer, "x", 1) == 0 && packer_finish(packer) == 0 && packer_check(packer, fd) == -EIO,
	      called(kind, "finds out that it is another file"));
	packer_free(packer);
	end = lseek(fd, 0, SEEK_END);
	CHECK(write(fd, "garbage, and enough of it", 25) == 25 && strstr(fault_in(fd, format), "garbage behind the end") != NULL,
	      called(kind, "finds garbage behind the end"));
	for (off_t cut = end - 1; cut > 0; cut = cut > 16 ? cut / 2 : cut - 1) {
		if (ftruncate(fd, cut) != 0)
			break;
		named &= strcmp(fault_in(fd, format), "ends too early") == 0;
	}
	CHECK(named, called(kind, "finds each end that is too early"));
	CHECK(ftruncate(fd, 0) == 0 && strcmp(fault_in(fd, format), "ends too early") == 0, called(kind, "an empty file is none"));
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && write(fd, text, len) == (ssize_t)len && strncmp(fault_in(fd, format), "not a", 5) == 0,
	      called(kind, "finds a file that is not compressed"));
	CHECK(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0 && pack(fd, &options, text, len, len) == 0 &&
		      pread(fd, &flipped, 1, end / 2) == 1 && (flipped ^= 16, pwrite(fd, &flipped, 1, end / 2)) == 1 &&
		      strcmp(fault_in(fd, format), "none") != 0,
	      called(kind, "finds a bit that changed"));
	free(text);
	close(fd);
	close(other);
}

int main(void)
{
	for (enum pack_format format = 0; format < PACK_FORMATS; format++)
		check_format(format);
	return tap_done();
}
