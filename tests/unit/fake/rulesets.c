/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fake/rulesets.h"
#include "base/file.h"
#include "model/ext.h"
#include "randomrules.h"
#include "tap.h"

#include <ctype.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool ask_random(const struct rulesets_question *question, enum family family, unsigned seed)
{
	struct random_rules all = random_rules(seed, family, false);
	struct strbuf text = STRBUF_INIT;
	bool good;

	random_text(&text, &all);
	good = question->ask("random", &text, family, question->totals);
	if (!good)
		printf("# IPv%d seed %u:\n%s", family == FAMILY_IPV6 ? 6 : 4, seed, strbuf_text(&text));
	strbuf_free(&text);
	return good;
}

static bool ask_file(const struct rulesets_question *question, enum family family, const char *name)
{
	struct strbuf text = STRBUF_INIT;
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && file_read(fd, &text, SIZE_MAX / 4) == 0 && question->ask(name, &text, family, question->totals);

	if (fd >= 0)
		close(fd);
	strbuf_free(&text);
	return good;
}

/* In a child, because libxtables reads only one family in a process. files NULL: random ones. */
static bool ask_all(const struct rulesets_question *question, enum family family, char *const files[], unsigned seed, unsigned count)
{
	int status = 1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		bool good = ext_begin(family) == 0, enough;

		for (; files != NULL && *files != NULL && good; files++)
			good = ask_file(question, family, *files);
		for (unsigned i = 0; files == NULL && i < count && good; i++)
			good = ask_random(question, family, seed + i);
		printf("# IPv%d: ", family == FAMILY_IPV6 ? 6 : 4);
		enough = question->tell(question->totals);
		fflush(stdout);
		_exit(good && (files != NULL || enough) ? 0 : 1);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int rulesets_main(int argc, char *argv[], const struct rulesets_question *question)
{
	bool numbers = argc == 1 || isdigit((unsigned char)argv[1][0]);
	unsigned seed = numbers && argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;
	unsigned count = numbers && argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : question->count;

	for (int i = 0; i < (numbers ? FAMILIES : 1); i++) {
		char name[128];

		snprintf(name, sizeof(name), "IPv%d: %s", i == 0 ? 4 : 6, question->holds);
		CHECK(ask_all(question, i == 0 ? FAMILY_IPV4 : FAMILY_IPV6, numbers ? NULL : argv + 1, seed, count), name);
	}
	return tap_done();
}
