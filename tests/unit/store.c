/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/refer.h"
#include "tap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct strbuf text_of(const char *text)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_puts(&sb, text);
	return sb;
}

/* Encoded by the lines of `other` and back: the same text. */
static bool returns(const char *text, const char *other, int family, size_t *coded_len)
{
	struct strbuf a = text_of(text), b = text_of(other), coded = STRBUF_INIT, back = STRBUF_INIT;
	bool good = refer_encode(&a, &b, family, &coded) == 0 && refer_is(&coded) &&
		    refer_decode(&coded, &b, family, &back) == 0 && strcmp(strbuf_text(&back), text) == 0;

	*coded_len = coded.len;
	strbuf_free(&a);
	strbuf_free(&b);
	strbuf_free(&coded);
	strbuf_free(&back);
	return good;
}

static int decode(const char *coded, const char *other)
{
	struct strbuf a = text_of(coded), b = text_of(other), out = STRBUF_INIT;
	int err = refer_decode(&a, &b, 0, &out);

	strbuf_free(&a);
	strbuf_free(&b);
	strbuf_free(&out);
	return err;
}

static void test_refer(void)
{
	static const char head[] = "#= lines of the input that are not marked -6\n";
	static const char input[] = "*filter\n-4 -A a -j X\n-6 -A a -j Y\n[3:180] -A a -j Z\nsame\nsame\nCOMMIT\n";
	struct strbuf damaged = STRBUF_INIT;
	size_t len;

	CHECK(returns("*filter\n-A a -j X\n-A a -j Z\nsame\nsame\nCOMMIT\n", input, 0, &len) && len < sizeof(head) + 8,
	      "refer: lines without the other family's are one run");
	CHECK(returns("*filter\n-A a -j Y\n-A a -j Z\nsame\nsame\nCOMMIT\n", input, 1, &len) && len < sizeof(head) + 8,
	      "refer: of IPv6 too");
	CHECK(returns("new\n\nCOMMIT\nsame\n*filter\n=1+1\n+x\n#= y\n", input, 0, &len),
	      "refer: other lines, in another order, and such that look like its own");
	CHECK(returns("", input, 0, &len) && returns("a\nb\n", "", 0, &len), "refer: nothing, and by nothing");
	CHECK(decode(head, input) == 0, "refer: a head alone is an empty text");
	for (size_t i = 0; i < 6; i++) {
		static const char *const bad[] = { "=0+1\n", "=1+99\n", "=99+1\n", "=1\n", "?\n", "=1+1x\n" };

		strbuf_reset(&damaged);
		strbuf_printf(&damaged, "%s%s", head, bad[i]);
		CHECK(decode(strbuf_text(&damaged), input) == -EBADMSG, bad[i]);
	}
	CHECK(decode("#= lines of the input that are not marked -4\n=1+1\n", input) == -EBADMSG,
	      "refer: the other family's is damaged");
	strbuf_free(&damaged);
}

int main(void)
{
	test_refer();
	return tap_done();
}
