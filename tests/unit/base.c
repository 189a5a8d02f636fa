/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/arena.h"
#include "base/atomic.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/json.h"
#include "base/number.h"
#include "base/vec.h"
#include "diag/diag.h"
#include "tap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_take(void)
{
	struct strbuf sb = STRBUF_INIT, taken = STRBUF_INIT;

	strbuf_puts(&sb, "one");
	strbuf_take(&taken, &sb);
	CHECK(strcmp(strbuf_text(&taken), "one") == 0 && sb.len == 0 && !sb.failed, "strbuf: takes a whole buffer");
	strbuf_puts(&sb, " two");
	strbuf_take(&taken, &sb);
	CHECK(strcmp(strbuf_text(&taken), "one two") == 0 && sb.len == 0, "strbuf: appends a taken buffer to existing text");
	strbuf_free(&taken);
	strbuf_free(&sb);
}

static void test_strbuf(void)
{
	struct strbuf sb = STRBUF_INIT;

	CHECK(strcmp(strbuf_text(&sb), "") == 0, "strbuf: an empty buffer has an empty text");
	strbuf_puts(&sb, "one");
	for (int i = 0; i < 1000; i++)
		strbuf_printf(&sb, " %d", i);
	CHECK(sb.len == 3 + 10 * 2 + 90 * 3 + 900 * 4 && !sb.failed, "strbuf: grows");
	CHECK(!strbuf_reserve(&sb, SIZE_MAX - 10) && sb.failed, "strbuf: fails for an impossible size");
	strbuf_puts(&sb, "more");
	CHECK(strstr(strbuf_text(&sb), "more") == NULL, "strbuf: ignores additions after a failure");
	strbuf_free(&sb);
}

static void check_escaped(const char *text, size_t len, const char *want, const char *name)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_escape(&out, text, len);
	CHECK(strcmp(strbuf_text(&out), want) == 0 && is_printable(text, len) == (strcmp(text, want) == 0), name);
	strbuf_free(&out);
}

static void test_escape(void)
{
	check_escaped("a\\b \"c\" \303\244 \342\202\254", 14, "a\\b \"c\" \303\244 \342\202\254", "escape: keeps printable text");
	check_escaped("\033[2J\a\n\t\177", 8, "\\x1b[2J\\x07\\x0a\\x09\\x7f", "escape: escapes control characters");
	check_escaped("\302\233 \302\240", 5, "\\xc2\\x9b \302\240", "escape: escapes control characters above ASCII");
	check_escaped("\233 \303", 3, "\\x9b \\xc3", "escape: escapes bytes that are not UTF-8");
	check_escaped("a\0b", 3, "a\\x00b", "escape: escapes a zero byte");
}

static void say(void *ctx, const struct diag *diag)
{
	diag_format(ctx, diag);
}

static void test_hostile_words(void)
{
	struct strbuf out = STRBUF_INIT;
	struct diag_log log = { .report = say, .ctx = &out };
	struct where where = { .file = "\033c", .line = 1 }, origin = { .file = "\a" };

	diag_add(&log, DIAG_LOAD, &where, &origin, "chain %s", "\033]0;x\a");
	CHECK(strcmp(strbuf_text(&out), "\\x1bc:1: error: chain \\x1b]0;x\\x07 (made by \\x07) [load]") == 0,
	      "diag: escapes control characters of texts and names");
	strbuf_free(&out);
}

static void test_vec(void)
{
	VEC(int) v = { 0 };
	bool same = true;

	for (int i = 0; i < 1000; i++)
		if (!vec_push(&v, i))
			break;
	for (int i = 0; i < 1000; i++)
		same = same && v.item[i] == i;
	CHECK(v.len == 1000 && same, "vec: keeps what was pushed");
	vec_free(&v);
	CHECK(v.len == 0 && v.item == NULL, "vec: is empty after free");
}

static void test_arena(void)
{
	struct arena arena = { 0 };
	char *text = arena_text(&arena, "abcdef", 3);
	unsigned char *big = arena_alloc(&arena, 1000000);

	CHECK(text != NULL && strcmp(text, "abc") == 0, "arena: copies text");
	CHECK(big != NULL && big[0] == 0 && big[999999] == 0, "arena: zeroes memory larger than a block");
	CHECK((uintptr_t)arena_alloc(&arena, 1) % 16 == 0, "arena: aligns memory to 16 bytes");
	arena_reset(&arena);
	text = arena_alloc(&arena, 4);
	CHECK(arena.blocks != NULL && text != NULL && memcmp(text, "\0\0\0\0", 4) == 0, "arena: zeroes memory again after a reset");
	arena_free(&arena);
}

static int entries(const char *dir)
{
	DIR *d = opendir(dir);
	int n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static void test_atomic(void)
{
	char dir[4096], path[4200];
	struct strbuf sb = STRBUF_INIT;
	struct atomic_file file;
	struct stat st;

	CHECK(mkdtemp(tap_temporary(dir)) != NULL, "atomic: makes a directory for the tests");
	snprintf(path, sizeof(path), "%s/file", dir);
	CHECK(atomic_replace(path, 0640, "one\n", 4) == 0 && stat(path, &st) == 0 && (st.st_mode & 07777) == 0640,
	      "atomic: a new file has the mode asked for");
	chmod(path, 0604);
	CHECK(atomic_replace(path, 0640, "two\n", 4) == 0 && stat(path, &st) == 0 && (st.st_mode & 07777) == 0604,
	      "atomic: a replaced file keeps its mode");
	CHECK(atomic_open(&file, path, 0600) == 0 && atomic_write(&file, "three", 5) == 0 && entries(dir) == 2,
	      "atomic: puts the temporary beside the file");
	atomic_release(&file);
	CHECK(entries(dir) == 1 && file_read_path(path, &sb, 100) == 0 && strcmp(strbuf_text(&sb), "two\n") == 0,
	      "atomic: releasing without publishing changes nothing");
	CHECK(atomic_replace_volatile(path, 0640, "four\n", 5) == 0 && stat(path, &st) == 0 && st.st_size == 5 &&
		      entries(dir) == 1,
	      "atomic: replaces a volatile file too");
	CHECK(atomic_replace("/nonexistent/x", 0600, "", 0) == -ENOENT, "atomic: a missing directory is ENOENT");
	CHECK(atomic_replace(dir, 0600, "", 0) == -EISDIR, "atomic: does not replace a directory");
	strbuf_reset(&sb);
	CHECK(file_read_path(path, &sb, 3) == -EFBIG, "file: a file above the limit is EFBIG");
	unlink(path);
	rmdir(dir);
	strbuf_free(&sb);
}

static void test_diag(void)
{
	struct diag_log log = { 0 };
	struct strbuf sb = STRBUF_INIT;
	struct diag diag = { .id = DIAG_SYNTAX, .level = LEVEL_ERROR, .text = "bad" };

	CHECK(diag_status(&log) == STATUS_DONE, "diag: the status without findings is done");
	diag_add(&log, DIAG_EXTENSION_NOTICE, NULL, NULL, "x");
	CHECK(diag_status(&log) == STATUS_DONE, "diag: a warning keeps the status done");
	diag_add(&log, DIAG_SYNTAX, NULL, NULL, "x");
	CHECK(diag_status(&log) == STATUS_REFUSED, "diag: an error makes the status refused");
	diag_system(&log, EIO, "x");
	CHECK(diag_status(&log) == STATUS_SYSTEM, "diag: a system failure overrides an error");
	diag.where = (struct where){ .file = "a.rules", .line = 4, .column = 2 };
	diag.origin = (struct where){ .file = "p.conf", .line = 9 };
	diag_format(&sb, &diag);
	CHECK(strcmp(strbuf_text(&sb), "a.rules:4:2: error: bad (made by p.conf:9) [syntax]") == 0,
	      "diag: formats file, line, column, level, text, origin and name");
	strbuf_free(&sb);
}

static void test_findings(void)
{
	unsigned undescribed = 0, unshown = 0, twice = 0;

	for (int i = 0; i < DIAG_COUNT; i++) {
		const struct diag_kind *kind = &diag_kinds[i];

		undescribed += kind->meaning == NULL || kind->advice == NULL || kind->meaning[0] < 'A' || kind->meaning[0] > 'Z' ||
			       kind->meaning[strlen(kind->meaning) - 1] != '.';
		unshown += (kind->example == NULL) != (kind->group == GROUP_PROGRAMS);
		for (int n = 0; n < i; n++)
			twice += strcmp(kind->name, diag_kinds[n].name) == 0;
	}
	CHECK(undescribed == 0, "diag: every finding has a sentence as its meaning, and advice");
	CHECK(unshown == 0, "diag: every finding of fw-lint has an example, and no other");
	CHECK(twice == 0, "diag: no two findings have the same name");
}

static void test_json(void)
{
	struct strbuf sb = STRBUF_INIT;

	json_string(&sb, "a\"\\\n\xff\xc3\xa9", 7);
	CHECK(strcmp(strbuf_text(&sb), "\"a\\\"\\\\\\u000a\\ufffd\xc3\xa9\"") == 0, "json: escapes strings");
	strbuf_reset(&sb);
	json_string(&sb, "\x1b\xc2\x9b\xe2\x80\xae\xf3\xa0\x81\x81", 10);
	CHECK(strcmp(strbuf_text(&sb), "\"\\u001b\\u009b\\u202e\\udb40\\udc41\"") == 0,
	      "json: escapes what a terminal would not show as it is");
	strbuf_reset(&sb);
	json_string(&sb, "\xe0\x80\x80", 3);
	CHECK(strcmp(strbuf_text(&sb), "\"\\ufffd\\ufffd\\ufffd\"") == 0, "json: replaces an overlong UTF-8 sequence");
	strbuf_free(&sb);
}

/* What number_take makes of a text, and where it ends. */
static bool takes(const char *text, unsigned base, uint64_t max, uint64_t want, const char *rest)
{
	uint64_t number = 99;
	bool good = number_take(&text, base, max, &number);

	return strcmp(text, rest) == 0 && good == (number != 99) && (!good || number == want);
}

static void test_number(void)
{
	static const char *const bad[] = { "", " 1", "+1", "-1", "1 ", "0x1", "256", "18446744073709551616", "1a" };
	uint64_t number = 99;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!number_read(bad[i], 255, &number) && number == 99, "number: refused, and left alone");
	CHECK(number_read("0255", 255, &number) && number == 255, "number: the largest");
	CHECK(number_read("18446744073709551615", UINT64_MAX, &number) && number == UINT64_MAX, "number: of 64 bits");
	CHECK(!number_read("18446744073709551616", UINT64_MAX, &number), "number: not of 65");
	CHECK(number_read_bytes("1234", 2, 255, &number) && number == 12, "number: of some bytes");
	CHECK(!number_read_bytes("1", 0, 255, &number), "number: not of none");
	CHECK(takes("7:8", 10, 9, 7, ":8") && takes("17:8", 10, 9, 0, "17:8") && takes(":8", 10, 9, 0, ":8"),
	      "number: taken from the front, or nothing is");
	CHECK(takes("0178", 8, 99, 15, "8") && takes("fFg", 16, 255, 255, "g"), "number: octal and hexadecimal");
}

int main(void)
{
	test_strbuf();
	test_escape();
	test_hostile_words();
	test_take();
	test_vec();
	test_arena();
	test_atomic();
	test_diag();
	test_findings();
	test_json();
	test_number();
	return tap_done();
}
