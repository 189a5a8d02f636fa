/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/file.h"
#include "host/backend.h"
#include "host/guard.h"
#include "host/limits.h"
#include "host/lock.h"
#include "host/modload.h"
#include "host/spawn.h"
#include "host/sysctl.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void check_refusal(const char *words, unsigned line, const char *why, const char *name)
{
	struct refusal refusal = REFUSAL_INIT;

	refusal_read(&refusal, words);
	if (refusal.line != line || strcmp(strbuf_text(&refusal.why), why) != 0)
		printf("# %u: %s\n", refusal.line, strbuf_text(&refusal.why));
	CHECK(refusal.line == line && strcmp(strbuf_text(&refusal.why), why) == 0, name);
	refusal_free(&refusal);
}

static void test_refusals(void)
{
	check_refusal("iptables-nft-restore v1.8.9 (nf_tables): invalid port/service `99999' specified\n"
		      "Error occurred at line: 3\nTry `iptables-nft-restore -h' or ...\n",
		      3, "invalid port/service `99999' specified", "refusal: reads a refused option");
	check_refusal("iptables-restore v1.8.9 (legacy): Couldn't load match `foo':No such file or directory\n\n"
		      "Error occurred at line: 3\nTry `x'\n",
		      3, "Couldn't load match `foo':No such file or directory", "refusal: reads a missing match");
	check_refusal("iptables-nft-restore v1.8.9 (nf_tables): \nline 6: RULE_APPEND failed (Too many links): rule in chain B\n",
		      6, "RULE_APPEND failed (Too many links): rule in chain B", "refusal: reads a refusal by the kernel, nft");
	check_refusal("iptables-restore: line 4 failed\n", 4, "the kernel refused it",
		      "refusal: reads a refusal by the kernel, legacy");
	check_refusal("iptables-nft-restore: line 3 failed: No chain/target/match by that name.\n", 3,
		      "No chain/target/match by that name", "refusal: reads a missing chain, nft");
	check_refusal("iptables-restore v1.8.9 (legacy): Can't set policy `REJECT' on `INPUT' line 2: Bad policy name\n", 2,
		      "Can't set policy `REJECT' on `INPUT'; Bad policy name", "refusal: reads a refused policy");
	check_refusal("iptables-restore v1.8.9 (legacy): iptables-restore: unable to initialize table 'foo'\n"
		      "Error occurred at line: 1\n",
		      1, "unable to initialize table 'foo'", "refusal: reads a missing table");
	check_refusal("", 0, "", "refusal: reads an empty message");
	check_refusal("iptables-restore: line 4 failed: \033[2J\a\302\233x.\n", 4, "\\x1b[2J\\x07\\xc2\\x9bx",
		      "refusal: escapes control characters");
}

static void test_spawn(void)
{
	struct spawn spawns[3] = { SPAWN_INIT, SPAWN_INIT, SPAWN_INIT };
	struct strbuf big = STRBUF_INIT, tale = STRBUF_INIT;

	for (size_t i = 0; i < 1 << 20; i++)
		strbuf_putc(&big, 'x');
	spawns[0].argv[0] = "cat";
	spawns[0].input = &big;
	spawns[1].argv[0] = "sh";
	spawns[1].argv[1] = "-c";
	spawns[1].argv[2] = "echo told >&2; ulimit -t 1; while :; do :; done";
	spawns[1].input = &big;
	spawns[2].argv[0] = "no-such-program";
	spawn_run(spawns, 3);
	CHECK(spawn_good(&spawns[0]) && spawns[0].out.len == big.len && memcmp(spawns[0].out.data, big.data, big.len) == 0,
	      "spawn: passes a megabyte through cat while other children run");
	CHECK(!spawn_good(&spawns[1]) && spawns[1].status == 128 + 9 && strcmp(strbuf_text(&spawns[1].err), "told\n") == 0,
	      "spawn: survives a child that is killed before it reads its input");
	spawn_tell(&spawns[1], &tale);
	CHECK(strcmp(strbuf_text(&tale), "sh was killed by signal 9: told") == 0, "spawn: reports the signal that killed a child");
	CHECK(spawns[2].failure == -ENOENT, "spawn: a missing program is ENOENT");
	for (int i = 0; i < 3; i++)
		spawn_free(&spawns[i]);
	strbuf_free(&tale);
	strbuf_free(&big);
}

/* Runs a line of shell as a script, because a shell that is started directly may start no programs. */
static void run_script(struct spawn *spawn, const char *line)
{
	char path[] = "/tmp/line-XXXXXX";
	int fd = mkstemp(path);

	CHECK(fd >= 0 && dprintf(fd, "#!/bin/sh\n%s\n", line) > 0 && fchmod(fd, 0700) == 0 && close(fd) == 0,
	      "spawn: makes a script for a child");
	spawn->argv[0] = path;
	spawn_run(spawn, 1);
	spawn->argv[0] = "line";
	unlink(path);
}

static void run_shell(struct spawn *spawn, const char *line, unsigned limit)
{
	*spawn = (struct spawn)SPAWN_INIT;
	spawn->limit = limit;
	run_script(spawn, line);
}

static long long seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void test_limits_of_children(void)
{
	long long started = seconds();
	struct strbuf tale = STRBUF_INIT;
	struct spawn spawn;

	run_shell(&spawn, "echo begun; exec 2>&-; while :; do sleep 100; done", 1);
	CHECK(spawn.failure == -ETIMEDOUT && strcmp(strbuf_text(&spawn.out), "begun\n") == 0,
	      "spawn: kills a child that does not end, even if it closed standard error");
	spawn_tell(&spawn, &tale);
	CHECK(strcmp(strbuf_text(&tale), "line did not end within 1 s and was killed") == 0,
	      "spawn: reports a killed child and its time limit");
	strbuf_free(&tale);
	spawn_free(&spawn);
	run_shell(&spawn, "sleep 100 & echo $!", 0);
	CHECK(spawn_good(&spawn) && kill(atoi(strbuf_text(&spawn.out)), SIGKILL) == 0 && seconds() - started < 60,
	      "spawn: does not wait for processes that a child leaves behind");
	spawn_free(&spawn);
	run_shell(&spawn, "head -c 300000 /dev/zero | tr '\\0' x >&2; echo done", 60);
	CHECK(spawn_good(&spawn) && spawn.err.len == 65536, "spawn: keeps the first 64 KiB of messages");
	spawn_free(&spawn);
}

static void test_surroundings(void)
{
	struct spawn spawn;
	int leaked = fcntl(0, F_DUPFD, 20), held[2] = { fcntl(0, F_DUPFD_CLOEXEC, 30), -1 }, lock = fcntl(0, F_DUPFD_CLOEXEC, 40);

	setenv("LD_BIND_NOW", "1", 1);
	setenv("LANG", "de_DE.UTF-8", 1);
	setenv("XTABLES_LIBDIR", "/lib", 1);
	spawn = (struct spawn)SPAWN_INIT;
	spawn.lock_fd = lock;
	spawn.held = held;
	run_script(&spawn, "tr '\\0' '\\n' </proc/$$/environ | sed 's/=.*//' | sort | tr '\\n' ' '; pwd; ls /proc/$$/fd | tr '\\n' ' '");
	if (strcmp(strbuf_text(&spawn.out), "LC_ALL PATH XTABLES_LIBDIR XTABLES_LOCKFILE /\n0 1 10 2 30 40 ") != 0)
		printf("# %s\n", strbuf_text(&spawn.out));
	CHECK(strcmp(strbuf_text(&spawn.out), "LC_ALL PATH XTABLES_LIBDIR XTABLES_LOCKFILE /\n0 1 10 2 30 40 ") == 0,
	      "spawn: a child inherits four variables, the standard files, its lock file and held locks (10 is the script)");
	spawn_free(&spawn);
	unsetenv("XTABLES_LIBDIR");
	close(leaked);
	close(held[0]);
	close(lock);
}

static void test_paths(void)
{
	struct strbuf path = STRBUF_INIT;
	char *before = strdup(getenv("PATH"));

	setenv("PATH", ".:bin::/usr/bin:/bin", 1);
	CHECK(spawn_find("sh", &path) == 0 && strbuf_text(&path)[0] == '/', "spawn: ignores relative directories of PATH");
	CHECK(spawn_find("./sh", &path) == -EINVAL, "spawn: refuses a relative path");
	setenv("PATH", before, 1);
	free(before);
	strbuf_free(&path);
}

/* In a child process, so that the limit ends with it. */
static void test_cut_output(void)
{
	pid_t pid = fork();
	int status = 1;

	if (pid == 0) {
		struct rlimit small = { 1024, 1024 };
		struct spawn whole, cut;

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &small);
		run_shell(&whole, "printf %01023d 0", 60);
		run_shell(&cut, "trap '' XFSZ; printf %01025d 0; exit 0", 60);
		_exit(spawn_good(&whole) && !spawn_good(&cut) ? 0 : 1);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0,
	      "spawn: output that a limit cuts is a failure, whatever the child's status");
}

static void test_modules(void)
{
	static const char *const good[] = { "nf_conntrack_ftp", "xt_LOG", "ip6t_rt", "iptable_raw", "br_netfilter", "ip_set_hash_net" };
	static const char *const bad[] = { "rds", "dccp", "../xt_LOG", "sctp", "ip_vs", "bonding", "nf", "my_xt_LOG", "" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		CHECK(modload_allowed(good[i]), good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!modload_allowed(bad[i]), bad[i]);
}

static void test_settings(void)
{
	struct strbuf value = STRBUF_INIT;

	CHECK(sysctl_read("net.ipv4.ip_forward", &value) == 0 && value.len == 1, "sysctl: reads a setting");
	CHECK(sysctl_read("net.ipv4.no_such_setting", &value) == -ENOENT, "sysctl: a missing setting is ENOENT");
	CHECK(sysctl_read("kernel.panic", &value) == -EINVAL && sysctl_read("net/../kernel/panic", &value) == -EINVAL &&
		      sysctl_write("net/../kernel/panic", "1") == -EINVAL && !sysctl_writable("kernel.panic"),
	      "sysctl: refuses keys outside of net.");
	strbuf_free(&value);
}

static void test_locks(void)
{
	char path[] = "/tmp/fw-lock-XXXXXX";
	int file = mkstemp(path), lock = lock_file(path, 0);

	CHECK(lock >= 0 && guard_alive(path) && guard_wait(path, 5) == 0, "guard: is alive while its lock is held");
	CHECK(lock_file(path, 0) == -EWOULDBLOCK, "lock: a held lock is EWOULDBLOCK");
	close(lock);
	CHECK(!guard_alive(path) && guard_wait(path, 0) == -ETIMEDOUT, "guard: is dead when its lock is free");
	close(file);
	unlink(path);
	CHECK(!guard_alive(path), "guard: is dead when its lock is missing");
}

/* Runs host_prepare in a process with this limit and closed descriptors: 0 if it succeeds, 3 if it refuses. */
static int prepared(int resource, rlim_t limit)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		struct rlimit both = { limit, limit };
		struct diag_log log = { .report = NULL };
		bool good;

		close(0);
		close(2);
		setrlimit((__rlimit_resource_t)resource, &both);
		good = host_prepare(&log);
		if (good && (fcntl(0, F_GETFD) < 0 || fcntl(2, F_GETFD) < 0))
			_exit(9);
		_exit(good ? 0 : log.count[LEVEL_SYSTEM] == 1 ? 3 : 8);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static void test_prepare(void)
{
	bool good = true;

	for (rlim_t n = 3; n <= 40; n++)
		good = good && prepared(RLIMIT_NOFILE, n) == (n < 32 ? 3 : 0);
	CHECK(good, "prepare: refuses fewer than 32 open files");
#ifndef __SANITIZE_ADDRESS__ /* which needs terabytes of address space */
	for (rlim_t size = 1; size < 1UL << 40; size *= 2)
		good = good && prepared(RLIMIT_AS, size) != -1 && prepared(RLIMIT_STACK, size) != -1 &&
		       prepared(RLIMIT_DATA, size) != -1 && prepared(RLIMIT_FSIZE, size) != -1;
	CHECK(good, "prepare: no limit on memory or file size kills the process");
	CHECK(prepared(RLIMIT_AS, 16 << 20) == 3 && prepared(RLIMIT_AS, 1 << 30) == 0, "prepare: refuses little memory");
#endif
	CHECK(prepared(RLIMIT_STACK, 64 << 10) == 3, "prepare: refuses a small stack");
}

int main(void)
{
	test_refusals();
	test_spawn();
	test_limits_of_children();
	test_surroundings();
	test_paths();
	test_cut_output();
	test_modules();
	test_settings();
	test_locks();
	test_prepare();
	return tap_done();
}
