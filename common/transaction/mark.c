/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * RUN/words says in which words the rules of a generation were written: what wording_stamp told then.
 *
 * RUN/mark says: "at this generation of nf_tables, exactly these rules were in force". If nobody has committed anything
 * since and these are the rules of the good generation, the next load need not read the rules in force.
 */
#include "transaction/internal.h"
#include "base/textmap.h"
#include "host/wording.h"
#include "text/seal.h"

#include <string.h>

static const char name[] = "mark", words[] = "words";

/*
 * Writes a mark for this generation, namespace and boot. False: they cannot be determined, or the backend has no
 * generations.
 */
static bool write_mark(const struct transaction *t, uint32_t seen, const struct text_rules *rules[FAMILIES], struct strbuf *out)
{
	if (!t->door->mark(t->door->self, seen, out))
		return false;
	for (int i = 0; i < FAMILIES; i++) {
		struct strbuf text = STRBUF_INIT;

		rules_write(rules[i], false, &text);
		strbuf_printf(out, "%s %zu bytes, crc32 %08lx\n", family_name(i), text.len,
			      (unsigned long)seal_crc(strbuf_text(&text), text.len));
		out->failed = out->failed || text.failed;
		strbuf_free(&text);
	}
	wording_stamp(out); /* the rules are compared by their words */
	return !out->failed;
}

static void write_words(unsigned generation, struct strbuf *out)
{
	strbuf_printf(out, "generation %06u\n", generation);
	wording_stamp(out);
}

void leave_words(const struct transaction *t, unsigned generation)
{
	struct strbuf text = STRBUF_INIT;

	write_words(generation, &text);
	if (text.failed || state_run_write(t->state, words, strbuf_text(&text), text.len) != 0)
		state_run_remove(t->state, words);
	strbuf_free(&text);
}

bool has_words_of_today(const struct transaction *t, unsigned generation)
{
	struct strbuf kept = STRBUF_INIT, now = STRBUF_INIT;
	bool same;

	write_words(generation, &now);
	same = !now.failed && state_run_read(t->state, words, &kept) == 0 && strcmp(strbuf_text(&kept), strbuf_text(&now)) == 0;
	strbuf_free(&kept);
	strbuf_free(&now);
	return same;
}

void leave_mark(const struct transaction *t)
{
	const struct family_work *work = t->family;
	const struct text_rules *rules[FAMILIES] = { &work[0].wanted, &work[1].wanted };
	struct strbuf text = STRBUF_INIT;

	if (t->request.families == FAMILY_BOTH && work[0].seen == work[1].seen && rules_equal(&work[0].wanted, &work[0].live) &&
	    rules_equal(&work[1].wanted, &work[1].live) && write_mark(t, work[0].seen, rules, &text))
		(void)!state_run_write(t->state, name, strbuf_text(&text), text.len); /* else the next load reads the rules */
	strbuf_free(&text);
}

static bool is_marked(const struct transaction *t, uint32_t *seen)
{
	const struct text_rules *rules[FAMILIES] = { t->family[0].base, t->family[1].base };
	struct strbuf kept = STRBUF_INIT, now = STRBUF_INIT;
	bool same = t->door->generation(t->door->self, seen) == 0 && write_mark(t, *seen, rules, &now) &&
		    state_run_read(t->state, name, &kept) == 0 && strcmp(strbuf_text(&kept), strbuf_text(&now)) == 0;

	strbuf_free(&kept);
	strbuf_free(&now);
	return same;
}

/*
 * Takes the rules of the good generation as those in force, if the mark allows it. Never if counters are to be set, as
 * the mark does not know their present values.
 */
bool take_marked(struct transaction *t)
{
	struct diag_log silent = { .report = NULL };
	uint32_t seen;
	bool good = t->request.families == FAMILY_BOTH && (t->flags & ~FLAG_SAME_WORDS) == 0 && t->good.number != 0 && !t->request.counters;

	for (int i = 0; i < FAMILIES; i++)
		good = good && t->family[i].base == &t->good.rules[i];
	good = good && is_marked(t, &seen);
	for (int i = 0; good && i < FAMILIES; i++) {
		struct family_work *work = &t->family[i];

		rules_write(work->base, false, &work->live_text);
		work->seen = seen;
		good = !work->live_text.failed &&
		       rules_read(&work->live, "the rules in force", strbuf_text(&work->live_text), work->live_text.len, &silent);
	}
	return good; /* if false, read_live replaces what is half done here */
}

/* Does the program append a rule that is in force already, and so would need its counters? No memory: yes. */
static bool appends_again(const struct family_work *work)
{
	struct textmap live = { .slots = NULL };
	bool again = !map_rules(&live, &work->live);

	for (const char *line = strbuf_text(&work->program); !again && *line != '\0';) {
		size_t len = strcspn(line, "\n");
		struct piece rule = { line, (unsigned)len };

		again = line[0] == '-' && textmap_find(&live, &rule) != TEXTMAP_NONE;
		line += len + (line[len] == '\n');
	}
	textmap_free(&live);
	return again;
}

bool mark_suffices(const struct transaction *t)
{
	return !appends_again(&t->family[0]) && !appends_again(&t->family[1]);
}
