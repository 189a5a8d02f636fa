/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/align.h"
#include "ruletext/inputline.h"
#include "ruletext/own.h"
#include "base/textmap.h"
#include "tap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static size_t lines_of(const char *text, enum family family, const char *chain)
{
	struct diag_log silent = { .report = NULL };
	struct stream stream;
	input_lines lines = { 0 };
	size_t count = 0;

	if (stream_read(&stream, "t", text, strlen(text), FAMILY_BOTH, &silent) &&
	    input_lines_of(&stream, family, "filter", chain, &lines) == 0)
		count = lines.len;
	vec_free(&lines);
	stream_free(&stream);
	return count;
}

static void test_lines(void)
{
	static const char text[] = "*filter\n:a - [0:0]\n-A a -s 192.0.2.1,192.0.2.2 -d 10.0.0.1,10.0.0.2,10.0.0.3 -j X\n"
				   "-4 -A a -j X\n[1:2] -A -6 a -j X\n--append b -j X\n-I a -j X\nCOMMIT\n";

	CHECK(lines_of(text, FAMILY_IPV4, "a") == 7, "lines: counts a rule for each address, and only the family's lines");
	CHECK(lines_of(text, FAMILY_IPV6, "a") == 7, "lines: reads a mark after -A");
	CHECK(lines_of(text, FAMILY_IPV4, "b") == 1, "lines: reads the long option");
}

static void test_own(void)
{
	static const char base_text[] = "*filter\n:INPUT DROP [0:0]\n-A INPUT -j A\n-A INPUT -j A\n-A INPUT -j B\nCOMMIT\n";
	static const char live_text[] = "*filter\n:INPUT ACCEPT [0:0]\n:f - [0:0]\n[1:1] -A INPUT -j B\n-A INPUT -j C\n"
					"-A INPUT -j A\n-A INPUT -j A\n-A INPUT -j A\n-A f -j D\nCOMMIT\n"
					"*raw\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -j E\nCOMMIT\n";
	struct diag_log silent = { .report = NULL };
	struct text_rules base, live, own = { .arena = { NULL, 0, 0 } };
	struct foreign_count left_out = { 0, 0 };
	struct strbuf out = STRBUF_INIT;
	bool good = rules_read(&base, "t", base_text, strlen(base_text), &silent) &&
		    rules_read(&live, "t", live_text, strlen(live_text), &silent) &&
		    own_rules(&base, &live, &own, &left_out) == 0;

	rules_write(&own, true, &out);
	CHECK(good && strcmp(strbuf_text(&out), "*filter\n:INPUT ACCEPT [0:0]\n[1:1] -A INPUT -j B\n-A INPUT -j A\n"
						"-A INPUT -j A\nCOMMIT\n") == 0,
	      "own: keeps each rule as often as it was loaded, in the order in force, with counters");
	CHECK(left_out.rules == 4 && left_out.chains == 1, "own: counts the rules and chains that it leaves out");
	strbuf_free(&out);
	rules_free(&own);
	rules_free(&base);
	rules_free(&live);
}

/* A piece with the text of this number, stored in `text`. */
static struct piece number_piece(char text[static 32], unsigned number)
{
	return (struct piece){ text, (unsigned)snprintf(text, 32, "rule number %u", number) };
}

static void test_textmap(void)
{
	enum { COUNT = 5000 };
	static char texts[COUNT][32];
	struct textmap map = { .slots = NULL };
	bool good = textmap_reserve(&map, COUNT), known = true;
	struct piece piece, empty = { NULL, 0 };

	for (unsigned i = 0; good && i < COUNT; i++) {
		piece = number_piece(texts[i], i);
		good = textmap_find(&map, &piece) == TEXTMAP_NONE && textmap_add(&map, &piece) == i;
	}
	CHECK(good, "textmap: different texts have numbers in their order");
	for (unsigned i = 0; i < COUNT; i++) {
		char again[32];

		piece = number_piece(again, i);
		known = known && textmap_find(&map, &piece) == i && textmap_add(&map, &piece) == i;
	}
	CHECK(known && map.texts.len == COUNT, "textmap: each is known again, and not added twice");
	CHECK(textmap_find(&map, &empty) == TEXTMAP_NONE, "textmap: a text of no bytes is one too");
	textmap_free(&map);
}

/* Makes a chain with a rule for each letter. */
static void letters_chain(struct text_chain *chain, const char *letters)
{
	for (; *letters != '\0'; letters++)
		(void)!vec_push(&chain->rules, (struct text_rule){ .text = { letters, 1 } });
}

/* Writes the letters of the aligned pairs; "!": a pair of different rules, or out of order. */
static const char *aligned(const char *left_text, const char *right_text, char out[static 64])
{
	struct text_chain left = { .name = "l" }, right = { .name = "r" };
	pairs both = { 0 };
	bool good;

	letters_chain(&left, left_text);
	letters_chain(&right, right_text);
	good = align_rules(&left, &right, false, &both) == 0;
	for (size_t i = 0; i < both.len; i++) {
		const struct pair *pair = &both.item[i], *before = i > 0 ? pair - 1 : NULL;

		good = good && left_text[pair->left] == right_text[pair->right] &&
		       (before == NULL || (before->left < pair->left && before->right < pair->right));
		out[i] = left_text[pair->left];
	}
	out[good ? both.len : 0] = '\0';
	vec_free(&left.rules);
	vec_free(&right.rules);
	vec_free(&both);
	return good ? out : "!";
}

static void test_align(void)
{
	static const char letters[] = "abcdefgh";
	char out[64];
	bool good = true;
	unsigned seed = 1;

	CHECK(strcmp(aligned("abc", "abc", out), "abc") == 0, "align: pairs equal lists");
	CHECK(strcmp(aligned("", "abc", out), "") == 0 && strcmp(aligned("abc", "", out), "") == 0,
	      "align: pairs nothing with an empty list");
	CHECK(strcmp(aligned("xaybzc", "1a2b3c", out), "abc") == 0, "align: pairs equal rules between other rules");
	CHECK(strcmp(aligned("abcd", "dabc", out), "abc") == 0, "align: pairs the rules that did not move");
	CHECK(strcmp(aligned("xaay", "zaaw", out), "aa") == 0 || strcmp(aligned("xaay", "zaaw", out), "") == 0,
	      "align: pairs repeated rules in order, if at all");
	for (int round = 0; good && round < 2000; round++) {
		char left[13] = "", right[13] = "";

		for (int i = 0; i < 12; i++) {
			seed = seed * 1103515245U + 12345;
			left[i] = letters[seed >> 16 & 7];
			right[i] = letters[seed >> 20 & 7];
		}
		good = strcmp(aligned(left, right, out), "!") != 0;
	}
	CHECK(good, "align: pairs equal rules in ascending order, for random lists");
}

int main(void)
{
	test_lines();
	test_own();
	test_textmap();
	test_align();
	return tap_done();
}
