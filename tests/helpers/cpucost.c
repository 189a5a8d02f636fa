/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * cpucost N COMMAND [ARGUMENT ...] - run a command N times, discard its output, and print the CPU time of the best run and
 * the largest memory: "MICROSECONDS KIB". The time is that of the command alone, in user space and kernel. The best run
 * counts, because other work on the machine only adds time.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static long long microseconds(const struct rusage *usage)
{
	return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000LL + usage->ru_utime.tv_usec +
	       usage->ru_stime.tv_usec;
}

int main(int argc, char *argv[])
{
	int runs = argc > 2 ? atoi(argv[1]) : 0;
	long long best = -1;
	long memory = 0;
	posix_spawn_file_actions_t actions;

	if (runs <= 0) {
		fputs("usage: cpucost runs command [argument ...]\n", stderr);
		return 2;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	for (int i = 0; i < runs; i++) {
		struct rusage usage;
		pid_t pid;
		int status;

		if (posix_spawnp(&pid, argv[2], &actions, NULL, argv + 2, environ) != 0 ||
		    wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) || WEXITSTATUS(status) > 2) {
			fprintf(stderr, "cpucost: %s failed\n", argv[2]);
			return 3;
		}
		if (best < 0 || microseconds(&usage) < best)
			best = microseconds(&usage);
		if (usage.ru_maxrss > memory)
			memory = usage.ru_maxrss;
	}
	printf("%lld %ld\n", best, memory);
	posix_spawn_file_actions_destroy(&actions);
	return 0;
}
