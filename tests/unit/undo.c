/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is undone, and what is put in force again, over a kernel in memory: named situations. */
#include "fake/trial.h"
#include "store/generation.h"
#include "tap.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct trial trial;

static void begin(enum backend_kind kind, enum trial_flow flow, unsigned from, unsigned to)
{
	CHECK(trial_begin(&trial, kind, flow, from, to, false), "the old rules are in force");
}

static const char *value_of(const char *key)
{
	return fake_text(fake_setting(&trial.door.kernel, key)->value);
}

static bool said(const char *words)
{
	return strstr(strbuf_text(&trial.said), words) != NULL;
}

/* --- settings ------------------------------------------------------------------------------------------- */

/* The places of lines in the trace; SIZE_MAX: it is not there. */
static size_t first_line(const char *line)
{
	const char *at = strstr(strbuf_text(&trial.door.trace), line);

	return at != NULL ? (size_t)(at - strbuf_text(&trial.door.trace)) : SIZE_MAX;
}

static size_t last_commit(void)
{
	size_t last = 0;

	for (const char *at = strbuf_text(&trial.door.trace); (at = strstr(at, "commit ")) != NULL; at++)
		last = (size_t)(at - strbuf_text(&trial.door.trace));
	return last;
}

static void test_order(enum backend_kind kind)
{
	begin(kind, FLOW_LAPSE, SIDE_FORWARDING | SIDE_OTHER, SIDE_FORWARD_ACCEPT);
	CHECK(trial_load(&trial, trial.to, 60, 0) == RESULT_DONE, "a load closes settings that were open");
	CHECK(first_line("set " KEY_FILTER "=1") < first_line("commit IPv4") && first_line("set " KEY_IPV4 "=0") < first_line("commit IPv4"),
	      "what closes is set before the rules");
	strbuf_reset(&trial.door.trace);
	CHECK(trial_lapse(&trial) == RESULT_UNCONFIRMED && trial_is(&trial, &trial.old), "it is undone");
	CHECK(first_line("set " KEY_FILTER "=0") > last_commit() && first_line("set " KEY_FILTER "=0") != SIZE_MAX &&
		      first_line("set " KEY_IPV4 "=1") > last_commit() && first_line("set " KEY_IPV4 "=1") != SIZE_MAX,
	      "T21, what opens is set back when the old rules stand");
	trial_end(&trial);
}

static void test_hand(enum backend_kind kind)
{
	begin(kind, FLOW_LOAD, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT | SIDE_OTHER);
	CHECK(trial_go_behind(&trial, "set " KEY_FILTER "=0"), "a load dies when it has set its last settings");
	fake_setting_put(&trial.door.kernel, KEY_FILTER, "7");
	CHECK(trial_recover(&trial) == RESULT_DONE, "the next run undoes it");
	CHECK(strcmp(value_of(KEY_FILTER), "7") == 0 && said(KEY_FILTER " stays 7"), "T23, a setting that a hand has changed stays, and is told");
	fake_setting_put(&trial.door.kernel, KEY_FILTER, "1");
	CHECK(trial_is(&trial, &trial.old), "everything else is as it was");
	trial_end(&trial);
}

static bool plan_has(unsigned side, unsigned generation, const char *line)
{
	struct strbuf plan = STRBUF_INIT;
	bool has;

	has = trial_plan(&trial, side, generation, &plan) == RESULT_DONE && strstr(strbuf_text(&plan), line) != NULL;
	strbuf_free(&plan);
	return has;
}

static void test_over_time(void)
{
	begin(BACKEND_NFT, FLOW_LOAD, SIDE_FORWARDING, SIDE_SILENT);
	CHECK(strcmp(value_of(KEY_IPV4), "1") == 0, "T24, a text turns forwarding on");
	CHECK(plan_has(SIDE_SILENT, 0, "set " KEY_IPV4 "=0\n"), "the plan of a text without it tells that it is turned off");
	CHECK(trial_load(&trial, SIDE_SILENT, 0, 0) == RESULT_DONE && strcmp(value_of(KEY_IPV4), "0") == 0, "and it is");
	CHECK(plan_has(0, 1, "set " KEY_IPV4 "=1\n"), "the plan of a rollback tells that it is turned on");
	CHECK(trial_load(&trial, 0, 0, 1) == RESULT_DONE && strcmp(value_of(KEY_IPV4), "1") == 0, "and it is");
	CHECK(trial_load(&trial, 0, 0, 2) == RESULT_DONE && strcmp(value_of(KEY_IPV4), "0") == 0, "a rollback of that turns it off");
	CHECK(trial_load(&trial, SIDE_FORWARDING, 0, 0) == RESULT_DONE, "a text turns it on again");
	trial_reboot(&trial);
	fake_setting_put(&trial.door.kernel, KEY_FILTER, "2");
	CHECK(trial_boot(&trial, true) == RESULT_DONE && strcmp(value_of(KEY_FILTER), "1") == 0, "the machine boots with this text");
	CHECK(trial_load(&trial, SIDE_SILENT, 0, 0) == RESULT_DONE && strcmp(value_of(KEY_FILTER), "2") == 0,
	      "T25, a text without settings gives them the values that they had after this boot");
	trial_end(&trial);
}

/* --- damage --------------------------------------------------------------------------------------------- */

static bool exists(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", trial.dir, name);
	return access(path, F_OK) == 0;
}

/* What a process left that died. */
struct dead {
	struct fake_kernel kernel;
	struct fake_disk disk;
};

static void keep_dead(struct dead *dead)
{
	dead->kernel = trial.door.kernel;
	fake_disk_read(&dead->disk, trial.dir);
}

/* The same, but that a file holds other bytes. */
static void go_to_dead(struct dead *dead, struct fake_file *file, const struct strbuf *bytes)
{
	struct strbuf whole = file->bytes;

	file->bytes = *bytes;
	fake_disk_write(&dead->disk, trial.dir);
	file->bytes = whole;
	fake_rewind(&trial.door);
	trial.door.kernel = dead->kernel;
}

/* The bytes of a file up to a place, or all of them with one bit flipped there. */
static void damage(const struct strbuf *bytes, size_t at, bool cut, struct strbuf *out)
{
	strbuf_reset(out);
	strbuf_add(out, bytes->data, cut ? at : bytes->len);
	if (!cut)
		out->data[at] ^= (char)(1 << at % 7);
}

/* Safe rules come instead of an undoing, and after them another load does. */
static bool is_distrusted(void)
{
	return trial_recover(&trial) == RESULT_SAFE && trial_is_safe(&trial) && exists("run/journal.bad") && !exists("run/journal") &&
	       trial_load(&trial, trial.to, 0, 0) == RESULT_DONE;
}

static void test_journal(bool cut, const char *name)
{
	struct strbuf damaged = STRBUF_INIT;
	unsigned wrong = 0, tried = 0;
	struct fake_file *file;
	struct dead dead;

	begin(BACKEND_NFT, FLOW_LOAD, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT | SIDE_OTHER);
	CHECK(trial_go_behind(&trial, "commit IPv6 *filter"), "a load dies when its rules are in force");
	keep_dead(&dead);
	file = fake_disk_find(&dead.disk, "run/journal");
	for (size_t i = 0; file != NULL && i < file->bytes.len; i += 61, tried++) {
		damage(&file->bytes, i, cut, &damaged);
		go_to_dead(&dead, file, &damaged);
		wrong += !is_distrusted();
	}
	CHECK(tried > 20 && wrong == 0, name);
	printf("# %u journals, %u wrong\n", tried, wrong);
	strbuf_free(&damaged);
	fake_disk_free(&dead.disk);
	trial_end(&trial);
}

/* --boot finds the good generation damaged: the one before it goes in force. */
static void test_generation(bool cut, const char *name)
{
	struct strbuf damaged = STRBUF_INIT;
	unsigned believed = 0, wrong = 0, tried = 0;
	struct fake_file *file;
	struct dead dead;

	begin(BACKEND_NFT, FLOW_BOOT, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT | SIDE_OTHER);
	keep_dead(&dead);
	file = fake_disk_find(&dead.disk, "generations/000002.gz");
	for (size_t i = 0; file != NULL && i < file->bytes.len; i++, tried++) {
		struct generation generation;

		damage(&file->bytes, i, cut, &damaged);
		go_to_dead(&dead, file, &damaged);
		believed += generation_read(&generation, &trial.state, 2);
		generation_free(&generation);
		if (i % 16 == 0)
			wrong += trial_boot(&trial, true) != RESULT_FALLBACK || !trial_is(&trial, &trial.old);
	}
	CHECK(tried > 200 && believed == 0, name);
	CHECK(wrong == 0, "T33, --boot puts the generation before it in force, and says so");
	printf("# %u files, %u believed\n", tried, believed);
	strbuf_free(&damaged);
	fake_disk_free(&dead.disk);
	trial_end(&trial);
}

/* --- safe rules ----------------------------------------------------------------------------------------- */

static bool spoil_journal(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/run/journal", trial.dir);
	return truncate(path, 10) == 0;
}

static bool drop_ssh_by_hand(void)
{
	const char *program = "*filter\n-D INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n", *why;
	unsigned line = 1;

	return fake_restore(&trial.door.kernel, 0, false, &program, &line, &why);
}

/* Safe rules are in force, and a hand has taken one of them out. A load that lapses goes back to that. */
static void test_safe_changed(enum backend_kind kind)
{
	struct fake_kernel expected;

	begin(kind, FLOW_LOAD, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT | SIDE_OTHER);
	CHECK(trial_go_behind(&trial, "commit IPv6 *filter"), "a load dies when its rules are in force");
	CHECK(spoil_journal() && trial_recover(&trial) == RESULT_SAFE && trial_is_safe(&trial), "safe rules come, as its journal is damaged");
	CHECK(drop_ssh_by_hand(), "one of them is taken out by hand");
	CHECK(trial_load(&trial, trial.to, 60, 0) == RESULT_DONE && trial_lapse(&trial) == RESULT_UNCONFIRMED, "a load lapses");
	CHECK(trial_load(&trial, trial.to, 0, 0) == RESULT_DONE, "another one does not");
	expected = trial.new;
	side_apply(&expected, trial.to, &trial.boot, false);
	CHECK(trial_is(&trial, &expected), "of the safe rules nothing is left beside the new ones");
	trial_end(&trial);
}

int main(void)
{
	test_safe_changed(BACKEND_NFT);
	test_safe_changed(BACKEND_LEGACY);
	test_order(BACKEND_NFT);
	test_order(BACKEND_LEGACY);
	test_hand(BACKEND_NFT);
	test_hand(BACKEND_LEGACY);
	test_over_time();
	test_journal(true, "T22, a journal that is cut off anywhere brings the safe rules, and is kept");
	test_journal(false, "T22, a journal with a bit flipped anywhere brings the safe rules, and is kept");
	test_generation(true, "T32, a generation that is cut off anywhere is not believed");
	test_generation(false, "T32, a generation with a bit flipped anywhere is not believed");
	return tap_done();
}
