/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The state when an operation fails, the process is killed, or a file is damaged or foreign. */
#include "store/baseline.h"
#include "store/journal.h"
#include "store/prune.h"
#include "store/packed.h"
#include "store/record.h"
#include "store/store_v1.h"
#include "storefiles.h"
#include "text/seal.h"

#include <sys/wait.h>

/* Fails one operation, or all from one on, or ends the process there. */
struct fault {
	int at, count; /* at: which operation, from 1; count: how many there were */
	bool persists;
	bool dies;     /* the process ends there */
};

static int fail(void *arg, const char *what)
{
	struct fault *fault = arg;

	(void)what;
	fault->count++;
	if (fault->count != fault->at && !(fault->persists && fault->count > fault->at))
		return 0;
	if (fault->dies)
		_exit(1);
	return -ENOSPC;
}

static struct state with_fault(const struct state *state, struct fault *fault)
{
	struct state faulty = *state;

	faulty.gate = fail;
	faulty.gate_arg = fault;
	return faulty;
}

/* A journal with a step of each kind, and with bytes that a careless format would misread. */
static struct journal sample(void)
{
	struct journal journal = { .generation = 42, .from = 41, .families = FAMILY_BOTH, .backend = "nft", .deadline = 123456789012 };
	struct journal_step *step;

	host_boot_id(journal.boot);
	step = journal_add(&journal, JOURNAL_SETTING, "net.ipv4.conf.eth0/1.rp_filter", 0);
	strbuf_puts(&step->before, "1\t2\n#@ end length=0 crc32=00000000\n");
	step->opens = true;
	step = journal_add(&journal, JOURNAL_SET, "b\xff \"d:3", 0);
	strbuf_puts(&step->before, "create x hash:ip\nadd x 192.0.2.1\n");
	strbuf_add(&step->after, "\0\n", 2);
	step->existed = true;
	step = journal_add(&journal, JOURNAL_RULES, NULL, 1);
	strbuf_puts(&step->before, V4);
	strbuf_puts(&step->after, V6);
	return journal;
}

static bool same_text(const struct strbuf *a, const struct strbuf *b)
{
	return a->len == b->len && memcmp(strbuf_text(a), strbuf_text(b), a->len) == 0;
}

static bool same_step(const struct journal_step *a, const struct journal_step *b)
{
	return a->kind == b->kind && a->family == b->family && a->opens == b->opens && a->existed == b->existed &&
	       (a->name == NULL) == (b->name == NULL) && (a->name == NULL || strcmp(a->name, b->name) == 0) &&
	       same_text(&a->before, &b->before) && same_text(&a->after, &b->after);
}

static bool same_journal(const struct journal *a, const struct journal *b)
{
	bool same = a->generation == b->generation && a->from == b->from && a->families == b->families &&
		    strcmp(a->backend, b->backend) == 0 && strcmp(a->boot, b->boot) == 0 && a->deadline == b->deadline &&
		    a->steps.len == b->steps.len;

	for (size_t i = 0; same && i < a->steps.len; i++)
		same = same_step(&a->steps.item[i], &b->steps.item[i]);
	return same;
}

static int journal_error(const struct state *state)
{
	struct journal journal;
	int err = journal_read(state, &journal);

	journal_free(&journal);
	return err;
}

static bool journal_reads(const struct state *state)
{
	return journal_error(state) == 0;
}

static void test_journal(void)
{
	struct state state = new_state();
	struct journal journal = sample(), again;
	const char *path = within(state.run, "journal");
	char *copy = strdup(path);

	CHECK(journal_error(&state) == -ENOENT && journal_remove(&state) == 0 && journal_set_aside(&state) == 0,
	      "journal: a missing one is none, and removing it is no error");
	CHECK(journal_write(&state, &journal) == 0 && journal_read(&state, &again) == 0 && same_journal(&journal, &again),
	      "journal: reads back what was written");
	journal_free(&again);
	CHECK(accepted(copy, journal_reads, &state) == 0,
	      "T22, journal: is damaged by a flipped bit or a cut at any place, or by a byte more");
	put_text(copy, "");
	CHECK(journal_error(&state) == -EBADMSG, "journal: an empty file is damaged, not missing");
	CHECK(journal_set_aside(&state) == 0 && journal_error(&state) == -ENOENT &&
		      access(within(state.run, "journal.bad"), F_OK) == 0,
	      "journal: sets aside a damaged one");
	CHECK(mkdir(copy, 0700) == 0 && journal_error(&state) == -EISDIR && journal_set_aside(&state) == 0 &&
		      journal_error(&state) == -ENOENT,
	      "journal: sets aside a folder in its place, even if that name is taken");
	CHECK(mkfifo(copy, 0600) == 0 && journal_error(&state) == -ENOTSUP && journal_set_aside(&state) == 0,
	      "T35, journal: refuses a FIFO in its place without waiting");
	put(copy, "", 0, 0666);
	CHECK(journal_error(&state) == -EPERM, "journal: refuses one that others can write");
	put(copy, "", 0, 0);
	CHECK(journal_error(&state) == (geteuid() == 0 ? -EBADMSG : -EACCES),
	      "journal: an unreadable one is an error, not missing");
	CHECK(chmod(copy, 0600) == 0 && journal_write(&state, &journal) == 0 && journal_reads(&state) &&
		      journal_remove(&state) == 0 && journal_error(&state) == -ENOENT,
	      "journal: is replaced and removed");
	free(copy);
	journal_free(&journal);
}

static bool baseline_is(const struct state *state, const char *forward)
{
	struct baseline baseline;
	const char *value = baseline_read(state, &baseline) == 0 ? baseline_find(&baseline, "net.ipv4.ip_forward") : NULL;
	bool is = value == NULL ? forward == NULL : forward != NULL && strcmp(value, forward) == 0;

	baseline_free(&baseline);
	return is;
}

static bool baseline_reads(const struct state *state)
{
	struct baseline baseline;
	int err = baseline_read(state, &baseline);
	size_t count = baseline.values.len;

	baseline_free(&baseline);
	return err == 0 || count > 0;
}

static void test_baseline(void)
{
	struct state state = new_state(), later;
	struct baseline baseline;
	char *path = strdup(within(state.run, "sysctls"));

	CHECK(baseline_read(&state, &baseline) == 0 && baseline.values.len == 0, "baseline: a missing one is empty");
	CHECK(baseline_write(&state, &baseline) == 0 && access(path, F_OK) != 0, "baseline: writes no file without values");
	CHECK(baseline_note(&baseline, "net.ipv4.ip_forward", "0") == 0 &&
		      baseline_note(&baseline, "net.ipv4.ip_forward", "1") == 0 &&
		      baseline_note(&baseline, "net.ipv4.tcp_rmem", "4096 131072\n6291456") == 0 &&
		      baseline_write(&state, &baseline) == 0 && baseline_is(&state, "0"),
	      "baseline: keeps the first value");
	baseline_free(&baseline);
	CHECK(baseline_read(&state, &baseline) == 0 && baseline.values.len == 2 &&
		      strcmp(baseline_find(&baseline, "net.ipv4.tcp_rmem"), "4096 131072\n6291456") == 0 &&
		      baseline_note(&baseline, "net.ipv4.ip_forward", "1") == 0 && !baseline.changed,
	      "baseline: keeps the first value in a later run");
	baseline_free(&baseline);
	CHECK(accepted(path, baseline_reads, &state) == 0, "baseline: one changed at any place is damaged");
	later = state;
	snprintf(later.boot, sizeof(later.boot), "%s", "another");
	CHECK(baseline_is(&later, NULL) && baseline_is(&state, "0"), "baseline: one of another boot counts as missing");
	free(path);
}

/* Returns the numbers of the kept generations as text. */
static const char *listed(const struct state *state)
{
	static char text[256];
	state_numbers numbers = { 0 };

	text[0] = '\0';
	if (state_list(state, STATE_KEPT, &numbers) == 0)
		for (size_t i = 0; i < numbers.len; i++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%u ", numbers.item[i]);
	vec_free(&numbers);
	return text;
}

/* Makes a state with the good generation 2, the previous one 1, and a load 3 that waits for its confirmation. */
static struct state three(void)
{
	struct state state = new_state();

	for (unsigned n = 1; n <= 3; n++)
		if (write_plain(&state, n) != 0 || (n < 3 && state_flip(&state, n) != 0))
			printf("Bail out! generation %u\n", n);
	return state;
}

static bool is_new(const struct state *state, unsigned number)
{
	struct strbuf path = STRBUF_INIT;
	bool there = access(state_file_path(state, number, STATE_NEW, &path), F_OK) == 0;

	strbuf_free(&path);
	return there;
}

static bool before_flip(const struct state *state)
{
	return links_are(state, 2, 1) && is_whole(state, 1) && is_whole(state, 2);
}

static bool after_flip(const struct state *state, unsigned number)
{
	return links_are(state, number, 2) && is_whole(state, number) && is_whole(state, 2);
}

static void test_flip(void)
{
	struct state state = three();

	CHECK(before_flip(&state) && strcmp(listed(&state), "1 2 ") == 0 && state_newest(&state) == 3,
	      "flip: a load that waits is not a generation yet, but its number is taken");
	CHECK(state_flip(&state, 2) == 0 && before_flip(&state), "flip: flipping to the good generation changes nothing");
	CHECK(state_flip(&state, 7) == -ENOENT && before_flip(&state), "flip: flipping to a missing generation changes nothing");
	CHECK(state_flip(&state, 1) == 0 && links_are(&state, 1, 2) && is_whole(&state, 1),
	      "flip: flips back to an old generation");
	CHECK(state_flip(&state, 3) == 0 && links_are(&state, 3, 1) && is_whole(&state, 3) && !is_new(&state, 3) &&
		      strcmp(listed(&state), "1 2 3 ") == 0,
	      "flip: flips to the load that waited");
}

/* Each operation of a flip to `number` fails once, or from then on. */
static void fail_flip(unsigned number, bool persists)
{
	int wrong = 0, runs = 0, failed = 0;

	for (int at = 1;; at++) {
		struct state state = three(), faulty;
		struct fault fault = { .at = at, .persists = persists };
		int err;

		faulty = with_fault(&state, &fault);
		err = state_flip(&faulty, number);
		if (fault.count < at)
			break;
		runs++;
		failed += err != 0;
		if (err == 0)
			wrong += !after_flip(&state, number);
		else if (!persists)
			wrong += !before_flip(&state) || is_new(&state, 3) != true;
		else /* the next run can still repair it */
			wrong += state_link(&state, "good") != 2 || state_tidy(&state) != 0 || !before_flip(&state);
	}
	printf("# flip to %u: %d runs, %d failed\n", number, runs, failed);
	CHECK(runs >= 5 && failed >= (persists ? 4 : 5) && wrong == 0,
	      persists ? "flip: when a change and all after it fail, it is done, or the next run finds both links as before" :
			 "flip: when a change fails once, both links and the new file are as before");
}

/* Writes and flips generation 4 in a process that ends before an operation; false: there are fewer operations. */
static bool die_at(const struct state *state, int at)
{
	struct fault fault = { .at = at, .dies = true };
	struct state faulty = with_fault(state, &fault);
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(write_plain(&faulty, 4) == 0 && state_flip(&faulty, 4) == 0 ? 0 : 2);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static void die_in_flip(void)
{
	int wrong = 0, runs = 0;

	for (int at = 1;; at++) {
		struct state state = three();

		if (!die_at(&state, at))
			break;
		runs++;
		wrong += state_tidy(&state) != 0 || !(before_flip(&state) || after_flip(&state, 4));
		wrong += write_plain(&state, 5) != 0 || state_flip(&state, 5) != 0 || !is_whole(&state, 5);
	}
	printf("# %d runs that ended early\n", runs);
	CHECK(runs >= 10 && wrong == 0,
	      "flip: a run that ends at any change leaves whole links and generations, and the next run continues");
}

/* Fails each operation of writing the journal and the baseline once: the file must be missing or whole. */
static void fail_run_files(void)
{
	int wrong = 0, runs = 0;

	for (int at = 1;; at++) {
		struct state state = new_state(), faulty;
		struct fault fault = { .at = at };
		struct journal journal = sample();
		struct baseline baseline = { .changed = false };
		bool done;

		faulty = with_fault(&state, &fault);
		done = baseline_note(&baseline, "net.ipv4.ip_forward", "0") == 0 && baseline_write(&faulty, &baseline) == 0;
		wrong += !baseline_is(&state, done ? "0" : NULL) || baseline.changed == done;
		done = done && journal_write(&faulty, &journal) == 0;
		wrong += journal_error(&state) != (done ? 0 : -ENOENT);
		done = done && journal_remove(&faulty) == 0;
		wrong += !done && journal_error(&state) == -EBADMSG;
		journal_free(&journal);
		baseline_free(&baseline);
		if (fault.count < at)
			break;
		runs += !done;
	}
	CHECK(runs >= 10 && wrong == 0, "journal and baseline: when a change fails once, the file is missing or whole");
}

static void fail_replacing(void)
{
	int wrong = 0, runs = 0;

	for (int at = 1;; at++) {
		struct state state = new_state(), faulty;
		struct fault fault = { .at = at };
		struct journal old = sample(), new = sample(), now;
		int err;

		new.deadline = 1;
		faulty = with_fault(&state, &fault);
		wrong += journal_write(&state, &old) != 0;
		err = journal_write(&faulty, &new);
		wrong += journal_read(&state, &now) != 0 || !(same_journal(&now, &old) || same_journal(&now, &new)) ||
			 (err == 0 && now.deadline != 1);
		journal_free(&old);
		journal_free(&new);
		journal_free(&now);
		if (fault.count < at)
			break;
		runs++;
	}
	CHECK(runs >= 4 && wrong == 0, "journal: when a change of replacing it fails once, the old or the new one is there");
}

static void test_prune(void)
{
	struct state state = new_state();
	struct journal journal = sample();

	for (unsigned n = 1; n <= 8; n++)
		if (write_plain(&state, n) != 0 || (n != 3 && n < 7 && state_flip(&state, n) != 0))
			printf("Bail out! generation %u\n", n);
	CHECK(state_flip(&state, 2) == 0 && generations_prune(&state, 2) == 0 && strcmp(listed(&state), "2 5 6 ") == 0,
	      "prune: keeps the newest generations and those that links name");
	CHECK(!is_new(&state, 3) && !is_new(&state, 7) && is_new(&state, 8) && state_newest(&state) == 8,
	      "prune: removes unconfirmed loads but for the newest, whose number is not reused");
	journal.generation = 8;
	CHECK(write_plain(&state, 9) == 0 && journal_write(&state, &journal) == 0 && generations_prune(&state, 2) == 0 &&
		      is_new(&state, 8) && is_new(&state, 9),
	      "prune: keeps the load of a journal");
	snprintf(journal.boot, sizeof(journal.boot), "another");
	CHECK(journal_write(&state, &journal) == 0 && generations_prune(&state, 2) == 0 && !is_new(&state, 8),
	      "prune: removes the load of a journal of another boot");
	put_text(within(state.run, "journal"), "damaged");
	CHECK(write_plain(&state, 10) == 0 && generations_prune(&state, 2) == 0 && is_new(&state, 9),
	      "prune: removes nothing if the journal cannot be read");
	CHECK(state_remove(&state, 10) == 0 && !is_new(&state, 10) && state_remove(&state, 10) == 0,
	      "remove: removing a load twice is no error");
	journal_free(&journal);
}

static void test_tidy(void)
{
	static const char *const go[] = { ".journal.1a2b.tmp", ".000007.new.ffffffffffffffff.tmp" };
	static const char *const stay[] = { ".tmp", "..1.tmp", "journal.1a.tmp", ".journal.xyz.tmp", ".journal.x1f.tmp", ".journal.tmp", "mine" };
	struct state state = three();
	struct strbuf dir = STRBUF_INIT;
	const char *dirs[] = { state.dir, state.run, state_path(&state, "generations", &dir) };
	int wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		for (size_t k = 0; k < ARRAY_LEN(go); k++)
			put_text(within(dirs[i], go[k]), "x");
		for (size_t k = 0; k < ARRAY_LEN(stay); k++)
			put_text(within(dirs[i], stay[k]), "x");
	}
	CHECK(state_tidy(&state) == 0 && before_flip(&state) && is_new(&state, 3), "tidy: keeps the state itself");
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		for (size_t k = 0; k < ARRAY_LEN(go); k++)
			wrong += access(within(dirs[i], go[k]), F_OK) == 0;
		for (size_t k = 0; k < ARRAY_LEN(stay); k++)
			wrong += access(within(dirs[i], stay[k]), F_OK) != 0;
	}
	CHECK(wrong == 0, "tidy: removes temporary files of killed runs, and no others");
	strbuf_free(&dir);
}

/* Is the folder refused with a message that has `word`? */
static bool refused(const char *dir, const char *word)
{
	struct strbuf fault = STRBUF_INIT;
	struct state state;
	bool is;

	state_begin(&state, dir);
	is = state_check(&state, &fault) < 0 && strstr(strbuf_text(&fault), word) != NULL;
	if (!is)
		printf("# %s: %s\n", dir, strbuf_text(&fault));
	strbuf_free(&fault);
	return is;
}

static bool fine(const char *dir)
{
	struct strbuf fault = STRBUF_INIT;
	struct state state;
	bool is;

	state_begin(&state, dir);
	is = state_check(&state, &fault) == 0 && fault.len == 0;
	if (!is)
		printf("# %s: %s\n", dir, strbuf_text(&fault));
	strbuf_free(&fault);
	return is;
}

static void test_check(void)
{
	struct state state = three();
	char *dir = strdup(new_dir()), *inner = strdup(within(dir, "state"));

	CHECK(fine(state.dir), "check: accepts a state of ours");
	CHECK(fine(inner) && fine(within(inner, "not/there/either")), "check: accepts a folder that does not exist yet");
	CHECK(mkdir(inner, 0700) == 0 && chmod(dir, 0777) == 0 && refused(inner, dir),
	      "check: names a folder above that all can write");
	CHECK(chmod(dir, 01777) == 0 && fine(inner), "check: accepts a sticky folder above, as /tmp");
	CHECK(chmod(inner, 01777) == 0 && refused(inner, "state"), "check: refuses a state that is sticky and open");
	CHECK(chmod(inner, 0770) == 0 && refused(inner, "state"), "check: refuses a state that its group can write");
	CHECK(chmod(inner, 0700) == 0 && symlink("state", within(dir, "link")) == 0 && refused(within(dir, "link"), "link") &&
		      refused(within(dir, "link/"), "link"),
	      "check: refuses a state that is a symbolic link");
	CHECK(mkdir(within(inner, "run"), 0700) == 0 && chmod(within(inner, "run"), 0777) == 0 && refused(inner, "run"),
	      "check: refuses a run folder that others can write");
	CHECK(rmdir(within(inner, "run")) == 0 && symlink("/etc", within(inner, "generations")) == 0 &&
		      refused(inner, "generations"),
	      "check: refuses a generations folder that is a link");
	put_text(within(dir, "file"), "x");
	CHECK(refused(within(dir, "file"), "file"), "check: refuses a state that is a file");
	if (geteuid() == 0 && chown(dir, 12345, 0) == 0)
		CHECK(unlink(within(inner, "generations")) == 0 && refused(inner, dir), "check: refuses a folder of another user");
	else
		printf("ok %d - check: refuses a folder of another user # skip only root can make one\n", ++tap_count);
	free(dir);
	free(inner);
}

static void test_format(void)
{
	struct state state = new_state();
	char *path = strdup(within(state.dir, "format"));

	put_text(path, "3\n");
	CHECK(state_format(&state) == 3 && write_plain(&state, 1) == -EPROTONOSUPPORT && state_newest(&state) == 0,
	      "format: does not write to a state of a newer version");
	put_text(path, "x\n");
	CHECK(state_format(&state) == -EBADMSG && write_plain(&state, 1) == 0 && state_format(&state) == 2,
	      "format: writes a damaged format file again");
	free(path);
}

/* A file of format 1. */
static void put_v1(const struct state *state, const char *name, const char *notes, const char *text)
{
	struct strbuf sealed = STRBUF_INIT, packed = STRBUF_INIT, path = STRBUF_INIT;

	seal_open(&sealed);
	strbuf_puts(&sealed, notes);
	strbuf_puts(&sealed, text);
	seal_close(&sealed);
	if (packed_make(sealed.data, sealed.len, &packed) == 0)
		put(state_path(state, name, &path), packed.data, packed.len, 0600);
	strbuf_free(&sealed);
	strbuf_free(&packed);
	strbuf_free(&path);
}

static struct state old_state(void)
{
	struct state state = new_state();

	put_v1(&state, "generations/000041.gz", "# loaded 2026-11-27T00:00:00Z by ann with fw-load from a.rules, backend nft, families 3, kernel 6.1\n", INPUT);
	put_v1(&state, "generations/000041.v4.gz", "#@ sysctl net.ipv4.ip_forward=1\n", V4);
	put_v1(&state, "generations/000041.v6.gz", "#@ sysctl net.ipv4.ip_forward=1\n", V6);
	if (symlink("generations/000041.gz", within(state.dir, "good")) != 0)
		printf("Bail out! good\n");
	return state;
}

static void test_v1(void)
{
	struct state state = old_state();
	struct generation generation;

	CHECK(state_link(&state, "good") == 41 && state_format(&state) == 1 && state_newest(&state) == 41 &&
		      strcmp(listed(&state), "41 ") == 0,
	      "format 1: finds the good generation");
	CHECK(generation_read(&generation, &state, 41) && strcmp(generation.who, "ann") == 0 &&
		      strcmp(generation.from, "a.rules") == 0 && generation.present == FAMILY_BOTH &&
		      rules_count(&generation.rules[0]) == 2 && generation.extras.sysctls.len == 1 &&
		      generation_input_line(&generation, &generation.stream.lines.item[GENERATION_HEAD + 3]) == 4 &&
		      generation_input_line(&generation, &generation.stream.lines.item[1]) == 0,
	      "format 1: reads a generation, with the user's line numbers");
	generation_free(&generation);
	CHECK(write_plain(&state, 42) == 0 && state_link(&state, "good") == 41 && is_whole(&state, 41),
	      "format 1: stays good while a load of format 2 is not confirmed");
	CHECK(state_flip(&state, 42) == 0 && links_are(&state, 42, 41) && is_whole(&state, 41) && is_whole(&state, 42),
	      "format 1: becomes the previous generation after the confirmation");
	CHECK(state_flip(&state, 41) == 0 && links_are(&state, 41, 42), "format 1: becomes good again by a rollback");
	CHECK(unlink(within(state.dir, "generations/000041.v6.gz")) == 0 && !generation_read(&generation, &state, 41) &&
		      strstr(strbuf_text(&generation.fault), "000041.v6.gz") != NULL,
	      "format 1: a generation without the file of a family is damaged");
	generation_free(&generation);
	CHECK(state_remove(&state, 41) == 0 && strcmp(listed(&state), "42 ") == 0 &&
		      access(within(state.dir, "generations/000041.v4.gz"), F_OK) != 0,
	      "format 1: removes all files of a generation");
}

static void test_old_pending(void)
{
	struct state state = old_state();
	struct pending pending;
	struct strbuf text = STRBUF_INIT;
	char *path = strdup(within(state.dir, "pending"));

	CHECK(state_old_pending(&state, &pending) == 0 && pending.generation == 0, "format 1: no load is pending without a file");
	strbuf_printf(&text, "generation 7\nboot %s\ndeadline 99\n", state.boot);
	put(path, text.data, text.len, 0600);
	CHECK(state_old_pending(&state, &pending) == -EBUSY && pending.generation == 7 && pending.deadline == 99,
	      "T44, format 1: a load of this boot is pending");
	put_text(path, "generation 7\nboot another\ndeadline 99\n");
	CHECK(state_old_pending(&state, &pending) == 0, "format 1: a load of another boot is not pending");
	put_text(path, "generation\n");
	CHECK(state_old_pending(&state, &pending) == -EBADMSG, "format 1: an unreadable pending file is an error");
	CHECK(state_drop_old_pending(&state) == 0 && state_old_pending(&state, &pending) == 0, "format 1: drops the pending file");
	CHECK(mkfifo(path, 0600) == 0 && state_old_pending(&state, &pending) == -ENOTSUP,
	      "format 1: refuses a FIFO as pending file");
	strbuf_free(&text);
	free(path);
}

/* Replaces every file of the state in turn by a FIFO, a folder, a link, and one that others can write. */
static void test_kinds(void)
{
	static const char *const names[] = { "generations/000002.gz", "format", "run/journal", "run/sysctls", "pending" };
	int wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		for (int kind = 0; kind < 4; kind++) {
			struct state state = three();
			struct pending pending;
			char *path = strdup(within(state.dir, names[i]));

			(void)!unlink(path);
			if (kind == 0 && mkfifo(path, 0600) != 0)
				wrong++;
			else if (kind == 1 && mkdir(path, 0700) != 0)
				wrong++;
			else if (kind == 2 && symlink("/dev/zero", path) != 0)
				wrong++;
			else if (kind == 3)
				put(path, "x\n", 2, 0622);
			wrong += i == 0 && is_whole(&state, 2);
			wrong += i == 1 && state_format(&state) >= 0;
			wrong += i == 2 && journal_reads(&state);
			wrong += i == 3 && baseline_reads(&state);
			wrong += i == 4 && state_old_pending(&state, &pending) == 0;
			wrong += !is_whole(&state, 1);
			free(path);
		}
	}
	CHECK(wrong == 0, "state: refuses a FIFO, a folder, a link and one that others can write, for each file, without waiting");
}

int main(void)
{
	files_begin();
	test_journal();
	test_baseline();
	test_flip();
	fail_flip(3, false);
	fail_flip(3, true);
	fail_flip(1, true);
	die_in_flip();
	fail_run_files();
	fail_replacing();
	test_prune();
	test_tidy();
	test_check();
	test_format();
	test_v1();
	test_old_pending();
	test_kinds();
	return files_end();
}
