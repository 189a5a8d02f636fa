/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Boxes, decision diagrams and trying every point must agree on whether random boxes cover another box. */
#include "meaning/diagram.h"
#include "meaning/packet.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#define SIDE  7U /* not a power of two, because ranges that do not fill their bits once caused errors */
#define HOLES 14
#define CASES 3000

static struct span random_span(void)
{
	uint32_t a = (uint32_t)rand() % SIDE, b = (uint32_t)rand() % SIDE;

	return (struct span){ a < b ? a : b, a < b ? b : a };
}

static struct box random_box(const struct space *space)
{
	struct box box = box_all(space);
	bool full = false;

	box.dim[FIELD_SRC] = random_span();
	box.dim[FIELD_DPORT] = random_span();
	if (rand() % 3 == 0)
		box.dim[FIELD_IN] = random_span();
	if (rand() % 3 == 0)
		(void)box_require(&box, rand() % 2 == 0 ? 1 : -1, &full);
	return box;
}

static bool has(const struct box *box, uint32_t src, uint32_t port, uint32_t in, int32_t truth)
{
	return src >= box->dim[FIELD_SRC].lo && src <= box->dim[FIELD_SRC].hi && port >= box->dim[FIELD_DPORT].lo &&
	       port <= box->dim[FIELD_DPORT].hi && in >= box->dim[FIELD_IN].lo && in <= box->dim[FIELD_IN].hi &&
	       (box->literal_count == 0 || box->literal[0] == truth);
}

static bool covered_by_points(const struct box *whole, const struct box holes[], size_t count)
{
	for (uint32_t n = 0; n < SIDE * SIDE * SIDE * 2; n++) {
		uint32_t src = n % SIDE, port = n / SIDE % SIDE, in = n / SIDE / SIDE % SIDE;
		int32_t truth = n / (SIDE * SIDE * SIDE) == 0 ? 1 : -1;
		bool hit = !has(whole, src, port, in, truth);

		for (size_t i = 0; i < count && !hit; i++)
			hit = has(&holes[i], src, port, in, truth);
		if (!hit)
			return false;
	}
	return true;
}

static bool covered_by_diagram(const struct space *space, const struct box *whole, const struct box holes[], size_t count)
{
	struct diagrams *all = diagrams_new(space, 100000);
	diagram rest = diagram_and(all, diagram_valid(all), diagram_box(all, whole));
	bool empty;

	for (size_t i = 0; i < count; i++)
		rest = diagram_minus(all, rest, diagram_box(all, &holes[i]));
	empty = rest == DIAGRAM_EMPTY && !diagrams_lost(all);
	diagrams_free(all);
	return empty;
}

static unsigned disagreements(const struct space *space, unsigned *covered)
{
	unsigned bad = 0;

	for (unsigned n = 0; n < CASES; n++) {
		struct box holes[HOLES], whole = random_box(space), left;
		const struct box *list[HOLES];
		size_t count = (size_t)rand() % HOLES + 1;
		unsigned long budget = 1000000;
		bool truth;

		for (size_t i = 0; i < count; i++) {
			holes[i] = random_box(space);
			list[i] = &holes[i];
		}
		truth = covered_by_points(&whole, holes, count);
		*covered += truth;
		bad += (boxes_cover(&whole, list, count, &left, &budget) == COVER_YES) != truth;
		bad += covered_by_diagram(space, &whole, holes, count) != truth;
	}
	return bad;
}

static void note_border(struct space *space, enum field field, field_value value)
{
	struct range range = { value, field_max(field, space->family) };
	struct cond cond = { .kind = COND_RANGES, .field = field, .other = FIELD_COUNT, .ranges = &range, .range_count = 1 };

	space_note(space, &cond);
}

static void test_cover(void)
{
	struct space space;
	unsigned covered = 0;

	space_begin(&space, FAMILY_IPV4);
	for (field_value v = 1; v < SIDE; v++) {
		note_border(&space, FIELD_SRC, v * 2);
		note_border(&space, FIELD_DPORT, v * 2);
		note_border(&space, FIELD_IN, v * 2);
	}
	CHECK(space_seal(&space) && space.field[FIELD_IN].count == SIDE, "seals a space");
	CHECK(disagreements(&space, &covered) == 0, "boxes, diagrams and points agree on covering");
	CHECK(covered > CASES / 20 && covered < CASES - CASES / 20, "the cases have enough of both answers");
	space_free(&space);
}

static void test_packet_text(void)
{
	static const char *const texts[] = {
		"in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:22 new",
		"in eth0 out eth1 udp [2001:db8::9]:5000 -> [2001:db8:1::1]:53 established reply",
		"out lo icmp 127.0.0.1 -> 127.0.0.1 type 8/0 new",
		"in eth0 tcp * -> 203.0.113.5:22 new flags syn,ack mark 0x3",
	};
	const char *fault;
	size_t at;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct strbuf out = STRBUF_INIT;
		struct packet packet;

		CHECK(packet_parse(&packet, texts[i], strlen(texts[i]), &fault, &at), "reads a packet");
		packet_text(&out, &packet);
		CHECK(strcmp(strbuf_text(&out), texts[i]) == 0, "writes a packet as it was read");
		strbuf_free(&out);
	}
}

int main(void)
{
	srand(1);
	test_cover();
	test_packet_text();
	return tap_done();
}
