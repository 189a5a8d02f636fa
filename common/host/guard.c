/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/guard.h"
#include "host/lock.h"
#include "host/spawn.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Interval at which we look for the guard's lock. */
#define LOOK_MS 50

/* UNIT_LIMIT: seconds to wait for systemd-run. */
enum { UNIT_LIMIT = 30, ARGUMENTS = 12 };

static const char self[] = "/proc/self/exe";

/* A systemd unit runs in the first network namespace: useful only if we are there too. */
bool guard_may_be_unit(void)
{
	struct stat unit, first, own;

	return stat("/run/systemd/system", &unit) == 0 && stat("/proc/1/ns/net", &first) == 0 &&
	       stat("/proc/self/ns/net", &own) == 0 && first.st_ino == own.st_ino;
}

/* A unit does not inherit our environment: pass on the variables that name programs and locks. */
static size_t pass_environment(struct spawn *spawn, size_t n, struct strbuf texts[static 3])
{
	static const char *const names[] = { "PATH", "XTABLES_LOCKFILE", "XTABLES_LIBDIR" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value == NULL)
			continue;
		strbuf_printf(&texts[i], "--setenv=%s=%s", names[i], value);
		spawn->argv[n++] = strbuf_text(&texts[i]);
	}
	return n;
}

static bool start_unit(const char *const *arguments)
{
	struct strbuf texts[3] = { STRBUF_INIT, STRBUF_INIT, STRBUF_INIT };
	struct spawn spawn = SPAWN_INIT;
	char path[4096];
	ssize_t len = readlink(self, path, sizeof(path) - 1);
	size_t n = 0;
	bool good;

	path[len > 0 ? len : 0] = '\0';
	if (access(path, X_OK) != 0) /* the file was replaced since we started */
		return false;
	spawn.argv[n++] = "systemd-run";
	spawn.argv[n++] = "--quiet";
	spawn.argv[n++] = "--collect";
	spawn.argv[n++] = "--description=fw-load: undo a load that nobody confirms";
	n = pass_environment(&spawn, n, texts);
	spawn.argv[n++] = path;
	for (size_t i = 0; arguments[i] != NULL; i++)
		spawn.argv[n++] = arguments[i];
	spawn.limit = UNIT_LIMIT;
	spawn_run(&spawn, 1);
	good = spawn_good(&spawn);
	spawn_free(&spawn);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		strbuf_free(&texts[i]);
	return good;
}

bool guard_alive(const char *lock_path)
{
	return lock_is_held(lock_path);
}

int guard_launch(const char *const *arguments, bool unit)
{
	const char *words[ARGUMENTS + 2] = { self };
	size_t n = 0;

	for (; arguments[n] != NULL; n++) {
		if (n == ARGUMENTS)
			return -E2BIG;
		words[n + 1] = arguments[n];
	}
	return unit && start_unit(arguments) ? 0 : spawn_detached(words);
}

int guard_wait(const char *lock_path, unsigned seconds)
{
	const struct timespec moment = { .tv_nsec = LOOK_MS * 1000000L };

	for (unsigned i = 0; i <= seconds * 1000 / LOOK_MS; i++) {
		if (guard_alive(lock_path))
			return 0;
		nanosleep(&moment, NULL);
	}
	return -ETIMEDOUT;
}
