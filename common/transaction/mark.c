/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RUN/mark: "nobody has committed anything to nf_tables since this load, which left its own rules in force and nothing
 * else". While that is so, the next load need not read the rules in force: they are those of the good generation.
 */
#include "transaction/internal.h"

#include <string.h>

static const char name[] = "mark";

/* Of this moment, this namespace and this boot. False: they cannot be told, or this kind of iptables has none. */
static bool write_mark(const struct transaction *t, uint32_t seen, unsigned generation, struct strbuf *out)
{
	if (!t->door->mark(t->door->self, seen, out))
		return false;
	strbuf_printf(out, "rules of %06u\n", generation);
	return !out->failed;
}

void leave_mark(const struct transaction *t)
{
	const struct family_work *work = t->family;
	unsigned generation = t->journal.generation != 0 ? t->journal.generation : t->good.number;
	struct strbuf text = STRBUF_INIT;

	if (t->request.families == FAMILY_BOTH && work[0].seen == work[1].seen && rules_equal(&work[0].wanted, &work[0].live) &&
	    rules_equal(&work[1].wanted, &work[1].live) && write_mark(t, work[0].seen, generation, &text))
		(void)!state_run_write(t->state, name, strbuf_text(&text), text.len); /* without it the next load reads */
	strbuf_free(&text);
}

static bool is_marked(const struct transaction *t, uint32_t *seen)
{
	struct strbuf kept = STRBUF_INIT, now = STRBUF_INIT;
	bool same = t->door->generation(t->door->self, seen) == 0 && write_mark(t, *seen, t->good.number, &now) &&
		    state_run_read(t->state, name, &kept) == 0 && strcmp(strbuf_text(&kept), strbuf_text(&now)) == 0;

	strbuf_free(&kept);
	strbuf_free(&now);
	return same;
}

/* Not where counters are to be set: those in force are not known. */
bool take_marked(struct transaction *t)
{
	struct diag_log silent = { .report = NULL };
	uint32_t seen;
	bool good = t->request.families == FAMILY_BOTH && t->flags == 0 && t->good.number != 0 && !t->request.counters;

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
	return good; /* else they are read, which replaces what was begun here */
}
