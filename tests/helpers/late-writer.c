/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * late-writer LOG PIDFILE STOP RATE DELAY_MS - append numbered lines to LOG, RATE a second, each with one write, until the
 * file STOP exists; then print the number of lines. After SIGHUP it keeps writing to the old file for DELAY_MS before it
 * opens LOG again, like a busy daemon. With DELAY_MS -1 it never does.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t hung_up;

static void on_hangup(int number)
{
	(void)number;
	hung_up = 1;
}

static long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static int open_log(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT, 0640);
}

static int write_pid(const char *path)
{
	FILE *file = fopen(path, "w");

	return file != NULL && fprintf(file, "%d\n", (int)getpid()) > 0 && fclose(file) == 0;
}

static int write_line(int fd, long number)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "line %ld of the late writer\n", number);

	return write(fd, line, (size_t)len) == len;
}

int main(int argc, char *argv[])
{
	long rate, delay, i;
	long long begin, reopen_at = 0;
	int fd;

	if (argc != 6)
		return 2;
	rate = atol(argv[4]);
	delay = atol(argv[5]);
	sigaction(SIGHUP, &(struct sigaction){ .sa_handler = on_hangup, .sa_flags = SA_RESTART }, NULL);
	fd = open_log(argv[1]);
	if (fd < 0 || !write_pid(argv[2]))
		return 1;
	begin = now_us();
	for (i = 0; access(argv[3], F_OK) != 0; i++) {
		long long due = begin + i * 1000000LL / rate;

		while (now_us() < due)
			usleep(200);
		if (hung_up && delay >= 0) {
			hung_up = 0;
			reopen_at = now_us() + delay * 1000;
		}
		if (reopen_at != 0 && now_us() >= reopen_at) {
			reopen_at = 0;
			close(fd);
			fd = open_log(argv[1]);
		}
		if (fd < 0 || !write_line(fd, i))
			return 1;
	}
	printf("%ld\n", i);
	return 0;
}
