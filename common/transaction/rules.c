/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Puts rules in force while other programs may write at any time.
 *
 * The legacy backend has a lock, which the caller holds. nf_tables has none: iptables-nft-restore reads the chains
 * itself and commits against what it read, whatever was written since we read the rules. So chains are edited, not
 * flushed, which loses nobody's rule, and the result is read back. If another program changed something that matters,
 * we merge and commit again, a limited number of times.
 */
#include "transaction/internal.h"

#include <string.h>

/* Give up after this many attempts, or after this time, if other programs keep writing. */
#define TRIES    5
#define TRY_MS   7000

/* --- merging ---------------------------------------------------------------------------------------- */

/* Do rules stay that are not ours? If no load came before, the caller must say so. */
static enum foreign foreign_mode(const struct transaction *t, const struct family_work *work)
{
	if (t->request.unknown == UNKNOWN_REPLACE || (t->flags & FLAG_REPLACE) != 0)
		return FOREIGN_DROP;
	if (t->request.unknown == UNKNOWN_REFUSE && work->base == NULL && t->request.keep != NULL && t->request.keep->len > 0)
		return FOREIGN_DROP;
	return FOREIGN_KEEP;
}

/* Do not verify chains that the load did not change: other programs' rules may come and go there while we undo. */
static void leave_unchanged(struct family_work *work)
{
	for (size_t i = 0; i < work->target.tables.len; i++) {
		struct text_table *table = &work->target.tables.item[i];
		const struct text_table *put = rules_table(work->base, table->name), *before = rules_table(work->next, table->name);

		for (size_t c = 0; put != NULL && before != NULL && c < table->chains.len; c++) {
			struct text_chain *chain = &table->chains.item[c];
			const struct text_chain *was = table_chain(before, chain->name), *is = table_chain(put, chain->name);

			chain->ours = chain->ours && (was == NULL || is == NULL || !chain_equal(was, is));
		}
	}
}

static bool add_patterns(const patterns *from, patterns *all)
{
	bool good = true;

	for (size_t i = 0; good && from != NULL && i < from->len; i++)
		good = vec_push(all, from->item[i]);
	return good;
}

static bool merge_with(struct transaction *t, int family, bool undo, const struct text_rules *earlier, const patterns *keep)
{
	struct family_work *work = &t->family[family];
	enum counts counts = undo ? COUNTS_WRITTEN : t->request.counters ? COUNTS_SET : COUNTS_FOREIGN;

	merge_free(&work->merge);
	work->merge = (struct merge)MERGE_INIT;
	work->merge.only_changed = undo;
	work->merge.earlier = earlier;
	work->merge.foreign = undo ? FOREIGN_KEEP : foreign_mode(t, work);
	work->merge.keep = (const char *const *)keep->item;
	work->merge.keep_count = keep->len;
	strbuf_reset(&work->program);
	if (merge_rules(&work->merge, work->base, &work->live, work->next, &work->target) != 0)
		return false;
	if (undo)
		leave_unchanged(work);
	return program_write(&work->live, &work->target, t->door->kind == BACKEND_LEGACY ? PROGRAM_LOCKED : PROGRAM_EDIT, counts,
			     &work->program) == 0;
}

static bool merge_again(struct transaction *t, int family, bool undo, const struct text_rules *earlier)
{
	patterns keep = { 0 };
	bool good;

	if (undo && !leave_theirs(t, family))
		return false;
	good = add_patterns(t->request.keep, &keep);
	for (size_t i = 0; good && i < t->extras.keep.len; i++)
		good = vec_push(&keep, t->extras.keep.item[i]);
	good = good && merge_with(t, family, undo, earlier, &keep);
	vec_free(&keep);
	return good || diag_memory(t->log) == 0;
}

bool merge_family(struct transaction *t, int family, bool undo)
{
	rules_free(&t->family[family].target);
	return merge_again(t, family, undo, NULL);
}

/* --- committing ------------------------------------------------------------------------------------- */

/* One attempt for all families. */
struct attempt {
	enum family families; /* those with something to change */
	bool undo;
	bool last;        /* the last attempt: a failure is final */
	bool flush;       /* an edit was refused although nobody wrote: flush the chains instead */
	uint32_t before;  /* nf_tables' generation when the rules were read that the programs change */
	uint32_t ours;    /* number of our own commits in this attempt */
};

enum attempt_result { ATTEMPT_DONE, ATTEMPT_AGAIN, ATTEMPT_FAILED };

/* Has another program committed anything since we read the rules? True if that cannot be determined. */
static bool others_wrote(const struct transaction *t, const struct attempt *attempt)
{
	uint32_t now;

	if (t->door->kind == BACKEND_LEGACY)
		return false;
	return t->door->generation(t->door->self, &now) != 0 || now - attempt->before != attempt->ours;
}

/*
 * An edit is refused if another program has just removed what it names, or if iptables cannot find a rule made by
 * another program by its printed text. In the second case the next attempt flushes the chains.
 */
static bool may_try_again(const struct transaction *t, const struct attempt *attempt, const struct refusal *refusal)
{
	return !attempt->last && refusal->failure == 0 && (others_wrote(t, attempt) || !attempt->flush);
}

/* Runs the programs of these families at the same time. Reports a refusal unless another attempt may succeed. */
static enum attempt_result run(struct transaction *t, struct attempt *attempt, enum family families)
{
	struct strbuf programs[FAMILIES] = { t->family[0].program, t->family[1].program };
	struct refusal refusals[FAMILIES] = { REFUSAL_INIT, REFUSAL_INIT };
	enum attempt_result result = ATTEMPT_DONE, one;
	bool flush = attempt->flush;

	t->flags |= FLAG_CHANGED;
	t->door->restore(t->door->self, families, RESTORE_CHANGE, programs, refusals);
	for (int i = 0; i < FAMILIES; i++) {
		if (!family_has(families, i))
			continue;
		one = ATTEMPT_DONE;
		if (!refusals[i].refused) {
			attempt->ours += program_commits(&programs[i]);
		} else if (may_try_again(t, attempt, &refusals[i])) {
			flush = flush || !others_wrote(t, attempt);
			one = ATTEMPT_AGAIN;
		} else {
			report_refusal(t, i, &t->family[i].program, &refusals[i], NULL);
			if (others_wrote(t, attempt))
				t->result = RESULT_OTHER;
			one = ATTEMPT_FAILED;
		}
		result = one > result ? one : result;
		refusal_free(&refusals[i]);
	}
	attempt->flush = flush;
	return result;
}

/* nf_tables allows one writer at a time, so IPv4 comes first. With the legacy backend the families share nothing. */
static enum attempt_result run_all(struct transaction *t, struct attempt *attempt)
{
	enum attempt_result result = ATTEMPT_DONE;

	if (t->door->kind == BACKEND_LEGACY)
		return run(t, attempt, attempt->families);
	for (int i = 0; i < FAMILIES && result == ATTEMPT_DONE; i++) {
		if (!family_has(attempt->families, i))
			continue;
		phase(t, i == 0 ? "committing IPv4" : "committing IPv6");
		result = run(t, attempt, family_bit(i));
	}
	return result;
}

/* Compares the rules in force with those asked for. */
static enum attempt_result verify(struct transaction *t, struct attempt *attempt, enum family families,
				  struct text_rules targets[FAMILIES])
{
	enum attempt_result result = ATTEMPT_DONE;

	for (int i = 0; i < FAMILIES; i++) {
		struct family_work *work = &t->family[i];
		struct difference difference;
		enum in_force in_force;

		if (!family_has(families, i))
			continue;
		if (rules_verify(&targets[i], work->base, &work->live, t->door->kind == BACKEND_NFT, &in_force, &difference) != 0) {
			diag_memory(t->log);
			return ATTEMPT_FAILED;
		}
		if (in_force == IN_FORCE || result == ATTEMPT_FAILED)
			continue;
		if (!attempt->last && others_wrote(t, attempt)) {
			result = ATTEMPT_AGAIN;
			continue;
		}
		report_difference(t, i, &difference);
		if (others_wrote(t, attempt))
			t->result = RESULT_OTHER;
		result = ATTEMPT_FAILED;
	}
	return result;
}

/* Keeps target, and what it borrows from, while the rules in force are read again. */
struct aside {
	struct text_rules target[FAMILIES], live[FAMILIES];
	struct strbuf text[FAMILIES];
};

static void put_aside(struct transaction *t, enum family families, struct aside *aside)
{
	*aside = (struct aside){ .text = { STRBUF_INIT, STRBUF_INIT } };
	for (int i = 0; i < FAMILIES; i++) {
		struct family_work *work = &t->family[i];

		if (!family_has(families, i))
			continue;
		aside->target[i] = work->target;
		aside->live[i] = work->live;
		aside->text[i] = work->live_text;
		work->target = work->live = (struct text_rules){ .tables = { 0 } };
		work->live_text = (struct strbuf)STRBUF_INIT;
	}
}

static void aside_free(struct aside *aside)
{
	for (int i = 0; i < FAMILIES; i++) {
		rules_free(&aside->target[i]);
		rules_free(&aside->live[i]);
		strbuf_free(&aside->text[i]);
	}
}

/* At boot, rules that were accepted stay in force although others commit so often that they cannot be read back. */
static bool stays_unread(struct transaction *t)
{
	if ((t->flags & (FLAG_BOOT | FLAG_UNDOING)) != FLAG_BOOT || (t->flags & FLAG_UNREAD) == 0)
		return false;
	warn(t, "the rules were accepted, but could not be read back");
	t->flags |= FLAG_PARTIAL;
	return true;
}

/* Reads the rules in force, and compares them if the commit succeeded. If another attempt is needed, merges again. */
static enum attempt_result look(struct transaction *t, struct attempt *attempt, enum family families, bool committed)
{
	enum attempt_result result = ATTEMPT_AGAIN;
	struct aside aside;

	phase(t, "comparing");
	put_aside(t, families, &aside);
	if (!read_live_cleared(t, families))
		result = committed && stays_unread(t) ? ATTEMPT_DONE : ATTEMPT_FAILED;
	else if (committed)
		result = verify(t, attempt, families, aside.target);
	for (int i = 0; i < FAMILIES; i++)
		if (result == ATTEMPT_AGAIN && family_has(families, i) && !merge_again(t, i, attempt->undo, &aside.target[i]))
			result = ATTEMPT_FAILED;
	aside_free(&aside);
	return result;
}

static enum family with_programs(const struct transaction *t, enum family families)
{
	for (int i = 0; i < FAMILIES; i++)
		if (t->family[i].program.len == 0)
			families &= ~family_bit(i);
	return families;
}

static bool flush_instead(struct transaction *t, enum family families, bool undo)
{
	enum counts counts = undo ? COUNTS_WRITTEN : t->request.counters ? COUNTS_SET : COUNTS_FOREIGN;
	bool good = true;

	for (int i = 0; good && i < FAMILIES; i++) {
		struct family_work *work = &t->family[i];

		strbuf_reset(&work->program);
		if (family_has(families, i))
			good = program_write(&work->live, &work->target, PROGRAM_FLUSH, counts, &work->program) == 0;
	}
	return good || diag_memory(t->log) == 0;
}

static enum attempt_result try_once(struct transaction *t, struct attempt *attempt, enum family families)
{
	enum attempt_result result;

	attempt->families = with_programs(t, families);
	attempt->ours = 0;
	attempt->before = t->family[family_has(families, 0) ? 0 : 1].seen;
	result = run_all(t, attempt);
	if (result != ATTEMPT_FAILED)
		result = look(t, attempt, families, result == ATTEMPT_DONE);
	if (result == ATTEMPT_AGAIN && attempt->flush && !flush_instead(t, families, attempt->undo))
		result = ATTEMPT_FAILED;
	return result;
}

bool put_rules(struct transaction *t, enum family families, bool undo)
{
	struct attempt attempt = { .undo = undo };
	enum attempt_result result = ATTEMPT_AGAIN;
	long long start = t->door->clock(t->door->self);

	phase(t, "committing");
	for (int tries = 1; result == ATTEMPT_AGAIN; tries++) {
		attempt.last = tries == TRIES || t->door->clock(t->door->self) - start > TRY_MS;
		result = try_once(t, &attempt, families);
	}
	return result == ATTEMPT_DONE;
}

enum { BLIND_TRIES = 3 };

/* Loads the whole tables of these families, and returns those that are refused. Reports why if it is the last time. */
static enum family put_whole(struct transaction *t, enum family families, bool last)
{
	struct strbuf programs[FAMILIES] = { t->family[0].text, t->family[1].text };
	struct refusal refusals[FAMILIES] = { REFUSAL_INIT, REFUSAL_INIT };
	enum family left = FAMILY_NONE;

	t->flags |= FLAG_CHANGED;
	t->door->restore(t->door->self, families, RESTORE_FLUSH, programs, refusals);
	for (int i = 0; i < FAMILIES; i++) {
		if (!family_has(families, i))
			continue;
		if (refusals[i].refused)
			left |= family_bit(i);
		if (refusals[i].refused && last)
			report_refusal(t, i, &programs[i], &refusals[i], NULL);
		refusal_free(&refusals[i]);
	}
	return left;
}

/*
 * The programs read nothing that matters: whatever others have in these tables, it is replaced. A refusal may come from
 * things that nft has made there since they were cleared.
 */
bool put_blind(struct transaction *t, enum family families)
{
	struct text_rules wanted[FAMILIES] = { t->family[0].wanted, t->family[1].wanted };
	struct attempt attempt = { .last = true };
	enum family left = families;

	phase(t, "committing whole tables");
	for (int tries = 1; left != FAMILY_NONE && tries <= BLIND_TRIES; tries++)
		if (tries == 1 || read_live_cleared(t, left))
			left = put_whole(t, left, tries == BLIND_TRIES);
	if (left != FAMILY_NONE)
		return false;
	phase(t, "comparing");
	return read_live(t, families) ? verify(t, &attempt, families, wanted) == ATTEMPT_DONE : stays_unread(t);
}
